// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AuctionBase} from "./auction/AuctionBase.sol";
import {OpenBids} from "./auction/OpenBids.sol";
import {SealedBids} from "./auction/SealedBids.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {BidSlot} from "./libraries/BidSlot.sol";

/// @notice See {IBidAuction}, where everything is documented.
contract BidAuction is SealedBids, OpenBids {
    uint256 private constant KEPT = 3;

    constructor(Wiring memory wiring) AuctionBase(wiring) {
        require(address(wiring.auction) == address(this), Miswired(address(wiring.auction), address(this)));
    }

    /* TASK MANAGER */

    /// @inheritdoc IBidAuction
    function open(uint256 taskId, Auction calldata terms) external {
        require(msg.sender == address(tasks), NotTaskManager(msg.sender));
        _auctions[taskId] = terms;
    }

    /// @inheritdoc IBidAuction
    function close(uint256 taskId) external {
        require(msg.sender == address(tasks), NotTaskManager(msg.sender));
        require(!_auctions[taskId].committed, HasCommitments(taskId));
        _auctions[taskId].biddingEnd = 0;
    }

    /* ANYONE */

    /// @inheritdoc IBidAuction
    function finalize(uint256 taskId) external {
        if (tasks.stateOf(taskId) != ITaskManager.TaskState.Open) return;
        Auction memory auction = _auctions[taskId];
        uint256 revealEnd = uint256(auction.biddingEnd) + auction.revealWindow;
        require(auction.mode != ITaskManager.AwardMode.Race, WrongMode(taskId, auction.mode));
        require(block.timestamp >= revealEnd, RevealStillOpen(taskId, revealEnd, block.timestamp));
        Ranking memory ranking = _rankings[taskId];
        uint256 winner = ranking.first;
        if (winner == 0) {
            emit AuctionFinalized(taskId, 0, 0);
            tasks.expire(taskId);
        } else {
            BidSlot memory best = _bids[taskId][winner];
            uint256 price = _priceOf(taskId, auction, best, ranking.second);

            emit AuctionFinalized(taskId, winner, price);
            tasks.award(taskId, winner, best.epoch, price, best.promisedOf());
        }
    }

    /// @inheritdoc IBidAuction
    function takeOver(uint256 taskId, uint256 agentId) external {
        Ranking memory ranking = _rankings[taskId];
        require(agentId != 0 && agentId == ranking.second, NotRunnerUp(taskId, agentId));
        Auction memory auction = _auctions[taskId];
        BidSlot memory runnerUp = _bids[taskId][agentId];
        (bool allowed, uint32 epoch) = registry.bidderOf(agentId, msg.sender);
        // A bid does not bind whoever bought the agent after it.
        require(allowed && epoch == runnerUp.epoch, CannotBid(agentId, msg.sender));
        uint256 price = _priceOf(taskId, auction, runnerUp, ranking.third);
        // There is one take-over: the third has no successor.
        _rankings[taskId] = Ranking({first: ranking.second, second: 0, third: 0});

        emit TaskTakenOver(taskId, agentId, price);
        _lockBond(agentId, auction);
        tasks.award(taskId, agentId, epoch, price, runnerUp.promisedOf());
    }

    /* VIEWS */

    /// @inheritdoc IBidAuction
    function getAuction(uint256 taskId) external view returns (Auction memory) {
        return _auctions[taskId];
    }

    /// @inheritdoc IBidAuction
    function getRanking(uint256 taskId) external view returns (Bid[KEPT] memory bids) {
        Ranking memory ranking = _rankings[taskId];
        uint64[KEPT] memory agents = [ranking.first, ranking.second, ranking.third];
        for (uint256 i = 0; i < KEPT && agents[i] != 0; i++) {
            BidSlot memory slot = _bids[taskId][agents[i]];
            bids[i] = Bid({
                agentId: agents[i],
                price: slot.priceOf(),
                promised: slot.promisedOf(),
                quality: slot.quality
            });
        }
    }

    /// @inheritdoc IBidAuction
    function runnerUpOf(uint256 taskId) external view returns (uint256) {
        return _rankings[taskId].second;
    }

    /// @inheritdoc IBidAuction
    function entropyOf(uint256 taskId, uint256 agentId) external view returns (bytes32) {
        return keccak256(abi.encode(taskId, agentId, _bids[taskId][agentId].body));
    }

    /// @inheritdoc IBidAuction
    function skillOf(uint256 taskId) external view returns (bytes16) {
        return _auctions[taskId].skill;
    }

    /* INTERNAL */

    /// @dev What `best` is paid when `nextId` is the one behind it.
    function _priceOf(
        uint256 taskId,
        Auction memory auction,
        BidSlot memory best,
        uint256 nextId
    ) internal view returns (uint256) {
        if (auction.mode != ITaskManager.AwardMode.SealedSecondPrice) return best.priceOf();
        if (nextId == 0) return auction.reserve;
        BidSlot memory next = _bids[taskId][nextId];
        uint256 price = (next.priceOf() * best.quality) / next.quality;
        return price < auction.reserve ? price : auction.reserve;
    }
}
