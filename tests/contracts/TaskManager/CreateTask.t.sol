// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
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
        bytes32 seal,
        uint256 left
    ) public {
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        if (skill != 0) params.skill = skill;
        if (specification != 0) params.specification = specification;
        if (seal != 0) params.seal = seal;
        left = bound(left, 0, MAX_RESERVE);
        uint256 escrow = _escrowOf(params.reserve);
        _fund(REQUESTER, escrow + left);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskCreated(
            1,
            REQUESTER,
            params.skill,
            params,
            FEE_BPS,
            BOND_PERCENT,
            SEAT_FEE,
            NAMED_WEIGHT
        );
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
        task.reserve = uint48(params.reserve);
        task.createdAt = uint32(START);
        task.bondPercent = uint8(BOND_PERCENT);
        task.evaluator = params.evaluator;
        task.deliveryWindow = uint24(params.deliveryWindow);
        task.reviewWindow = uint24(params.reviewWindow);
        task.passingScore = params.passingScore;
        task.weight = uint8(NAMED_WEIGHT);
        task.feeBps = uint16(FEE_BPS);
        task.seatFee = uint16(SEAT_FEE);
        task.file = _agreed(params.specification, params.seal);
    }

    /// What only the auction needs is kept there.
    function testFuzzCreateTaskOpensTheAuction(Seeds memory seeds, uint256 mode) public {
        ITaskManager.TaskParams memory params = _paramsIn(mode, seeds);
        uint256 taskId = _postAny(params);

        IBidAuction.Auction memory terms = IBidAuction.Auction({
            reserve: uint48(params.reserve),
            biddingEnd: uint32(START + params.biddingWindow),
            revealWindow: uint24(params.revealWindow),
            skill: SKILL,
            mode: params.mode,
            bondPercent: uint8(BOND_PERCENT),
            committed: false
        });
        vm.assertEq(abi.encode(auction.getAuction(taskId)), abi.encode(terms), "auction");
    }

    /// A panel's word counts four times that of a named evaluator, and nothing where the requester chose the worker.
    function testFuzzCreateTaskWeight(Seeds memory seeds, uint256 mode, bool byPool) public {
        ITaskManager.TaskParams memory params = _paramsIn(mode, seeds);
        if (byPool) params.evaluator = address(pool);
        uint256 weight = byPool ? 100 : NAMED_WEIGHT;
        if (params.mode == ITaskManager.AwardMode.Direct) weight = 0;
        vm.assertEq(tasks.getTask(_postAny(params)).weight, weight, "weight");
    }

    /// @dev In any mode; a race is judged by a contract.
    function _paramsIn(
        uint256 mode,
        Seeds memory seeds
    ) internal view returns (ITaskManager.TaskParams memory params) {
        params = _paramsFrom(seeds);
        params.mode = ITaskManager.AwardMode(mode % 5);
        if (params.mode == ITaskManager.AwardMode.Race) params.evaluator = address(marketplace);
        if (!_reveals(params.mode)) params.revealWindow = 0;
    }

    function _reveals(ITaskManager.AwardMode mode) internal pure returns (bool) {
        return mode != ITaskManager.AwardMode.OpenBid && mode != ITaskManager.AwardMode.Direct;
    }

    /// @dev With credits enough for any deposit.
    function _postAny(ITaskManager.TaskParams memory params) internal returns (uint256 taskId) {
        _fund(REQUESTER, PANEL_FEE);
        return _post(params);
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

    function testCreateTaskEmptySeal() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.seal = 0;
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.EmptySeal.selector));
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
        _expectReserveRefused(bound(reserve, uint256(type(uint48).max) + 1, type(uint256).max));
    }

    function testCreateTaskHighestReserve() public {
        uint256 taskId = _post(type(uint48).max);
        vm.assertEq(tasks.getTask(taskId).reserve, type(uint48).max, "reserve");
        vm.assertEq(_lockedOf(accountOf(REQUESTER)), _escrowOf(type(uint48).max), "escrow");
    }

    function _expectReserveRefused(uint256 reserve) internal {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.reserve = reserve;
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.ReserveOutOfBounds.selector,
            reserve,
            MIN_RESERVE,
            type(uint48).max
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

    /// Where there is nothing to open, there is no time to open it.
    function testFuzzCreateTaskRevealWindowOfNoUse(uint32 window, bool direct) public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.mode = direct ? ITaskManager.AwardMode.Direct : ITaskManager.AwardMode.OpenBid;
        params.revealWindow = uint32(bound(window, 1, type(uint32).max));
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.WindowOutOfBounds.selector,
            params.revealWindow,
            0,
            0
        );
        _expectRefused(params, reason);
    }

    /// A race is judged by a contract, which cannot look whose work it is before it judges.
    function testFuzzCreateTaskRaceOfNamedEvaluator(address evaluator) public {
        vm.assume(evaluator != address(0) && evaluator.code.length == 0);
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.mode = ITaskManager.AwardMode.Race;
        params.evaluator = evaluator;
        _expectRefused(params, abi.encodeWithSelector(ITaskManager.EvaluatorNotContract.selector, evaluator));
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
