// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice award and expire: the two calls by which the auction ends.
contract AwardTest is TaskTest {
    /// A promise beyond the window is one of the whole window.
    function testFuzzAward(
        Seeds memory seeds,
        uint64 agentId,
        uint32 epoch,
        uint48 price,
        uint32 elapsed
    ) public {
        uint256 taskId = _post(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 time = START + (elapsed % 365 days);
        vm.warp(time);
        task.agentId = agentId;
        task.epoch = epoch;
        task.price = price;
        task.deadline = uint40(time + task.deliveryWindow);
        uint256 promised = bound(seeds.promised, 1, 2 * uint256(task.deliveryWindow));
        task.promisedAt = uint32(time + (promised < task.deliveryWindow ? promised : task.deliveryWindow));

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, agentId, price, task.promisedAt, task.deadline);
        vm.prank(address(auction));
        tasks.award(taskId, agentId, epoch, price, promised);

        task.state = ITaskManager.TaskState.Awarded;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), 0, _escrowOf(task.reserve), "requester");
    }

    function testFuzzExpire(Seeds memory seeds, bool race) public {
        uint256 taskId = _post(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 escrow = _escrowOf(task.reserve);
        address caller = race ? tasks.race() : address(auction);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskExpired(taskId);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRefunded(taskId, escrow);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(REQUESTER), escrow);
        vm.prank(caller);
        tasks.expire(taskId);

        task.state = ITaskManager.TaskState.Expired;
        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
    }

    function testFuzzAwardNotAuction(address caller) public {
        uint256 taskId = _post(RESERVE);
        _expectNotAuction(caller);
        tasks.award(taskId, 1, 0, RESERVE, 1);
    }

    function testFuzzExpireNotAuction(address caller) public {
        vm.assume(caller != tasks.race());
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
