// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SubmitTest is TaskTest {
    function testFuzzSubmit(Seeds memory seeds, bytes32 result, uint256 elapsed) public {
        vm.assume(result != 0);
        (uint256 taskId, uint256 agentId) = _awardFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 time = bound(elapsed, block.timestamp, task.deadline - 1);
        vm.warp(time);
        uint256 lateness = _latenessOf(time, task.promisedAt, task.deadline);

        vm.expectEmit(address(tasks));
        emit ITaskManager.ResultSubmitted(taskId, agentId, result, lateness, time + task.reviewWindow);
        vm.prank(WORKER);
        tasks.submit(taskId, result);

        task.file = _delivered(task.file, result);
        task.lateness = uint8(lateness);
        task.deadline = uint40(time + task.reviewWindow);
        task.state = ITaskManager.TaskState.Submitted;
        _assertTask(taskId, task);
        _assertBalance(accountOfAgent(agentId), 0, _bondOf(task), "worker");
    }

    /// @dev The least whole percent that is not below the used share of the slack.
    function _latenessOf(
        uint256 time,
        uint256 promisedAt,
        uint256 deadline
    ) internal pure returns (uint256 percent) {
        if (time <= promisedAt) return 0;
        while (percent * (deadline - promisedAt) < (time - promisedAt) * 100) percent++;
    }

    /// Promise in one hour, deadline in two: on time, a second late, half-way, and in the last second.
    function testLatenessByTheClock() public {
        (uint256 taskId, ) = _award(RESERVE, RESERVE);
        uint256 promisedAt = tasks.getTask(taskId).promisedAt;
        _testLateness(taskId, promisedAt - 1, 0);
        _testLateness(taskId, promisedAt, 0);
        _testLateness(taskId, promisedAt + 1, 1);
        _testLateness(taskId, promisedAt + 36, 1);
        _testLateness(taskId, promisedAt + 37, 2);
        _testLateness(taskId, promisedAt + 30 minutes, 50);
        _testLateness(taskId, promisedAt + 1 hours - 1, 100);
    }

    function _testLateness(uint256 taskId, uint256 time, uint256 expected) internal {
        uint256 state = vm.snapshotState();
        vm.warp(time);
        _submit(taskId, RESULT);
        vm.assertEq(uint256(tasks.getTask(taskId).lateness), expected, "lateness");
        vm.revertToState(state);
    }

    /// Who promises the whole window has no slack to use up, and is never late.
    function testFuzzPromiseOfTheWholeWindow(uint256 elapsed) public {
        (uint256 taskId, ) = _award(_params(RESERVE), RESERVE, 2 hours);
        vm.warp(block.timestamp + bound(elapsed, 0, 2 hours - 1));
        _submit(taskId, RESULT);
        vm.assertEq(uint256(tasks.getTask(taskId).lateness), 0, "lateness");
    }

    function testSubmitAroundTheDeadline() public {
        (uint256 taskId, ) = _award(RESERVE, RESERVE);
        uint256 end = tasks.getTask(taskId).deadline;
        _expectClosed(taskId, end, end);
        _expectClosed(taskId, end, end + 1);
        vm.warp(end - 1);
        _submit(taskId, RESULT);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Submitted), "state");
    }

    function _expectClosed(uint256 taskId, uint256 end, uint256 time) internal {
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowClosed.selector, taskId, end, time));
        vm.prank(WORKER);
        tasks.submit(taskId, RESULT);
    }

    function testFuzzSubmitNotWorker(address caller) public {
        vm.assume(caller != WORKER);
        (uint256 taskId, ) = _award(RESERVE, RESERVE);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotWorker.selector, taskId, caller));
        vm.prank(caller);
        tasks.submit(taskId, RESULT);
    }

    /// What an agent owes it can still deliver once it has stopped to bid.
    function testSubmitOfInactiveAgent() public {
        (uint256 taskId, uint256 agentId) = _award(RESERVE, RESERVE);
        vm.prank(WORKER);
        registry.setActive(agentId, false);
        _submit(taskId, RESULT);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Submitted), "state");
    }

    function testSubmitEmptyResult() public {
        (uint256 taskId, ) = _award(RESERVE, RESERVE);
        vm.expectRevert(ITaskManager.EmptyResult.selector);
        vm.prank(WORKER);
        tasks.submit(taskId, 0);
    }
}
