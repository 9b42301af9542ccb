// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReleaseTest is TaskTest {
    function testFuzzRelease(Seeds memory seeds, address caller, uint256 elapsed) public {
        (uint256 taskId, uint256 agentId) = _deliverFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));
        uint256 fee = (task.price * FEE_BPS) / BPS;

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, agentId, task.price, fee, true);
        _expectReport(task, 0, 0, true);
        vm.prank(caller);
        tasks.release(taskId);

        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
        _assertParties(task, _escrowOf(task.reserve) - task.price, task.price - fee + _bondOf(task), fee);
        vm.assertEq(_record(agentId).experience, 0, "nobody spoke, so no reputation moves");
    }

    function testReleaseAroundTheDeadline() public {
        (uint256 taskId, ) = _deliver(RESERVE, RESERVE);
        uint256 end = tasks.getTask(taskId).deadline;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOpen.selector, taskId, end, end - 1));
        tasks.release(taskId);

        uint256 state = vm.snapshotState();
        vm.warp(end);
        tasks.release(taskId);
        vm.revertToState(state);
        vm.warp(end + 1);
        tasks.release(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "state");
    }
}
