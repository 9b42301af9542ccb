// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Sums} from "./Sums.sol";

/// @notice From the posting of a task to its award, done to the market and to its ghost.
abstract contract Bidding is Sums {
    uint256 private constant MOST_RESERVE = 5_000 * CREDIT;
    uint256 private constant MAX_TEST_WINDOW = 100;

    /* POSTING */

    function _create(uint256 seed) internal {
        address[3] memory requesters = [REQUESTER, RIVAL, THIRD];
        ITaskManager.TaskParams memory params = _draw(seed);
        params.biddingWindow = _window(seed >> 64);
        if (params.mode <= ITaskManager.AwardMode.SealedFirstPrice) params.revealWindow = _window(seed >> 96);
        params.deliveryWindow = _window(seed >> 128);
        params.reviewWindow = _window(seed >> 160);
        _create(params, requesters[(seed >> 40) % 3], 0);
    }

    /// @notice The worker posts a part of its task.
    function _divide(uint256 parentId, uint256 seed) internal {
        GhostTask storage parent = _task(parentId);
        ITaskManager.TaskParams memory params = _draw(seed);
        params.parentId = parentId;
        params.biddingWindow = uint32(MIN_WINDOW);
        if (params.mode <= ITaskManager.AwardMode.SealedFirstPrice) params.revealWindow = uint32(MIN_WINDOW);
        params.deliveryWindow = uint32(MIN_WINDOW);
        params.reviewWindow = uint32(MIN_WINDOW);
        feats[Feat.Divided]++;
        _create(params, ownerOf[parent.winner], parent.depth + 1);
    }

    function _draw(uint256 seed) internal view returns (ITaskManager.TaskParams memory params) {
        // Requesters may score for themselves, and workers may score for others.
        address[4] memory evaluators = [EVALUATOR, REQUESTER, WORKER, address(pool)];
        // Half of the reserves are small, where the smallest bond counts.
        params = _params(bound(seed, MIN_RESERVE, seed % 2 == 0 ? 2 * CREDIT : MOST_RESERVE));
        params.mode = ITaskManager.AwardMode((seed >> 8) % 4);
        params.skill = skills[(seed >> 16) % 2];
        params.evaluator = evaluators[(seed >> 24) % 4];
        params.passingScore = uint8(bound(seed >> 32, 1, 100));
        params.revealWindow = 0;
    }

    function _window(uint256 seed) internal pure returns (uint32) {
        return uint32(bound(uint32(seed), MIN_WINDOW, MAX_TEST_WINDOW));
    }

    function _create(ITaskManager.TaskParams memory params, address requester, uint256 depth) internal {
        IMarketParameters.Parameters memory terms = parameters.current();
        GhostTask storage task = ghosts.push();
        task.mode = params.mode;
        task.skill = params.skill;
        task.requester = requester;
        task.evaluator = params.evaluator;
        task.byPool = params.evaluator == address(pool);
        task.depth = depth;
        task.reserve = params.reserve;
        task.passingScore = params.passingScore;
        task.feeBps = terms.feeBps;
        task.bondPercent = terms.bondPercent;
        task.seatFee = terms.seatFee;
        task.weight = task.byPool ? 100 : terms.namedWeight;
        if (depth != 0 || params.mode == ITaskManager.AwardMode.Direct) task.weight = 0;
        task.biddingEnd = time + params.biddingWindow;
        task.revealEnd = task.biddingEnd + params.revealWindow;
        task.deliveryWindow = params.deliveryWindow;
        task.reviewWindow = params.reviewWindow;
        _take(accountOf(requester), _requesterOwes(task));
        vm.prank(requester);
        uint256 taskId = tasks.createTask(params);
        vm.assertEq(taskId, ghosts.length, "task id");
    }

    function _cancel(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        _refund(task, ITaskManager.TaskState.Cancelled);
        feats[Feat.Cancelled]++;
        vm.prank(task.requester);
        tasks.cancel(taskId);
    }

    /* SEALED BIDS */

    /// @dev Some of the agents bid, at times in eighths of the reserve, so that there are ties.
    function _bidAll(uint256 taskId, uint256 seed) internal {
        uint256 reserve = _task(taskId).reserve;
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            uint256 own = _mix(seed + agentId);
            if (own % 4 == 0) continue;
            uint256 price = seed % 2 == 0 ? (reserve * (((own >> 8) % 8) + 1)) / 8 : own;
            _bid(taskId, agentId, price, own);
        }
    }

    function _bid(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) internal {
        GhostTask storage task = _task(taskId);
        GhostBid memory made;
        made.price = bound(price, 1, task.reserve);
        // At times more than the delivery window.
        made.promised = bound(promised, 1, task.deliveryWindow + 10);
        if (task.mode == ITaskManager.AwardMode.OpenBid) return _bidOpen(taskId, agentId, made, promised);
        made.salt = keccak256(abi.encode(taskId, agentId, price, time));
        // The digest as the interface words it.
        bytes32 digest = keccak256(
            abi.encode(block.chainid, address(auction), taskId, agentId, made.price, made.promised, made.salt)
        );
        made.digest = uint200(bytes25(digest));
        made.tieBreak = uint64(bytes8(digest));
        made.state = BidState.Sealed;
        _seal(taskId, agentId, made, promised % 3 == 0);
    }

    function _seal(uint256 taskId, uint256 agentId, GhostBid memory made, bool relayed) internal {
        uint200 replaced = _isSealed(taskId, agentId) ? bids[taskId][agentId].digest : 0;
        _freeze(taskId, agentId, made);
        if (replaced == 0) _take(accountOfAgent(agentId), _bond(_task(taskId)));
        bids[taskId][agentId] = made;
        if (!relayed) {
            vm.prank(ownerOf[agentId]);
            auction.commit(taskId, agentId, made.digest);
            return;
        }
        feats[Feat.SealedRelayed]++;
        IBidAuction.RelayedCommitment[] memory batch = new IBidAuction.RelayedCommitment[](2);
        batch[0] = _signed(
            keyOf[ownerOf[agentId]],
            IBidAuction.SignedCommitment(taskId, agentId, made.digest, replaced, time + 1)
        );
        // The same again, by somebody who may not.
        batch[1] = _signed(
            REQUESTER_KEY + 1,
            IBidAuction.SignedCommitment(taskId, agentId, 1, made.digest, time + 1)
        );
        vm.prank(OUTSIDER);
        auction.commitMany(batch);
    }

    function _freeze(uint256 taskId, uint256 agentId, GhostBid memory made) internal view {
        made.quality = _quality(agentId, _task(taskId).skill);
        made.epoch = epochOf[agentId];
    }

    function _reveal(uint256 taskId, uint256 agentId) internal {
        GhostBid storage made = bids[taskId][agentId];
        if (made.state == BidState.Copied) {
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.WrongOpening.selector, taskId, agentId));
        } else {
            uint256 led = _leader(taskId);
            made.state = BidState.Revealed;
            uint256 freed = _leader(taskId) == agentId ? led : agentId;
            if (freed != 0) freeOf[accountOfAgent(freed)] += _bond(_task(taskId));
            if (_ranked(taskId).length > 3) feats[Feat.RankedFourth]++;
        }
        vm.prank(OUTSIDER);
        auction.reveal(taskId, agentId, made.price, made.promised, made.salt);
    }

    function _revealAll(uint256 taskId) internal {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (_isSealed(taskId, agentId)) _reveal(taskId, agentId);
        }
    }

    function _forfeit(uint256 taskId, uint256 agentId) internal {
        bids[taskId][agentId].state = BidState.Forfeited;
        burned += _bond(_task(taskId));
        feats[Feat.Forfeited]++;
        vm.prank(OUTSIDER);
        auction.forfeit(taskId, agentId);
    }

    /* OPEN BIDS */

    function _bidOpen(uint256 taskId, uint256 agentId, GhostBid memory made, uint256 seed) internal {
        GhostBid storage previous = bids[taskId][agentId];
        bool again = previous.state == BidState.Revealed;
        if (again && previous.price == 1) return;
        if (again) made.price = bound(made.price, 1, previous.price - 1);
        _freeze(taskId, agentId, made);
        if (again && previous.epoch == made.epoch) made.quality = previous.quality;
        if (again) feats[Feat.Improved]++;
        made.state = BidState.Revealed;
        // Of equal bids the earlier wins.
        made.tieBreak = ++nonce;
        uint256 led = _leader(taskId);
        bids[taskId][agentId] = made;
        if (led != agentId && _leader(taskId) == agentId) {
            _take(accountOfAgent(agentId), _bond(_task(taskId)));
            if (led != 0) freeOf[accountOfAgent(led)] += _bond(_task(taskId));
            if (led != 0) feats[Feat.Overtaken]++;
        }
        if (seed % 2 == 0) return _relayOpen(_offerOf(taskId, agentId, made), ownerOf[agentId]);
        vm.prank(ownerOf[agentId]);
        auction.bid(taskId, agentId, made.price, made.promised);
    }

    /// @dev The same bid twice in one batch: the second is left out.
    function _relayOpen(IBidAuction.SignedBid memory offer, address signer) internal {
        feats[Feat.OpenRelayed]++;
        IBidAuction.RelayedBid[] memory batch = new IBidAuction.RelayedBid[](2);
        batch[0] = _signed(keyOf[signer], offer);
        batch[1] = batch[0];
        vm.expectEmit(address(auction));
        emit IBidAuction.RelaySkipped(
            1,
            abi.encodeWithSelector(IBidAuction.NonceUsed.selector, signer, offer.nonce)
        );
        vm.prank(OUTSIDER);
        auction.bidMany(batch);
    }

    function _offerOf(
        uint256 taskId,
        uint256 agentId,
        GhostBid memory made
    ) internal view returns (IBidAuction.SignedBid memory) {
        return IBidAuction.SignedBid(taskId, agentId, made.price, made.promised, time + 1, nonce);
    }

    /* AWARDS */

    /// @notice The requester takes an agent at its word.
    function _accept(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) internal {
        GhostTask storage task = _task(taskId);
        GhostBid memory made;
        made.price = bound(price, 1, task.reserve);
        made.promised = bound(promised, 1, task.deliveryWindow + 10);
        made.state = BidState.Revealed;
        _freeze(taskId, agentId, made);
        bids[taskId][agentId] = made;
        nonce++;
        _take(accountOfAgent(agentId), _bond(task));
        _award(taskId, agentId, made.price);
        feats[Feat.Accepted]++;
        IBidAuction.RelayedBid memory relayed = _signed(
            keyOf[ownerOf[agentId]],
            _offerOf(taskId, agentId, made)
        );
        vm.prank(task.requester);
        auction.accept(relayed);
    }

    function _finalize(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        uint256[] memory ranked = _ranked(taskId);
        if (ranked.length != 0) {
            _award(taskId, ranked[0], _priceAt(taskId, ranked, 0));
        } else {
            _refund(task, ITaskManager.TaskState.Expired);
            feats[Feat.Expired]++;
        }
        vm.startPrank(OUTSIDER);
        auction.finalize(taskId);
        // Again, nothing changes.
        auction.finalize(taskId);
        vm.stopPrank();
    }

    function _takeOver(uint256 taskId) internal {
        uint256[] memory ranked = _ranked(taskId);
        uint256 heir = ranked[1];
        uint256 price = _priceAt(taskId, ranked, 1);
        for (uint256 i = 0; i < ranked.length; i++) {
            if (ranked[i] != heir) bids[taskId][ranked[i]].state = BidState.Gone;
        }
        _take(accountOfAgent(heir), _bond(_task(taskId)));
        _award(taskId, heir, price);
        feats[Feat.TakenOver]++;
        vm.prank(ownerOf[heir]);
        auction.takeOver(taskId, heir);
    }

    function _award(uint256 taskId, uint256 agentId, uint256 price) internal {
        GhostTask storage task = _task(taskId);
        GhostBid storage made = bids[taskId][agentId];
        task.state = ITaskManager.TaskState.Awarded;
        task.winner = agentId;
        task.epoch = made.epoch;
        task.price = price;
        task.deadline = time + task.deliveryWindow;
        task.promisedAt = time + made.promised;
        if (task.promisedAt > task.deadline) task.promisedAt = task.deadline;
    }
}
