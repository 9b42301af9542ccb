// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Ghost} from "./Ghost.sol";

/// @notice Every step of a task's life, done to the market and to its ghost.
abstract contract Steps is Ghost {
    uint256 private constant MOST_RESERVE = 5_000 * CREDIT;
    uint256 private constant MAX_TEST_WINDOW = 100;

    function _advance(uint256 seed) internal {
        uint256 taskId = _pick(seed, _isLive);
        seed = _mix(seed);
        if (taskId == 0) return _create(seed);
        bool idle = seed % 8 == 0;
        if (_takesBids(taskId) && _isUntouched(taskId)) return _bidAll(taskId, seed);
        if (_isRevealing(taskId) && !idle) return _revealAll(taskId);
        if (_isOverdueAuction(taskId)) return _finalize(taskId);
        if (_isDeliverable(taskId) && !idle) return _deliver(taskId);
        if (_isScorable(taskId) && !idle) return _score(taskId, (seed >> 8) % 101);
        if (_isOverdue(taskId)) return _end(taskId);
        _passTo(_nextBoundary(taskId));
    }

    function _create(uint256 seed) internal {
        address[3] memory requesters = [REQUESTER, RIVAL, THIRD];
        // Requesters may score for themselves, and workers may score for others.
        address[3] memory evaluators = [EVALUATOR, REQUESTER, WORKER];
        // Half of the reserves are small, where the smallest bond counts.
        uint256 reserve = bound(seed, MIN_RESERVE, seed % 2 == 0 ? 2 * CREDIT : MOST_RESERVE);
        ITaskManager.TaskParams memory params = _params(reserve);
        params.mode = ITaskManager.AwardMode((seed >> 8) % 2);
        params.skill = skills[(seed >> 16) % 2];
        params.evaluator = evaluators[(seed >> 24) % 3];
        params.passingScore = uint8(bound(seed >> 32, 1, 100));
        params.biddingWindow = _window(seed >> 64);
        params.revealWindow = _window(seed >> 96);
        params.deliveryWindow = _window(seed >> 128);
        params.reviewWindow = _window(seed >> 160);

        GhostTask storage task = ghosts.push();
        task.mode = params.mode;
        task.skill = params.skill;
        task.requester = requesters[(seed >> 40) % 3];
        task.evaluator = params.evaluator;
        task.reserve = reserve;
        task.passingScore = params.passingScore;
        task.feeBps = fee;
        task.biddingEnd = time + params.biddingWindow;
        task.revealEnd = task.biddingEnd + params.revealWindow;
        task.deliveryWindow = params.deliveryWindow;
        task.reviewWindow = params.reviewWindow;
        _take(accountOf(task.requester), _escrow(task));
        vm.prank(task.requester);
        uint256 taskId = tasks.createTask(params);
        vm.assertEq(taskId, ghosts.length, "task id");
    }

    function _cancel(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        task.state = ITaskManager.TaskState.Cancelled;
        freeOf[accountOf(task.requester)] += _escrow(task);
        vm.prank(task.requester);
        tasks.cancel(taskId);
    }

    function _window(uint256 seed) internal pure returns (uint32) {
        return uint32(bound(uint32(seed), MIN_WINDOW, MAX_TEST_WINDOW));
    }

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
        price = bound(price, 1, task.reserve);
        promised = bound(promised, 1, task.deliveryWindow);
        bytes32 salt = keccak256(abi.encode(taskId, agentId, price, time));
        // The digest as the interface words it.
        bytes32 digest = keccak256(
            abi.encode(block.chainid, address(auction), taskId, agentId, price, promised, salt)
        );
        _seal(taskId, agentId, GhostBid(BidState.Sealed, price, promised, salt, uint240(bytes30(digest)), 0));
    }

    function _seal(uint256 taskId, uint256 agentId, GhostBid memory sealedBid) internal {
        GhostTask storage task = _task(taskId);
        address owner = ownerOf[agentId];
        if (owner == task.evaluator) {
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.EvaluatorCannotBid.selector, taskId, owner));
        } else {
            sealedBid.quality = _quality(agentId, task.skill);
            if (bids[taskId][agentId].state == BidState.None) _take(accountOfAgent(agentId), _bond(task));
            bids[taskId][agentId] = sealedBid;
        }
        vm.prank(owner);
        auction.commit(taskId, agentId, sealedBid.digest);
    }

    function _reveal(uint256 taskId, uint256 agentId) internal {
        GhostBid storage sealedBid = bids[taskId][agentId];
        if (sealedBid.state == BidState.Copied) {
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.WrongOpening.selector, taskId, agentId));
        } else {
            sealedBid.state = BidState.Revealed;
            uint256[] memory ranked = _ranked(taskId);
            if (ranked.length > 3)
                freeOf[accountOfAgent(_displaced(taskId, agentId))] += _bond(_task(taskId));
        }
        vm.prank(OUTSIDER);
        auction.reveal(taskId, agentId, sealedBid.price, sealedBid.promised, sealedBid.salt);
    }

    /// @dev The bond that comes free with a fourth bid, or a later one, is that of whoever was third: or of
    /// the bidder itself, if it is not among the best three.
    function _displaced(uint256 taskId, uint256 agentId) internal view returns (uint256) {
        uint256[] memory ranked = _ranked(taskId);
        for (uint256 i = 0; i < 3; i++) if (ranked[i] == agentId) return ranked[3];
        return agentId;
    }

    function _revealAll(uint256 taskId) internal {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (_isSealed(taskId, agentId)) _reveal(taskId, agentId);
        }
    }

    function _finalize(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        uint256[] memory ranked = _ranked(taskId);
        for (uint256 i = 1; i < ranked.length && i < 3; i++) freeOf[accountOfAgent(ranked[i])] += _bond(task);
        if (ranked.length == 0) {
            task.state = ITaskManager.TaskState.Expired;
            freeOf[accountOf(task.requester)] += _escrow(task);
        } else {
            task.state = ITaskManager.TaskState.Awarded;
            task.winner = ranked[0];
            task.price = _awardedPrice(taskId, ranked);
            task.promisedAt = time + bids[taskId][ranked[0]].promised;
            task.deadline = time + task.deliveryWindow;
        }
        vm.startPrank(OUTSIDER);
        auction.finalize(taskId);
        // Again, nothing changes.
        auction.finalize(taskId);
        vm.stopPrank();
    }

    function _forfeit(uint256 taskId, uint256 agentId) internal {
        bids[taskId][agentId].state = BidState.Forfeited;
        burned += _bond(_task(taskId));
        vm.prank(OUTSIDER);
        auction.forfeit(taskId, agentId);
    }

    function _deliver(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        task.state = ITaskManager.TaskState.Submitted;
        task.submitted = true;
        task.lateness = _latenessOf(task);
        task.deadline = time + task.reviewWindow;
        vm.prank(ownerOf[task.winner]);
        tasks.submit(taskId, RESULT);
    }

    function _score(uint256 taskId, uint256 score) internal {
        GhostTask storage task = _task(taskId);
        task.score = score;
        if (score < task.passingScore) {
            task.state = ITaskManager.TaskState.Rejected;
            task.deadline = time + task.reviewWindow;
        } else {
            _settle(task);
            _learn(task);
        }
        vm.prank(task.evaluator);
        tasks.evaluate(taskId, score);
    }

    /// @dev Anyone ends a task whose window has passed.
    function _end(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        (Account worker, Account requester) = (accountOfAgent(task.winner), accountOf(task.requester));
        ITaskManager.TaskState state = task.state;
        vm.prank(OUTSIDER);
        if (state == ITaskManager.TaskState.Submitted) {
            tasks.release(taskId);
            return _settle(task);
        }
        task.state = ITaskManager.TaskState.Refunded;
        freeOf[requester] += _escrow(task);
        if (state == ITaskManager.TaskState.Awarded) {
            tasks.declareDefault(taskId);
            freeOf[requester] += _bond(task);
        } else {
            tasks.closeRejected(taskId);
            freeOf[worker] += _bond(task) / 2;
            burned += _bond(task) - _bond(task) / 2;
        }
        _learn(task);
    }

    function _settle(GhostTask storage task) internal {
        uint256 share = (task.price * task.feeBps) / BPS;
        task.state = ITaskManager.TaskState.Settled;
        freeOf[accountOfAgent(task.winner)] += task.price - share + _bond(task);
        freeOf[accountOf(TREASURY)] += share;
        freeOf[accountOf(task.requester)] += _escrow(task) - task.price;
    }

    /// @dev A quarter of the price counts, of a thousand credits at most; full lateness halves the merit.
    function _learn(GhostTask storage task) internal {
        GhostRecord storage record = records[task.winner][epochOf[task.winner]][task.skill];
        uint256 weight = (task.price > 1_000 * CREDIT ? 1_000 * CREDIT : task.price) / 4;
        record.experience += weight;
        record.merit += (weight * task.score * (200 - task.lateness)) / 20_000;
    }

    /// @dev Takes from the free part, after a deposit of what is lacking.
    function _take(Account account, uint256 amount) internal {
        if (freeOf[account] < amount) _deposit(account, amount - freeOf[account]);
        freeOf[account] -= amount;
    }

    function _deposit(Account account, uint256 amount) internal {
        freeOf[account] += amount;
        minted += amount;
        _fund(account, amount);
    }

    function _passTo(uint256 later) internal {
        time = later;
        vm.warp(later);
    }

    /// @dev The end of the window that the task is in; in the past if that is over.
    function _nextBoundary(uint256 taskId) internal view returns (uint256) {
        GhostTask storage task = _task(taskId);
        if (_isFinal(taskId)) return 0;
        if (!_isOpen(taskId)) return task.deadline;
        return time < task.biddingEnd ? task.biddingEnd : task.revealEnd;
    }

    /// @dev The fuzzer likes small numbers and round ones; choices between few should not depend on that.
    function _mix(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }
}
