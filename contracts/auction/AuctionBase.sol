// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";
import {IBidAuction} from "../interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../interfaces/IIncentiveEngine.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {accountOfAgent} from "../libraries/Account.sol";
import {BidSlot} from "../libraries/BidSlot.sol";
import {MarketMath} from "../libraries/MarketMath.sol";

/// @notice What sealed and open bids share: where they are kept, how they are ranked, and who holds a bond.
abstract contract AuctionBase is IBidAuction {
    /// @dev One slot: the agents of the best three revealed bids.
    struct Ranking {
        uint64 first;
        uint64 second;
        uint64 third;
    }

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    ITaskManager public immutable tasks;
    IIncentiveEngine public immutable incentives;

    mapping(uint256 => Auction) internal _auctions;
    mapping(uint256 => mapping(uint256 => BidSlot)) internal _bids;
    mapping(uint256 => Ranking) internal _rankings;

    constructor(Wiring memory wiring) {
        ledger = wiring.ledger;
        registry = wiring.registry;
        tasks = wiring.tasks;
        incentives = wiring.incentives;
    }

    /// @dev Who bids, with which quality from now on. Marks the task as bid for.
    function _bidder(
        uint256 taskId,
        uint256 agentId,
        address account,
        Auction memory auction
    ) internal returns (BidSlot memory slot) {
        require(
            block.timestamp < auction.biddingEnd,
            BiddingClosed(taskId, auction.biddingEnd, block.timestamp)
        );
        (bool allowed, uint32 epoch) = registry.bidderOf(agentId, account);
        require(allowed, CannotBid(agentId, account));
        slot.epoch = epoch;
        slot.quality = incentives.qualityOf(agentId, epoch, auction.skill);
        if (!auction.committed) _auctions[taskId].committed = true;
    }

    /// @dev Keeps the best three; writes only what changes.
    /// @return leads Whether the bid is now the best.
    /// @return led The agent that was the best before, or zero.
    function _rank(
        uint256 taskId,
        uint256 agentId,
        BidSlot memory bid
    ) internal returns (bool leads, uint256 led) {
        mapping(uint256 => BidSlot) storage bids = _bids[taskId];
        Ranking memory ranking = _rankings[taskId];
        led = ranking.first;
        leads = _beats(bid, led, bids);
        if (leads) {
            ranking.third = ranking.second;
            ranking.second = ranking.first;
            ranking.first = uint64(agentId);
        } else if (_beats(bid, ranking.second, bids)) {
            ranking.third = ranking.second;
            ranking.second = uint64(agentId);
        } else if (_beats(bid, ranking.third, bids)) {
            ranking.third = uint64(agentId);
        } else {
            return (false, led);
        }
        _rankings[taskId] = ranking;
    }

    function _beats(
        BidSlot memory bid,
        uint256 rivalId,
        mapping(uint256 => BidSlot) storage bids
    ) internal view returns (bool) {
        if (rivalId == 0) return true;
        BidSlot memory rival = bids[rivalId];
        uint256 left = bid.priceOf() * rival.quality;
        uint256 right = rival.priceOf() * bid.quality;
        return left < right || (left == right && bid.tieBreakOf() < rival.tieBreakOf());
    }

    function _checkOffer(uint256 price, uint256 promised, uint256 reserve) internal pure {
        require(price != 0 && price <= reserve, PriceOutOfBounds(price, reserve));
        require(
            promised != 0 && promised <= type(uint32).max,
            PromiseOutOfBounds(promised, type(uint32).max)
        );
    }

    /// @dev A task that does not exist, or was cancelled, has no bidding end.
    function _openAuction(uint256 taskId) internal view returns (Auction memory auction) {
        auction = _auctions[taskId];
        require(auction.biddingEnd != 0, TaskNotOpen(taskId));
    }

    function _isSealed(Auction memory auction) internal pure returns (bool) {
        return
            auction.mode == ITaskManager.AwardMode.SealedSecondPrice ||
            auction.mode == ITaskManager.AwardMode.SealedFirstPrice;
    }

    function _lockBond(uint256 agentId, Auction memory auction) internal {
        ledger.lock(accountOfAgent(agentId), MarketMath.bondOf(auction.reserve, auction.bondPercent));
    }

    function _releaseBond(uint256 agentId, Auction memory auction) internal {
        ledger.unlock(accountOfAgent(agentId), MarketMath.bondOf(auction.reserve, auction.bondPercent));
    }
}
