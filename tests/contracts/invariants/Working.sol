// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {vm} from "../utils/Vm.sol";
import {Bidding} from "./Bidding.sol";

/// @notice From the award of a task to its end, done to the market and to its ghost.
abstract contract Working is Bidding {
    /* WORK AND WORD */

    function _deliver(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        task.state = ITaskManager.TaskState.Submitted;
        task.submitted = true;
        task.lateness = _latenessOf(task);
        task.deadline = time + task.reviewWindow;
        if (task.byPool && seats >= 3) task.round = ITaskManager.Round.Convened;
        // Hashed before the prank, which would be spent on the precompile.
        bytes32 result = RESULT;
        vm.prank(ownerOf[task.winner]);
        tasks.submit(taskId, result);
    }

    function _score(uint256 taskId, uint256 score) internal {
        GhostTask storage task = _task(taskId);
        task.score = score;
        if (_passed(task)) {
            _settle(task, 0, 0);
            _learn(task, score, task.weight);
            feats[Feat.SettledByScore]++;
        } else {
            task.state = ITaskManager.TaskState.Rejected;
            task.deadline = time + task.reviewWindow;
        }
        vm.prank(task.evaluator);
        tasks.evaluate(taskId, score);
    }

    /* PANELS */

    function _file(uint256 taskId) internal view returns (ITaskManager.File memory) {
        return ITaskManager.File(SPECIFICATION, SEAL, _task(taskId).submitted ? RESULT : bytes32(0));
    }

    function _dispute(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        _take(accountOfAgent(task.winner), _largePanel(task));
        task.state = ITaskManager.TaskState.Disputed;
        task.round = ITaskManager.Round.Convened;
        task.deadline = time + task.reviewWindow;
        feats[Feat.Disputed]++;
        ITaskManager.File memory file = _file(taskId);
        vm.prank(ownerOf[task.winner]);
        tasks.dispute(taskId, file, WORK);
    }

    function _unseal(uint256 taskId) internal {
        _task(taskId).round = ITaskManager.Round.Unsealed;
        ITaskManager.File memory file = _file(taskId);
        vm.prank(OUTSIDER);
        tasks.unseal(taskId, file, SECRET);
    }

    /// @notice The panel speaks, or one time in four it does not.
    function _hear(uint256 taskId, uint256 seed) internal {
        GhostTask storage task = _task(taskId);
        bool isAppeal = task.round == ITaskManager.Round.Appeal;
        if (seed % 4 == 0) {
            feats[Feat.GivenUp]++;
            if (isAppeal) _conclude(task, 0);
            else _settle(task, 0, 0);
            pool.giveUp(tasks, taskId);
            return;
        }
        uint256 score = (seed >> 8) % 101;
        if (isAppeal) {
            task.score = score;
            _conclude(task, _largePanel(task));
        } else {
            _rule(task, score);
        }
        pool.decide(tasks, taskId, score, accountOf(EVALUATOR));
    }

    function _rule(GhostTask storage task, uint256 score) internal {
        task.score = score;
        feats[Feat.Ruled]++;
        if (task.byPool && _passed(task)) {
            _settle(task, 0, _panel(task));
            _learnFromPanel(task);
            feats[Feat.PassedByPool]++;
        } else {
            task.state = ITaskManager.TaskState.Ruled;
            task.deadline = time + task.reviewWindow;
            freeOf[accountOf(EVALUATOR)] += _panel(task);
        }
    }

    function _appeal(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        bool passed = _passed(task);
        address worker = ownerOf[task.winner];
        uint256 fee = task.byPool ? _largePanel(task) : _panel(task);
        _take(passed ? accountOf(task.requester) : accountOfAgent(task.winner), fee);
        task.state = ITaskManager.TaskState.Disputed;
        task.round = ITaskManager.Round.Appeal;
        feats[Feat.Appealed]++;
        vm.prank(passed ? task.requester : worker);
        tasks.appeal(taskId);
    }

    /// @dev Ends a task by the verdict that stands; `fee` is what the loser still has to pay.
    function _conclude(GhostTask storage task, uint256 fee) internal {
        if (_passed(task)) {
            _settle(task, task.byPool ? 0 : _tenth(task), fee);
        } else {
            _refuse(task, fee);
            feats[Feat.RefusedByPanel]++;
        }
        _learnFromPanel(task);
    }

    /* DEADLINES */

    /// @dev Anyone moves on a task whose window has passed.
    function _end(uint256 taskId) internal {
        GhostTask storage task = _task(taskId);
        ITaskManager.TaskState state = task.state;
        if (_isConvened(taskId)) return _endSealed(taskId, task);
        if (state == ITaskManager.TaskState.Awarded) return _default(taskId, task);
        if (state == ITaskManager.TaskState.Submitted) {
            _settle(task, 0, 0);
            feats[Feat.SettledBySilence]++;
            vm.prank(OUTSIDER);
            tasks.release(taskId);
        } else if (state == ITaskManager.TaskState.Rejected) {
            _refuse(task, 0);
            _learn(task, task.score, task.weight);
            feats[Feat.Rejected]++;
            vm.prank(OUTSIDER);
            tasks.closeRejected(taskId);
        } else if (state == ITaskManager.TaskState.Ruled) {
            _conclude(task, 0);
            vm.prank(OUTSIDER);
            tasks.closeRuled(taskId);
        } else {
            _refund(task, ITaskManager.TaskState.Refunded);
            feats[Feat.Unheired]++;
            vm.prank(OUTSIDER);
            tasks.closeDefaulted(taskId);
        }
    }

    /// @dev A requester that keeps its secret has lost.
    function _endSealed(uint256 taskId, GhostTask storage task) internal {
        _settle(task, task.byPool ? 0 : _tenth(task), 0);
        task.round = ITaskManager.Round.None;
        feats[Feat.SecretKept]++;
        vm.prank(OUTSIDER);
        tasks.closeSealed(taskId);
    }

    function _default(uint256 taskId, GhostTask storage task) internal {
        bool succession = _ranked(taskId).length > 1;
        freeOf[accountOf(task.requester)] += _bond(task);
        task.state = ITaskManager.TaskState.Defaulted;
        task.deadline = succession ? time + task.reviewWindow : 0;
        _learn(task, 0, task.weight);
        feats[Feat.Defaulted]++;
        if (!succession) _refund(task, ITaskManager.TaskState.Refunded);
        vm.prank(OUTSIDER);
        tasks.declareDefault(taskId);
    }
}
