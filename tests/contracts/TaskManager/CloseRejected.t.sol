// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseRejectedTest is TaskTest {
    function testFuzzCloseRejected(
        Seeds memory seeds,
        address caller,
        uint256 score,
        uint256 elapsed
    ) public {
        (uint256 taskId, uint256 agentId) = _deliverFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        _evaluate(taskId, bound(score, 0, task.passingScore - 1));
        task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));
        uint256 kept = _bondOf(task) / 2;
        uint256 burned = _bondOf(task) - kept;

        vm.expectEmit(address(ledger));
        emit ILedger.Burned(accountOfAgent(agentId), burned);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOfAgent(agentId), kept);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, _escrowOf(task.reserve));
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), _escrowOf(task.reserve));
        _expectReport(task, task.score, NAMED_WEIGHT, false);
        vm.prank(caller);
        tasks.closeRejected(taskId);

        task.state = ITaskManager.TaskState.Refunded;
        _assertTask(taskId, task);
        vm.assertEq(ledger.pendingBurn(), burned, "pending burn");
        _assertParties(task, _escrowOf(task.reserve), kept, 0);
    }

    function testCloseRejectedAroundTheDeadline() public {
        (uint256 taskId, ) = _reject(RESERVE, RESERVE);
        uint256 end = tasks.getTask(taskId).deadline;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOpen.selector, taskId, end, end - 1));
        tasks.closeRejected(taskId);

        uint256 state = vm.snapshotState();
        vm.warp(end);
        tasks.closeRejected(taskId);
        vm.revertToState(state);
        vm.warp(end + 1);
        tasks.closeRejected(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Refunded), "state");
    }
}
