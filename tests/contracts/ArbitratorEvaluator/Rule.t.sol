// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../../contracts/interfaces/IArbitrable.sol";
import {IArbitratorEvaluator} from "../../../contracts/interfaces/IArbitratorEvaluator.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {ArbitrationTest} from "../utils/ArbitrationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RuleTest is ArbitrationTest {
    uint256 private disputeId;

    function setUp() public override {
        super.setUp();
        disputeId = _request(COST);
    }

    /// Accepted: the worker is paid in the same call. Rejected: the dispute window opens.
    function testFuzzRule(bool accepted, uint256 time) public {
        vm.warp(bound(time, block.timestamp, _reviewEnd() - 1));
        uint256 ruling = accepted ? 1 : 2;
        _expectRuling(ruling, true);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskEvaluated(taskId, address(adapter), accepted ? 100 : 0);
        arbitrator.give(disputeId, ruling);

        vm.assertEq(tasks.getTask(taskId).score, accepted ? 100 : 0, "score");
        _assertState(accepted ? ITaskManager.TaskState.Settled : ITaskManager.TaskState.Rejected);
        vm.assertEq(adapter.taskOf(disputeId), 0, "closed");
    }

    /// Refused: nothing is passed on, and the worker is released like after any silence.
    function testRuleRefused() public {
        _expectRuling(0, false);
        arbitrator.give(disputeId, 0);
        _assertState(ITaskManager.TaskState.Submitted);
        vm.warp(_reviewEnd());
        tasks.release(taskId);
        _assertState(ITaskManager.TaskState.Settled);
    }

    function testRuleAroundTheReview() public {
        uint256 end = _reviewEnd();
        _testRuleAt(end - 1, true);
        _testRuleAt(end, false);
        _testRuleAt(end + 1, false);
    }

    function _testRuleAt(uint256 time, bool passedOn) internal {
        uint256 state = vm.snapshotState();
        vm.warp(time);
        _expectRuling(2, passedOn);
        arbitrator.give(disputeId, 2);
        _assertState(passedOn ? ITaskManager.TaskState.Rejected : ITaskManager.TaskState.Submitted);
        vm.revertToState(state);
    }

    /// The worker was released before the arbitrator spoke.
    function testRuleAfterRelease() public {
        vm.warp(_reviewEnd());
        tasks.release(taskId);
        _expectRuling(2, false);
        arbitrator.give(disputeId, 2);
        _assertState(ITaskManager.TaskState.Settled);
    }

    function testFuzzRuleNotArbitrator(address caller, uint256 ruling) public {
        vm.assume(caller != address(arbitrator));
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.NotArbitrator.selector, caller));
        vm.prank(caller);
        adapter.rule(disputeId, ruling);
    }

    function testFuzzRuleUnknownDispute(uint256 unknown) public {
        vm.assume(unknown != disputeId);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.DisputeNotFound.selector, unknown));
        vm.prank(address(arbitrator));
        adapter.rule(unknown, 1);
    }

    function testRuleTwice() public {
        arbitrator.give(disputeId, 2);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.DisputeNotFound.selector, disputeId));
        arbitrator.give(disputeId, 1);
    }

    function testFuzzRuleInvalid(uint256 ruling) public {
        ruling = bound(ruling, 3, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.InvalidRuling.selector, ruling, 2));
        arbitrator.give(disputeId, ruling);
    }

    function _expectRuling(uint256 ruling, bool passedOn) internal {
        vm.expectEmit(address(adapter));
        emit IArbitrable.Ruling(arbitrator, disputeId, ruling);
        vm.expectEmit(address(adapter));
        emit IArbitratorEvaluator.RulingReceived(taskId, ruling, passedOn);
    }

    function _assertState(ITaskManager.TaskState state) internal {
        vm.assertEq(_state(taskId), uint256(state), "state");
    }
}
