// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BidSignatures} from "./BidSignatures.sol";
import {IBidAuction} from "../interfaces/IBidAuction.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {BidSlot, bodyOf} from "../libraries/BidSlot.sol";

/// @notice Bids that everyone can read at once, sent by the bidder or signed and sent by others.
abstract contract OpenBids is BidSignatures {
    /// @inheritdoc IBidAuction
    function bid(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) external {
        _bid(taskId, agentId, price, promised, msg.sender);
    }

    /// @inheritdoc IBidAuction
    function bidFor(RelayedBid calldata relayed) external {
        _useBid(relayed);
        SignedBid calldata signed = relayed.bid;
        _bid(signed.taskId, signed.agentId, signed.price, signed.promised, relayed.signer);
    }

    /// @inheritdoc IBidAuction
    function bidMany(RelayedBid[] calldata relayed) external {
        require(relayed.length != 0, EmptyBatch());
        for (uint256 i = 0; i < relayed.length; i++) {
            try this.bidFor(relayed[i]) {} catch (bytes memory reason) {
                emit RelaySkipped(i, reason);
            }
        }
    }

    /// @inheritdoc IBidAuction
    function accept(RelayedBid calldata relayed) external {
        _useBid(relayed);
        SignedBid calldata signed = relayed.bid;
        (uint256 taskId, uint256 agentId) = (signed.taskId, signed.agentId);
        Auction memory auction = _openAuction(taskId);
        require(auction.mode == ITaskManager.AwardMode.Direct, WrongMode(taskId, auction.mode));
        require(msg.sender == tasks.requesterOf(taskId), NotRequester(taskId, msg.sender));
        require(!auction.committed, HasCommitments(taskId));
        _checkOffer(signed.price, signed.promised, auction.reserve);
        BidSlot memory slot = _bidder(taskId, agentId, relayed.signer, auction);
        slot.body = bodyOf(signed.price, signed.promised, 0);
        slot.revealed = true;
        _bids[taskId][agentId] = slot;
        _rankings[taskId].first = uint64(agentId);

        emit BidRevealed(taskId, agentId, signed.price, signed.promised, slot.quality);
        emit AuctionFinalized(taskId, agentId, signed.price);
        _lockBond(agentId, auction);
        tasks.award(taskId, agentId, slot.epoch, signed.price, signed.promised);
    }

    function _bid(
        uint256 taskId,
        uint256 agentId,
        uint256 price,
        uint256 promised,
        address account
    ) internal {
        Auction memory auction = _openAuction(taskId);
        require(auction.mode == ITaskManager.AwardMode.OpenBid, WrongMode(taskId, auction.mode));
        _checkOffer(price, promised, auction.reserve);
        BidSlot memory slot = _bidder(taskId, agentId, account, auction);
        BidSlot memory previous = _bids[taskId][agentId];
        require(
            !previous.revealed || price < previous.priceOf(),
            NotAnImprovement(taskId, agentId, price, previous.priceOf())
        );
        uint256 led = _rankings[taskId].first;
        // The leader keeps its quality, so that a lower price cannot cost it the lead and leave the task without a bond.
        if (led == agentId) slot.quality = previous.quality;
        // Without a tie-break the earlier of two equal bids stays ahead.
        slot.body = bodyOf(price, promised, 0);
        slot.revealed = true;
        _bids[taskId][agentId] = slot;
        bool leads = led != agentId && _place(taskId, agentId, slot);

        emit BidRevealed(taskId, agentId, price, promised, slot.quality);
        if (!leads) return;
        _lockBond(agentId, auction);
        if (led != 0) _releaseBond(led, auction);
    }

    /// @dev Ranks a bid that does not lead yet, once: an agent's former bid is taken out first.
    function _place(uint256 taskId, uint256 agentId, BidSlot memory slot) internal returns (bool leads) {
        Ranking storage ranking = _rankings[taskId];
        if (ranking.second == agentId) (ranking.second, ranking.third) = (ranking.third, 0);
        else if (ranking.third == agentId) ranking.third = 0;
        (leads, ) = _rank(taskId, agentId, slot);
    }
}
