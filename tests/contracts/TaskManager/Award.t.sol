// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice award and expire: the two calls by which the auction ends.
contract AwardTest is TaskTest {
    function testFuzzAward(Seeds memory seeds, uint64 agentId, uint88 price, uint256 elapsed) public {
        uint256 taskId = _post(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 promised = bound(seeds.promised, 1, task.deliveryWindow);
        uint256 time = START + bound(elapsed, 0, 365 days);
        vm.warp(time);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, agentId, price, time + promised, time + task.deliveryWindow);
        vm.prank(address(auction));
        tasks.award(taskId, agentId, price, promised);

        task.agentId = agentId;
        task.price = price;
        task.promisedAt = uint40(time + promised);
        task.deadline = uint40(time + task.deliveryWindow);
        task.state = ITaskManager.TaskState.Awarded;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), 0, _escrowOf(task.reserve), "requester");
    }

    function testFuzzExpire(Seeds memory seeds) public {
        uint256 taskId = _post(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 escrow = _escrowOf(task.reserve);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskExpired(taskId);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, escrow);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), escrow);
        vm.prank(address(auction));
        tasks.expire(taskId);

        task.state = ITaskManager.TaskState.Expired;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
    }

    function testFuzzAwardNotAuction(address caller) public {
        uint256 taskId = _post(RESERVE);
        _expectNotAuction(caller);
        tasks.award(taskId, 1, RESERVE, 1);
    }

    function testFuzzExpireNotAuction(address caller) public {
        uint256 taskId = _post(RESERVE);
        _expectNotAuction(caller);
        tasks.expire(taskId);
    }

    function _expectNotAuction(address caller) internal {
        vm.assume(caller != address(auction));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotAuction.selector, caller));
        vm.prank(caller);
    }
}
