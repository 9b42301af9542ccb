// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BidSignatures} from "./BidSignatures.sol";
import {IBidAuction} from "../interfaces/IBidAuction.sol";
import {accountOfAgent} from "../libraries/Account.sol";
import {BidSlot, TIE_BREAK_SHIFT, bodyOf} from "../libraries/BidSlot.sol";
import {MarketMath} from "../libraries/MarketMath.sol";

/// @notice Commitments, their openings, and what becomes of those that nobody opens.
abstract contract SealedBids is BidSignatures {
    uint256 private constant DIGEST_SHIFT = 56;

    /// @inheritdoc IBidAuction
    function commit(uint256 taskId, uint256 agentId, uint200 digest) external {
        _commit(taskId, agentId, digest, msg.sender);
    }

    /// @inheritdoc IBidAuction
    function commitFor(RelayedCommitment calldata relayed) external {
        SignedCommitment calldata signed = relayed.commitment;
        _checkSignature(relayed.signer, hashOfCommitment(signed), signed.validUntil, relayed.signature);
        uint200 current = getCommitment(signed.taskId, signed.agentId);
        require(
            current == signed.replaces,
            CommitmentChanged(signed.taskId, signed.agentId, signed.replaces, current)
        );
        _commit(signed.taskId, signed.agentId, signed.digest, relayed.signer);
    }

    /// @inheritdoc IBidAuction
    function commitMany(RelayedCommitment[] calldata relayed) external {
        require(relayed.length != 0, EmptyBatch());
        for (uint256 i = 0; i < relayed.length; i++) {
            try this.commitFor(relayed[i]) {} catch (bytes memory reason) {
                emit RelaySkipped(i, reason);
            }
        }
    }

    /// @inheritdoc IBidAuction
    function reveal(uint256 taskId, uint256 agentId, uint256 price, uint256 promised, bytes32 salt) external {
        Auction memory auction = _openAuction(taskId);
        uint256 revealEnd = uint256(auction.biddingEnd) + auction.revealWindow;
        require(
            block.timestamp >= auction.biddingEnd,
            RevealNotOpen(taskId, auction.biddingEnd, block.timestamp)
        );
        require(block.timestamp < revealEnd, RevealClosed(taskId, revealEnd, block.timestamp));
        BidSlot memory slot = _bids[taskId][agentId];
        require(slot.isSealed(), NoCommitment(taskId, agentId));
        require(
            slot.body == commitmentOf(taskId, agentId, price, promised, salt),
            WrongOpening(taskId, agentId)
        );
        _checkOffer(price, promised, auction.reserve);
        slot.body = bodyOf(price, promised, uint64(slot.body >> TIE_BREAK_SHIFT));
        slot.revealed = true;
        _bids[taskId][agentId] = slot;
        (bool leads, uint256 led) = _rank(taskId, agentId, slot);

        emit BidRevealed(taskId, agentId, price, promised, slot.quality);
        uint256 displaced = leads ? led : agentId;
        if (displaced != 0) _releaseBond(displaced, auction);
    }

    /// @inheritdoc IBidAuction
    function forfeit(uint256 taskId, uint256 agentId) external {
        Auction memory auction = _openAuction(taskId);
        uint256 revealEnd = uint256(auction.biddingEnd) + auction.revealWindow;
        require(block.timestamp >= revealEnd, RevealStillOpen(taskId, revealEnd, block.timestamp));
        require(_bids[taskId][agentId].isSealed(), NoCommitment(taskId, agentId));
        uint256 bond = MarketMath.bondOf(auction.reserve, auction.bondPercent);
        delete _bids[taskId][agentId];

        emit BondForfeited(taskId, agentId, bond);
        ledger.burn(accountOfAgent(agentId), bond);
    }

    /// @inheritdoc IBidAuction
    function getCommitment(uint256 taskId, uint256 agentId) public view returns (uint200) {
        BidSlot memory slot = _bids[taskId][agentId];
        return slot.isSealed() ? slot.body : 0;
    }

    /// @inheritdoc IBidAuction
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        uint256 price,
        uint256 promised,
        bytes32 salt
    ) public view returns (uint200) {
        bytes32 digest = keccak256(
            abi.encode(block.chainid, address(this), taskId, agentId, price, promised, salt)
        );
        return uint200(uint256(digest) >> DIGEST_SHIFT);
    }

    function _commit(uint256 taskId, uint256 agentId, uint200 digest, address account) internal {
        require(digest != 0, EmptyCommitment());
        Auction memory auction = _openAuction(taskId);
        require(_isSealed(auction), WrongMode(taskId, auction.mode));
        BidSlot memory slot = _bidder(taskId, agentId, account, auction);
        slot.body = digest;
        bool replaced = _bids[taskId][agentId].body != 0;
        _bids[taskId][agentId] = slot;

        emit BidCommitted(taskId, agentId, digest, slot.quality, replaced);
        if (!replaced) _lockBond(agentId, auction);
    }
}
