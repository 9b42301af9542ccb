// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArbitratorEvaluator} from "../../../contracts/adapters/ArbitratorEvaluator.sol";
import {IArbitratorEvaluator} from "../../../contracts/interfaces/IArbitratorEvaluator.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {MockArbitrator} from "../mocks/MockArbitrator.sol";
import {ArbitrationTest} from "../utils/ArbitrationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RequestTest is ArbitrationTest {
    function testFuzzRequest(uint256 value, address payer) public {
        value = bound(value, COST, 1 ether);
        vm.deal(payer, value);
        vm.expectEmit(address(adapter));
        emit IArbitratorEvaluator.RulingRequested(taskId, 1, payer, COST);
        vm.expectEmit(address(adapter));
        emit IArbitratorEvaluator.Dispute(arbitrator, 1, 0, taskId);
        vm.prank(payer);
        vm.assertEq(adapter.request{value: value}(taskId), 1, "dispute");

        MockArbitrator.DisputeCase memory opened = arbitrator.disputeOf(1);
        vm.assertEq(address(opened.arbitrable), address(adapter), "arbitrable");
        vm.assertEq(opened.choices, 2, "choices");
        vm.assertEq(opened.extraData, EXTRA_DATA, "extra data");
        vm.assertEq(opened.paid, COST, "paid");
        vm.assertEq(adapter.taskOf(1), taskId, "task");
        vm.assertTrue(adapter.requested(taskId), "requested");
        vm.assertEq(adapter.excessOf(payer), value - COST, "excess");
        vm.assertEq(address(adapter).balance, value - COST, "held");
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Submitted), "state");
    }

    function testFuzzRequestCostNotCovered(uint256 value) public {
        value = bound(value, 0, COST - 1);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.CostNotCovered.selector, value, COST));
        _request(value);
    }

    function testRequestTwice() public {
        _request(COST);
        _expect(IArbitratorEvaluator.AlreadyRequested.selector);
        _request(COST);
    }

    /// Refused once, the arbitrator is not asked again.
    function testRequestAfterARefusal() public {
        arbitrator.give(_request(COST), 0);
        _expect(IArbitratorEvaluator.AlreadyRequested.selector);
        _request(COST);
    }

    function testRequestForAnothersTask() public {
        (taskId, ) = _deliver(RESERVE, RESERVE);
        vm.expectRevert(
            abi.encodeWithSelector(IArbitratorEvaluator.NotEvaluatorOf.selector, taskId, EVALUATOR)
        );
        _request(COST);
    }

    function testFuzzRequestUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        taskId = unknown;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        _request(COST);
    }

    function testRequestBeforeTheResult() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.evaluator = address(adapter);
        (taskId, ) = _award(params, RESERVE, PROMISE);
        _expect(IArbitratorEvaluator.NotInReview.selector);
        _request(COST);
    }

    function testRequestAroundTheReview() public {
        uint256 end = _reviewEnd();
        vm.warp(end);
        _expect(IArbitratorEvaluator.NotInReview.selector);
        _request(COST);
        vm.warp(end + 1);
        _expect(IArbitratorEvaluator.NotInReview.selector);
        _request(COST);
        vm.warp(end - 1);
        _request(COST);
        vm.assertTrue(adapter.requested(taskId), "requested");
    }

    /// A ruling from within the request is on a dispute that nobody knows yet.
    function testRequestOfAHastyArbitrator() public {
        arbitrator.setHasty(true);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.DisputeNotFound.selector, 1));
        _request(COST);
    }

    function testCost() public {
        vm.assertEq(adapter.costOf(), COST, "cost");
        vm.assertEq(adapter.extraData(), EXTRA_DATA, "extra data");
        vm.assertEq(address(adapter.tasks()), address(tasks), "tasks");
        vm.assertEq(address(adapter.arbitrator()), address(arbitrator), "arbitrator");
        vm.assertEq(adapter.CHOICES(), 2, "choices");
    }

    function testMetaEvidence() public {
        address created = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit(created);
        emit IArbitratorEvaluator.MetaEvidence(0, META_EVIDENCE);
        new ArbitratorEvaluator(tasks, arbitrator, EXTRA_DATA, META_EVIDENCE);
    }

    function _expect(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, taskId));
    }
}
