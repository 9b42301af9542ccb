// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice The edges of the life cycle, all of them: each step is refused in every state but its own.
contract StatesTest is TaskTest {
    uint256 internal constant STATES = 8;
    uint256 internal constant STEPS = 8;

    function testEveryStepInEveryOtherState() public {
        for (uint256 i = 0; i < STATES; i++) {
            ITaskManager.TaskState state = ITaskManager.TaskState(i);
            uint256 taskId = _taskIn(state);
            vm.assertEq(_state(taskId), i, "state");
            for (uint256 step = 0; step < STEPS; step++) {
                if (_startOf(step) == state) continue;
                vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongState.selector, taskId, state));
                _take(step, taskId);
            }
        }
    }

    function testFuzzUnknownTask(uint256 taskId) public {
        uint256 last = _post(RESERVE);
        if (taskId != 0) taskId = bound(taskId, last + 1, type(uint256).max);
        bytes memory reason = abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, taskId);
        for (uint256 step = 0; step < STEPS; step++) {
            vm.expectRevert(reason);
            _take(step, taskId);
        }
        vm.expectRevert(reason);
        tasks.getTask(taskId);
        vm.expectRevert(reason);
        tasks.stateOf(taskId);
        vm.expectRevert(reason);
        tasks.termsOf(taskId);
    }

    function _taskIn(ITaskManager.TaskState state) internal returns (uint256 taskId) {
        if (state == ITaskManager.TaskState.Awarded) (taskId, ) = _award(RESERVE, RESERVE);
        else if (state == ITaskManager.TaskState.Submitted) (taskId, ) = _deliver(RESERVE, RESERVE);
        else if (state == ITaskManager.TaskState.Rejected) (taskId, ) = _reject(RESERVE, RESERVE);
        else if (state == ITaskManager.TaskState.Settled) {
            (taskId, ) = _deliver(RESERVE, RESERVE);
            _evaluate(taskId, 100);
        } else if (state == ITaskManager.TaskState.Refunded) {
            (taskId, ) = _award(RESERVE, RESERVE);
            _warpToDeadline(taskId);
            tasks.declareDefault(taskId);
        } else taskId = _post(RESERVE);

        if (state == ITaskManager.TaskState.Cancelled) {
            vm.prank(REQUESTER);
            tasks.cancel(taskId);
        } else if (state == ITaskManager.TaskState.Expired) {
            _warpToFinalize(taskId);
            auction.finalize(taskId);
        }
    }

    /// @dev The state that a step starts from.
    function _startOf(uint256 step) internal pure returns (ITaskManager.TaskState) {
        if (step <= 2) return ITaskManager.TaskState.Open;
        if (step == 3 || step == 6) return ITaskManager.TaskState.Awarded;
        if (step == 7) return ITaskManager.TaskState.Rejected;
        return ITaskManager.TaskState.Submitted;
    }

    /// @dev By whoever may take it.
    function _take(uint256 step, uint256 taskId) internal {
        vm.prank(
            [REQUESTER, address(auction), address(auction), WORKER, EVALUATOR, OUTSIDER, OUTSIDER, OUTSIDER][
                step
            ]
        );
        if (step == 0) tasks.cancel(taskId);
        else if (step == 1) tasks.award(taskId, 1, 1, 1);
        else if (step == 2) tasks.expire(taskId);
        else if (step == 3) tasks.submit(taskId, RESULT);
        else if (step == 4) tasks.evaluate(taskId, 100);
        else if (step == 5) tasks.release(taskId);
        else if (step == 6) tasks.declareDefault(taskId);
        else tasks.closeRejected(taskId);
    }

    function testFuzzTermsOf(Seeds memory seeds) public {
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        uint256 taskId = _post(params);
        ITaskManager.AuctionTerms memory terms = ITaskManager.AuctionTerms({
            open: true,
            mode: params.mode,
            evaluator: EVALUATOR,
            skill: params.skill,
            reserve: params.reserve,
            biddingEnd: START + params.biddingWindow,
            revealEnd: START + params.biddingWindow + params.revealWindow,
            deliveryWindow: params.deliveryWindow
        });
        vm.assertEq(abi.encode(tasks.termsOf(taskId)), abi.encode(terms), "terms");

        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        terms.open = false;
        vm.assertEq(abi.encode(tasks.termsOf(taskId)), abi.encode(terms), "terms of an ended task");
    }
}
