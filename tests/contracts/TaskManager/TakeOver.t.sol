// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice The task manager's side of a take-over: an award out of the state Defaulted.
contract TakeOverTest is CaseTest {
    uint256 internal rivalId;

    /// In full again: the delivery window, the bond, and the escrow behind it.
    function testFuzzTakeOver(Seeds memory seeds, uint256 elapsed) public {
        _default(_paramsFrom(seeds));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 time = bound(elapsed, block.timestamp, task.deadline - 1);
        vm.warp(time);
        IBidAuction.Bid memory bid = auction.getRanking(taskId)[1];
        task.agentId = uint64(rivalId);
        // Nobody is left behind the runner-up, so under the second price it is paid the reserve.
        task.price = seeds.firstPrice ? uint48(bid.price) : task.reserve;
        task.deadline = uint40(time + task.deliveryWindow);
        task.promisedAt = uint32(
            time + (bid.promised < task.deliveryWindow ? bid.promised : task.deliveryWindow)
        );
        task.state = ITaskManager.TaskState.Awarded;

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, rivalId, task.price, task.promisedAt, task.deadline);
        _takeOver();

        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), _bondOf(task), _escrowOf(task.reserve), "requester");
        _assertBalance(accountOfAgent(rivalId), 0, _bondOf(task), "runner-up");
        _assertBalance(accountOfAgent(agentId), 0, 0, "defaulter");
    }

    function testTakeOverUntilTheDeadline() public {
        _default(_params(RESERVE));
        _testUntilDeadline(_takeOver);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Awarded), "state");
    }

    /// The runner-up is paid as any worker is, and the record is its own.
    function testTakeOverIsPaid() public {
        _default(_params(RESERVE));
        _takeOver();
        _submit(taskId, RESULT);
        _evaluate(taskId, 100);
        uint256 marketFee = (RESERVE * FEE_BPS) / BPS;
        _assertBalance(accountOfAgent(rivalId), RESERVE - marketFee + RESERVE / 10, 0, "runner-up");
        _assertBalance(accountOf(REQUESTER), _depositOf(RESERVE) + RESERVE / 10, 0, "requester");
        vm.assertEq(_record(rivalId).experience, RESERVE / 4, "runner-up's experience");
        vm.assertEq(_record(rivalId).merit, RESERVE / 4, "runner-up's merit");
        vm.assertEq(_record(agentId).merit, 0, "defaulter's merit");
    }

    /// Two defaults, two bonds for the requester, and an end.
    function testTakeOverDefaults() public {
        _default(_params(RESERVE));
        _takeOver();
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Refunded), "state");
        _assertBalance(accountOf(REQUESTER), _escrowOf(RESERVE) + RESERVE / 5, 0, "requester");
        _assertBalance(accountOfAgent(rivalId), 0, 0, "runner-up");
    }

    function testTakeOverByTheDefaulter() public {
        _default(_params(RESERVE));
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotRunnerUp.selector, taskId, agentId));
        vm.prank(WORKER);
        auction.takeOver(taskId, agentId);
    }

    function _takeOver() internal {
        vm.prank(RIVAL);
        auction.takeOver(taskId, rivalId);
    }

    function _default(ITaskManager.TaskParams memory params) internal {
        (taskId, agentId, rivalId) = _awardOfTwo(params);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
    }
}
