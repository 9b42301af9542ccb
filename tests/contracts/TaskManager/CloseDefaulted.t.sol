// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseDefaultedTest is CaseTest {
    function testFuzzCloseDefaulted(Seeds memory seeds, address caller, uint256 elapsed) public {
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        _default(params);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(task.deadline + bound(elapsed, 0, 365 days));
        uint256 escrow = _escrowOf(params.reserve);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, escrow);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), escrow);
        vm.prank(caller);
        tasks.closeDefaulted(taskId);

        task.state = ITaskManager.TaskState.Refunded;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), escrow + _bondOf(task), 0, "requester");
        _assertBalance(accountOfAgent(agentId), 0, 0, "worker");
    }

    function testCloseDefaultedFromTheDeadline() public {
        _default(_params(RESERVE));
        _testFromDeadline(tasks.closeDefaulted);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Refunded), "state");
    }

    function testCloseDefaultedTwice() public {
        _default(_params(RESERVE));
        _warpToDeadline(taskId);
        tasks.closeDefaulted(taskId);
        _expectWrongState(ITaskManager.TaskState.Refunded);
        tasks.closeDefaulted(taskId);
    }

    function _default(ITaskManager.TaskParams memory params) internal {
        (taskId, agentId, ) = _awardOfTwo(params);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
    }
}
