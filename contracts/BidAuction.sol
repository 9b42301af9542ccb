// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "./interfaces/IIncentiveEngine.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {accountOfAgent} from "./libraries/Account.sol";
import {MarketMath} from "./libraries/MarketMath.sol";

/// @notice See {IBidAuction}, where everything is documented.
contract BidAuction is IBidAuction {
    uint256 private constant KEPT = 3;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    ITaskManager public immutable tasks;
    IIncentiveEngine public immutable incentives;

    mapping(uint256 => mapping(uint256 => Commitment)) private _commitments;
    mapping(uint256 => Bid[KEPT]) private _rankings;

    constructor(Wiring memory wiring) {
        require(address(wiring.auction) == address(this), Miswired(address(wiring.auction), address(this)));
        ledger = wiring.ledger;
        registry = wiring.registry;
        tasks = wiring.tasks;
        incentives = wiring.incentives;
    }

    /* BIDDERS */

    /// @inheritdoc IBidAuction
    function commit(uint256 taskId, uint256 agentId, uint240 digest) external {
        require(digest != 0, EmptyCommitment());
        require(registry.canBid(agentId, msg.sender), CannotBid(agentId, msg.sender));
        ITaskManager.AuctionTerms memory terms = tasks.termsOf(taskId);
        require(terms.open, TaskNotOpen(taskId));
        require(block.timestamp < terms.biddingEnd, BiddingClosed(taskId, terms.biddingEnd, block.timestamp));
        // Hygiene, not a wall: an evaluator can bid under another identity, and the score would be its own.
        require(msg.sender != terms.evaluator, EvaluatorCannotBid(taskId, msg.sender));
        uint16 quality = incentives.qualityOf(agentId, terms.skill);
        bool replaced = _commitments[taskId][agentId].digest != 0;
        _commitments[taskId][agentId] = Commitment({digest: digest, quality: quality});
        if (!_rankings[taskId][0].committed) _rankings[taskId][0].committed = true;

        emit BidCommitted(taskId, agentId, digest, quality, replaced);
        if (!replaced) ledger.lock(accountOfAgent(agentId), MarketMath.bondOf(terms.reserve));
    }

    /// @inheritdoc IBidAuction
    function reveal(uint256 taskId, uint256 agentId, uint256 price, uint256 promised, bytes32 salt) external {
        ITaskManager.AuctionTerms memory terms = tasks.termsOf(taskId);
        require(
            block.timestamp >= terms.biddingEnd,
            RevealNotOpen(taskId, terms.biddingEnd, block.timestamp)
        );
        require(block.timestamp < terms.revealEnd, RevealClosed(taskId, terms.revealEnd, block.timestamp));
        Commitment memory commitment = _commitments[taskId][agentId];
        require(commitment.digest != 0, NoCommitment(taskId, agentId));
        require(
            commitment.digest == commitmentOf(taskId, agentId, price, promised, salt),
            WrongOpening(taskId, agentId)
        );
        require(price != 0 && price <= terms.reserve, PriceOutOfBounds(price, terms.reserve));
        require(
            promised != 0 && promised <= terms.deliveryWindow,
            PromiseOutOfBounds(promised, terms.deliveryWindow)
        );
        Bid memory bid = Bid({
            price: uint88(price),
            agentId: uint64(agentId),
            promised: uint32(promised),
            quality: commitment.quality,
            tieBreak: uint48(commitment.digest >> 192),
            committed: true
        });
        delete _commitments[taskId][agentId];
        uint256 displaced = _rank(_rankings[taskId], bid);

        emit BidRevealed(taskId, agentId, price, promised, commitment.quality);
        if (displaced != 0) _releaseBond(displaced, terms.reserve);
    }

    /* ANYONE */

    /// @inheritdoc IBidAuction
    function finalize(uint256 taskId) external {
        ITaskManager.AuctionTerms memory terms = tasks.termsOf(taskId);
        if (!terms.open) return;
        require(
            block.timestamp >= terms.revealEnd,
            RevealStillOpen(taskId, terms.revealEnd, block.timestamp)
        );
        Bid[KEPT] storage ranking = _rankings[taskId];
        Bid memory best = ranking[0];
        Bid memory second = ranking[1];
        uint256 third = ranking[2].agentId;
        uint256 price = best.agentId == 0 ? 0 : _priceOf(best, second, terms);

        emit AuctionFinalized(taskId, best.agentId, price);
        if (second.agentId != 0) _releaseBond(second.agentId, terms.reserve);
        if (third != 0) _releaseBond(third, terms.reserve);
        if (best.agentId == 0) tasks.expire(taskId);
        else tasks.award(taskId, best.agentId, price, best.promised);
    }

    /// @inheritdoc IBidAuction
    function forfeit(uint256 taskId, uint256 agentId) external {
        ITaskManager.AuctionTerms memory terms = tasks.termsOf(taskId);
        require(
            block.timestamp >= terms.revealEnd,
            RevealStillOpen(taskId, terms.revealEnd, block.timestamp)
        );
        require(_commitments[taskId][agentId].digest != 0, NoCommitment(taskId, agentId));
        uint256 bond = MarketMath.bondOf(terms.reserve);
        delete _commitments[taskId][agentId];

        emit BondForfeited(taskId, agentId, bond);
        ledger.burn(accountOfAgent(agentId), bond);
    }

    /* VIEWS */

    /// @inheritdoc IBidAuction
    function getCommitment(uint256 taskId, uint256 agentId) external view returns (Commitment memory) {
        return _commitments[taskId][agentId];
    }

    /// @inheritdoc IBidAuction
    function getRanking(uint256 taskId) external view returns (Bid[KEPT] memory) {
        return _rankings[taskId];
    }

    /// @inheritdoc IBidAuction
    function hasCommitments(uint256 taskId) external view returns (bool) {
        return _rankings[taskId][0].committed;
    }

    /// @inheritdoc IBidAuction
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        uint256 price,
        uint256 promised,
        bytes32 salt
    ) public view returns (uint240) {
        bytes32 digest = keccak256(
            abi.encode(block.chainid, address(this), taskId, agentId, price, promised, salt)
        );
        return uint240(uint256(digest) >> 16);
    }

    /* INTERNAL */

    /// @dev Puts the bid where it belongs, writes only the slots that change, and returns the agent whose
    /// bid fell out, or zero.
    function _rank(Bid[KEPT] storage ranking, Bid memory bid) internal returns (uint256 displaced) {
        for (uint256 i = 0; i < KEPT; i++) {
            Bid memory kept = ranking[i];
            if (kept.agentId != 0 && !_beats(bid, kept)) continue;
            ranking[i] = bid;
            if (kept.agentId == 0) return 0;
            bid = kept;
        }
        return bid.agentId;
    }

    function _beats(Bid memory a, Bid memory b) internal pure returns (bool) {
        uint256 left = uint256(a.price) * b.quality;
        uint256 right = uint256(b.price) * a.quality;
        return left < right || (left == right && a.tieBreak < b.tieBreak);
    }

    function _priceOf(
        Bid memory best,
        Bid memory second,
        ITaskManager.AuctionTerms memory terms
    ) internal pure returns (uint256) {
        if (terms.mode == ITaskManager.AwardMode.SealedFirstPrice) return best.price;
        if (second.agentId == 0) return terms.reserve;
        uint256 price = (uint256(second.price) * best.quality) / second.quality;
        return price < terms.reserve ? price : terms.reserve;
    }

    function _releaseBond(uint256 agentId, uint256 reserve) internal {
        ledger.unlock(accountOfAgent(agentId), MarketMath.bondOf(reserve));
    }
}
