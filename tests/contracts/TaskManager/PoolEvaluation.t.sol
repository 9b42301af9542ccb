// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice submit, where the pool evaluates: it convenes the panel in the same call, or leaves the task to silence.
contract PoolEvaluationTest is CaseTest {
    function testFuzzSubmitConvenes(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, address(pool));
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 end = block.timestamp + task.reviewWindow;
        _deliver();

        task = tasks.getTask(taskId);
        vm.assertEq(uint256(task.state), uint256(ITaskManager.TaskState.Submitted), "state");
        vm.assertEq(uint256(task.round), uint256(ITaskManager.Round.Convened), "round");
        vm.assertEq(task.deadline, end, "the secret is due");
        IEvaluatorPool.Case memory request = IEvaluatorPool.Case({
            caseId: taskId,
            size: 3,
            fee: panelFee,
            bornBefore: task.createdAt,
            window: task.reviewWindow,
            entropy: auction.entropyOf(taskId, agentId)
        });
        vm.assertEq(abi.encode(pool.asked(address(tasks), taskId).request), abi.encode(request), "case");
        vm.assertEq(_lockedOf(requester), task.reserve + panelFee + appealFee, "requester");
        vm.assertEq(_lockedOf(worker), bond, "worker");
    }

    function testSubmitWithTheLastSeat() public {
        pool.setSeats(3);
        _begin(address(pool));
        _deliver();
        _assertRound(ITaskManager.Round.Convened);
    }

    function testFuzzSubmitWithTooFewSeats(uint256 seats) public {
        pool.setSeats(bound(seats, 0, 2));
        _begin(address(pool));
        _deliver();
        _assertRound(ITaskManager.Round.None);
        _expectWrongRound(ITaskManager.Round.None);
        _unseal();
        _testFromDeadline(tasks.release);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "state");
    }

    /// Who has a panel waits for it, or for the requester's secret, and is not released beside it.
    function testReleaseBesideAPanel() public {
        _begin(address(pool));
        _deliver();
        _warpToDeadline(taskId);
        _expectWrongRound(ITaskManager.Round.Convened);
        tasks.release(taskId);

        vm.warp(tasks.getTask(taskId).deadline - 1);
        _unseal();
        _warpToDeadline(taskId);
        _expectWrongRound(ITaskManager.Round.Unsealed);
        tasks.release(taskId);
    }

    /// Nobody but the pool evaluates, and the pool does so by its panels.
    function testFuzzEvaluateBesideAPanel(address caller) public {
        vm.assume(caller != address(pool));
        _begin(address(pool));
        _deliver();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotEvaluator.selector, taskId, caller));
        vm.prank(caller);
        tasks.evaluate(taskId, 100);
    }

    function _assertRound(ITaskManager.Round round) internal {
        vm.assertEq(uint256(tasks.getTask(taskId).round), uint256(round), "round");
    }
}
