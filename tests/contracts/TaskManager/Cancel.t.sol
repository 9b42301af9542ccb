// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CancelTest is TaskTest {
    /// At any time, also long after the last window, as long as nobody has bid.
    function testFuzzCancel(Seeds memory seeds, uint256 elapsed) public {
        uint256 taskId = _post(_paramsFrom(seeds));
        vm.warp(START + bound(elapsed, 0, 365 days));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 escrow = _escrowOf(task.reserve);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskCancelled(taskId);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, escrow);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), escrow);
        vm.prank(REQUESTER);
        tasks.cancel(taskId);

        task.state = ITaskManager.TaskState.Cancelled;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
    }

    function testFuzzCancelNotRequester(address caller) public {
        vm.assume(caller != REQUESTER);
        uint256 taskId = _post(RESERVE);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotRequester.selector, taskId, caller));
        vm.prank(caller);
        tasks.cancel(taskId);
    }

    /// A bidder must not lose its work and its bond's time to a requester that thinks again.
    function testFuzzCancelAfterFirstCommitment(uint256 elapsed) public {
        uint256 taskId = _post(RESERVE);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, RESERVE);
        vm.warp(START + bound(elapsed, 0, 365 days));
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.HasCommitments.selector, taskId));
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
    }
}
