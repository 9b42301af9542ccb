// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseSealedTest is CaseTest {
    /// In a dispute, who keeps its secret has lost it.
    function testFuzzCloseSealed(
        Seeds memory seeds,
        Odds memory odds,
        address caller,
        uint256 elapsed
    ) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _reject();
        _dispute();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));

        vm.expectEmit(address(tasks));
        emit ITaskManager.WorkerCompensated(taskId, agentId, compensation);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(requester, worker, compensation);
        _close(caller);

        task.round = ITaskManager.Round.None;
        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
        _assertEnd(-int256(price + compensation), int256(price - fee + compensation), 0, 0);
    }

    /// Where the pool evaluates, the worker is released by silence.
    function testFuzzCloseSealedByPool(
        Seeds memory seeds,
        Odds memory odds,
        address caller,
        uint256 elapsed
    ) public {
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));
        _close(caller);

        task.round = ITaskManager.Round.None;
        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function _close(address caller) internal {
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, agentId, price, fee, true);
        _expectEnd(0, 0, true);
        vm.prank(caller);
        tasks.closeSealed(taskId);
    }

    function testCloseSealedFromTheDeadline() public {
        _begin(EVALUATOR);
        _reject();
        _dispute();
        _testFromDeadline(tasks.closeSealed);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "state");
        _begin(address(pool));
        _deliver();
        _testFromDeadline(tasks.closeSealed);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "state");
    }

    /// A panel that is drawn has all the time it needs.
    function testCloseSealedOfAnOpenSecret() public {
        _begin(EVALUATOR);
        _toHearing();
        _warpToDeadline(taskId);
        _expectWrongRound(ITaskManager.Round.Unsealed);
        tasks.closeSealed(taskId);
    }

    function testCloseSealedTwice() public {
        _begin(EVALUATOR);
        _reject();
        _dispute();
        _warpToDeadline(taskId);
        tasks.closeSealed(taskId);
        _expectWrongRound(ITaskManager.Round.None);
        tasks.closeSealed(taskId);
    }
}
