// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseRuledTest is CaseTest {
    function testFuzzCloseRuledForTheWorker(
        Seeds memory seeds,
        Odds memory odds,
        uint256 score,
        address caller,
        uint256 elapsed
    ) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        score = _passingScore(score);
        _rule(score);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));

        _expectEnd(score, 100, true);
        vm.expectEmit(address(tasks));
        emit ITaskManager.WorkerCompensated(taskId, agentId, compensation);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, agentId, price, fee, false);
        vm.prank(caller);
        tasks.closeRuled(taskId);

        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
    }

    function testFuzzCloseRuledForTheRequester(
        Seeds memory seeds,
        Odds memory odds,
        uint256 score,
        address caller,
        uint256 elapsed
    ) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        score = _failingScore(score);
        _rule(score);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));

        _expectEnd(score, 100, false);
        vm.expectEmit(address(ledger));
        emit ILedger.Burned(worker, bond - bond / 2);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, task.reserve + tasks.depositOf(taskId));
        vm.prank(caller);
        tasks.closeRuled(taskId);

        task.state = ITaskManager.TaskState.Refunded;
        _assertTask(taskId, task);
    }

    function testCloseRuledFromTheDeadline() public {
        for (uint256 score = 0; score <= 100; score += 100) {
            _begin(EVALUATOR);
            _toHearing();
            _rule(score);
            _testFromDeadline(tasks.closeRuled);
        }
    }

    function testCloseRuledTwice() public {
        _begin(EVALUATOR);
        _toHearing();
        _rule(100);
        _closeRuled();
        _expectWrongState(ITaskManager.TaskState.Settled);
        tasks.closeRuled(taskId);
    }
}
