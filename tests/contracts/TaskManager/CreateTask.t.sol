// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CreateTaskTest is TaskTest {
    function testFuzzCreateTask(
        Seeds memory seeds,
        bytes16 skill,
        bytes32 specification,
        uint256 left
    ) public {
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        if (skill != 0) params.skill = skill;
        if (specification != 0) params.specification = specification;
        left = bound(left, 0, MAX_RESERVE);
        uint256 escrow = _escrowOf(params.reserve);
        _fund(REQUESTER, escrow + left);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskCreated(1, REQUESTER, params.skill, params, FEE_BPS);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOf(REQUESTER), escrow);
        vm.prank(REQUESTER);
        uint256 taskId = tasks.createTask(params);

        vm.assertEq(taskId, 1, "id");
        vm.assertEq(tasks.taskCount(), 1, "count");
        _assertTask(taskId, _newTask(params));
        _assertBalance(accountOf(REQUESTER), left, escrow, "requester");
    }

    function _newTask(
        ITaskManager.TaskParams memory params
    ) internal view returns (ITaskManager.Task memory task) {
        task.requester = REQUESTER;
        task.reserve = uint88(params.reserve);
        task.mode = params.mode;
        task.evaluator = params.evaluator;
        task.biddingEnd = uint40(START + params.biddingWindow);
        task.revealWindow = uint24(params.revealWindow);
        task.deliveryWindow = params.deliveryWindow;
        task.skill = params.skill;
        task.reviewWindow = params.reviewWindow;
        task.passingScore = params.passingScore;
        task.feeBps = uint16(FEE_BPS);
        task.specification = params.specification;
    }

    function testCreateTaskCounts() public {
        vm.assertEq(_post(RESERVE), 1, "first");
        vm.assertEq(_post(RESERVE), 2, "second");
        vm.assertEq(tasks.taskCount(), 2, "count");
    }

    /// The requester may evaluate its own task; what that costs it is the deposit.
    function testFuzzCreateTaskByAnyEvaluator(address evaluator) public {
        vm.assume(evaluator != address(0));
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.evaluator = evaluator;
        vm.assertEq(tasks.getTask(_post(params)).evaluator, evaluator, "evaluator");
    }

    function testFuzzCreateTaskWithTooFewCredits(Seeds memory seeds, uint256 free) public {
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        uint256 escrow = _escrowOf(params.reserve);
        free = bound(free, 1, escrow - 1);
        _fund(REQUESTER, free);
        vm.expectRevert(
            abi.encodeWithSelector(ILedger.InsufficientFree.selector, accountOf(REQUESTER), free, escrow)
        );
        vm.prank(REQUESTER);
        tasks.createTask(params);
    }

    function testCreateTaskEmptySpecification() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.specification = 0;
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.EmptySpecification.selector));
    }

    function testCreateTaskEmptySkill() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.skill = 0;
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.EmptySkill.selector));
    }

    function testCreateTaskWithoutEvaluator() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.evaluator = address(0);
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.InvalidEvaluator.selector));
    }

    function testFuzzCreateTaskReserveTooLow(uint256 reserve) public {
        _expectReserveRefused(bound(reserve, 0, MIN_RESERVE - 1));
    }

    function testFuzzCreateTaskReserveTooHigh(uint256 reserve) public {
        _expectReserveRefused(bound(reserve, uint256(type(uint88).max) + 1, type(uint256).max));
    }

    /// At the very bound the contract has nothing against the reserve; only the credits are missing.
    function testCreateTaskHighestReserve() public {
        ITaskManager.TaskParams memory params = _params(type(uint88).max);
        _fund(REQUESTER, TOKEN_CAP);
        bytes memory reason = abi.encodeWithSelector(
            ILedger.InsufficientFree.selector,
            accountOf(REQUESTER),
            TOKEN_CAP,
            _escrowOf(params.reserve)
        );
        _expectRefused(params, reason);
    }

    function _expectReserveRefused(uint256 reserve) internal {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.reserve = reserve;
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.ReserveOutOfBounds.selector,
            reserve,
            MIN_RESERVE,
            type(uint88).max
        );
        _expectRefused(params, reason);
    }

    function testFuzzCreateTaskPassingScoreOutOfBounds(uint8 score) public {
        if (score != 0) score = uint8(bound(score, 101, type(uint8).max));
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.passingScore = score;
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.ScoreOutOfBounds.selector, score, 1, 100));
    }

    function testFuzzCreateTaskWindowOutOfBounds(uint32 window, bool short) public {
        window = uint32(
            short ? bound(window, 0, MIN_WINDOW - 1) : bound(window, MAX_WINDOW + 1, type(uint32).max)
        );
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.WindowOutOfBounds.selector,
            window,
            MIN_WINDOW,
            MAX_WINDOW
        );
        for (uint256 which = 0; which < 4; which++) _expectRefused(_withWindow(which, window), reason);
    }

    function testCreateTaskWindowsAtTheBounds() public {
        for (uint256 which = 0; which < 4; which++) {
            _post(_withWindow(which, uint32(MIN_WINDOW)));
            _post(_withWindow(which, uint32(MAX_WINDOW)));
        }
        vm.assertEq(tasks.taskCount(), 8, "count");
    }

    function _withWindow(
        uint256 which,
        uint32 window
    ) internal view returns (ITaskManager.TaskParams memory params) {
        params = _params(RESERVE);
        if (which == 0) params.biddingWindow = window;
        else if (which == 1) params.revealWindow = window;
        else if (which == 2) params.deliveryWindow = window;
        else params.reviewWindow = window;
    }

    function _expectRefused(ITaskManager.TaskParams memory params, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(REQUESTER);
        tasks.createTask(params);
    }
}
