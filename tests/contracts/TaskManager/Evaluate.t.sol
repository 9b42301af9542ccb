// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract EvaluateTest is TaskTest {
    function testFuzzEvaluatePasses(Seeds memory seeds, uint256 score, uint256 elapsed) public {
        (uint256 taskId, ) = _deliverFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        score = bound(score, task.passingScore, 100);
        vm.warp(bound(elapsed, block.timestamp, task.deadline - 1));
        uint256 fee = (task.price * FEE_BPS) / BPS;

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskEvaluated(taskId, EVALUATOR, score);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, task.agentId, task.price, fee, false);
        _expectPayments(task, fee);
        _expectReport(task, score, NAMED_WEIGHT, true);
        vm.prank(EVALUATOR);
        tasks.evaluate(taskId, score);

        task.score = uint8(score);
        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
        _assertPaid(task, fee);
    }

    /// @dev The worker is paid and every lock of the task is gone.
    function _assertPaid(ITaskManager.Task memory task, uint256 fee) internal {
        _assertParties(task, _escrowOf(task.reserve) - task.price, task.price - fee + _bondOf(task), fee);
    }

    function _expectPayments(ITaskManager.Task memory task, uint256 fee) internal {
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(accountOf(REQUESTER), accountOfAgent(task.agentId), task.price - fee);
        if (fee != 0) {
            vm.expectEmit(address(ledger));
            emit ILedger.Paid(accountOf(REQUESTER), accountOf(TREASURY), fee);
        }
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), _escrowOf(task.reserve) - task.price);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOfAgent(task.agentId), _bondOf(task));
    }

    function testFuzzEvaluateRejects(Seeds memory seeds, uint256 score, uint256 elapsed) public {
        (uint256 taskId, uint256 agentId) = _deliverFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        score = bound(score, 0, task.passingScore - 1);
        uint256 time = bound(elapsed, block.timestamp, task.deadline - 1);
        vm.warp(time);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskEvaluated(taskId, EVALUATOR, score);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRejected(taskId, agentId, time + task.reviewWindow);
        vm.prank(EVALUATOR);
        tasks.evaluate(taskId, score);

        task.score = uint8(score);
        task.deadline = uint40(time + task.reviewWindow);
        task.state = ITaskManager.TaskState.Rejected;
        _assertTask(taskId, task);
        // Nothing moves yet, and no reputation either.
        _assertBalance(accountOf(REQUESTER), 0, _escrowOf(task.reserve), "requester");
        _assertBalance(accountOfAgent(agentId), 0, _bondOf(task), "worker");
        vm.assertEq(_record(agentId).experience, 0, "experience");
    }

    function testEvaluateAtThePassingScore() public {
        (uint256 taskId, ) = _deliver(RESERVE, RESERVE);
        uint256 state = vm.snapshotState();
        _evaluate(taskId, 59);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Rejected), "below");
        vm.revertToState(state);
        _evaluate(taskId, 60);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "at");
    }

    function testEvaluateAroundTheDeadline() public {
        (uint256 taskId, ) = _deliver(RESERVE, RESERVE);
        uint256 end = tasks.getTask(taskId).deadline;
        _expectClosed(taskId, end, end);
        _expectClosed(taskId, end, end + 1);
        vm.warp(end - 1);
        _evaluate(taskId, 100);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "state");
    }

    function _expectClosed(uint256 taskId, uint256 end, uint256 time) internal {
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowClosed.selector, taskId, end, time));
        vm.prank(EVALUATOR);
        tasks.evaluate(taskId, 100);
    }

    function testFuzzEvaluateNotEvaluator(address caller) public {
        vm.assume(caller != EVALUATOR);
        (uint256 taskId, ) = _deliver(RESERVE, RESERVE);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotEvaluator.selector, taskId, caller));
        vm.prank(caller);
        tasks.evaluate(taskId, 100);
    }

    function testFuzzEvaluateScoreTooHigh(uint256 score) public {
        score = bound(score, 101, type(uint256).max);
        (uint256 taskId, ) = _deliver(RESERVE, RESERVE);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.ScoreOutOfBounds.selector, score, 0, 100));
        vm.prank(EVALUATOR);
        tasks.evaluate(taskId, score);
    }

    /// A fee of zero pays the treasury nothing and stops nobody.
    function testFuzzEvaluateWithoutFee(Seeds memory seeds) public {
        IMarketParameters.Parameters memory terms = _terms();
        terms.feeBps = 0;
        parameters.set(terms);
        (uint256 taskId, ) = _deliverFrom(seeds);
        _evaluate(taskId, 100);
        _assertPaid(tasks.getTask(taskId), 0);
    }

    /// A price too small for a fee of one unit.
    function testEvaluateOfTheSmallestPrice() public {
        Seeds memory seeds;
        (seeds.reserve, seeds.price) = (RESERVE, 1);
        (uint256 taskId, ) = _deliverFrom(seeds);
        _evaluate(taskId, 100);
        _assertPaid(tasks.getTask(taskId), 0);
    }
}
