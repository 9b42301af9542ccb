// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DeclareDefaultTest is TaskTest {
    function testFuzzDeclareDefault(Seeds memory seeds, address caller, uint256 elapsed) public {
        (uint256 taskId, uint256 agentId) = _awardFrom(seeds);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        (uint256 bond, uint256 escrow) = (_bondOf(task), _escrowOf(task.reserve));
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskDefaulted(taskId, agentId, bond, 0);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(accountOfAgent(agentId), accountOf(REQUESTER), bond);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, escrow);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), escrow);
        _expectReport(task, 0, NAMED_WEIGHT, false);
        vm.prank(caller);
        tasks.declareDefault(taskId);

        task.deadline = 0;
        task.state = ITaskManager.TaskState.Refunded;
        _assertTask(taskId, task);
        _assertParties(task, escrow + bond, 0, 0);
        vm.assertEq(_record(agentId).merit, 0, "merit");
    }

    /// While somebody may take over, the requester has the bond, and its escrow is still locked.
    function testFuzzDeclareDefaultWithRunnerUp(Seeds memory seeds, address caller, uint256 elapsed) public {
        (uint256 taskId, uint256 agentId, ) = _awardOfTwo(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 bond = _bondOf(task);
        uint256 time = task.deadline + bound(elapsed, 0, 365 days);
        vm.warp(time);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskDefaulted(taskId, agentId, bond, time + task.reviewWindow);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(accountOfAgent(agentId), accountOf(REQUESTER), bond);
        _expectReport(task, 0, NAMED_WEIGHT, false);
        vm.prank(caller);
        tasks.declareDefault(taskId);

        task.deadline = uint40(time + task.reviewWindow);
        task.state = ITaskManager.TaskState.Defaulted;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), bond, _escrowOf(task.reserve), "requester");
        _assertBalance(accountOfAgent(agentId), 0, 0, "worker");
    }

    function testDeclareDefaultAroundTheDeadline() public {
        (uint256 taskId, ) = _award(RESERVE, RESERVE);
        uint256 end = tasks.getTask(taskId).deadline;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOpen.selector, taskId, end, end - 1));
        tasks.declareDefault(taskId);

        uint256 state = vm.snapshotState();
        vm.warp(end);
        tasks.declareDefault(taskId);
        vm.revertToState(state);
        vm.warp(end + 1);
        tasks.declareDefault(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Refunded), "state");
    }
}
