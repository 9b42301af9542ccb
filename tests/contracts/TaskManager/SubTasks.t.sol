// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice createTask with a parent: a part of a task, paid with the worker's own money.
contract SubTasksTest is TaskTest {
    uint256 internal constant MAX_DEPTH = 8;
    uint256 internal constant PART = 10 * CREDIT;

    uint256 internal parentId;
    uint256 internal agentId;
    uint256 internal parentEnd;

    function setUp() public override {
        super.setUp();
        (parentId, agentId) = _award(RESERVE, RESERVE);
        parentEnd = tasks.getTask(parentId).deadline;
    }

    function testFuzzCreatePart(uint256 reserve) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        uint256 escrow = _escrowOf(reserve);
        ITaskManager.TaskParams memory params = _part(reserve);
        _fund(WORKER, escrow);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskCreated(2, WORKER, SKILL, params, FEE_BPS, BOND_PERCENT, SEAT_FEE, 0);
        vm.prank(WORKER);
        uint256 taskId = tasks.createTask(params);

        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.requester, WORKER, "requester");
        vm.assertEq(task.depth, 1, "depth");
        vm.assertEq(task.weight, 0, "weight");
        _assertBalance(accountOf(WORKER), 0, escrow, "worker");
        _assertBalance(accountOfAgent(agentId), 0, RESERVE / 10, "worker's agent");
        _assertBalance(accountOf(REQUESTER), 0, _escrowOf(RESERVE), "parent's requester");
    }

    /// Whoever may act for the agent may post parts of its task, each with its own money.
    function testCreatePartAsOperator() public {
        vm.prank(WORKER);
        registry.approve(OUTSIDER, agentId);
        _fund(OUTSIDER, _escrowOf(PART));
        vm.prank(OUTSIDER);
        uint256 taskId = tasks.createTask(_part(PART));
        vm.assertEq(tasks.requesterOf(taskId), OUTSIDER, "requester");
    }

    function testFuzzCreatePartNotWorker(address caller) public {
        vm.assume(caller != WORKER);
        _expectRefused(
            caller,
            _part(PART),
            abi.encodeWithSelector(ITaskManager.NotWorker.selector, parentId, caller)
        );
    }

    function testFuzzCreatePartOfUnknownTask(uint256 unknown) public {
        unknown = bound(unknown, parentId + 1, type(uint256).max);
        ITaskManager.TaskParams memory params = _part(PART);
        params.parentId = unknown;
        bytes memory reason = abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown);
        _expectRefused(WORKER, params, reason);
    }

    function testCreatePartOfATaskWithoutWorker() public {
        ITaskManager.TaskParams memory params = _part(PART);
        params.parentId = _post(RESERVE);
        _expectWrongState(params, ITaskManager.TaskState.Open);
    }

    function testCreatePartOfADeliveredTask() public {
        _submit(parentId, RESULT);
        _expectWrongState(_part(PART), ITaskManager.TaskState.Submitted);
        _evaluate(parentId, 100);
        _expectWrongState(_part(PART), ITaskManager.TaskState.Settled);
    }

    function _expectWrongState(ITaskManager.TaskParams memory params, ITaskManager.TaskState state) internal {
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.WrongState.selector,
            params.parentId,
            state
        );
        _expectRefused(WORKER, params, reason);
    }

    /// All four windows of the part, one after the other, have to fit.
    function testFuzzCreatePartEndsAfterParent(uint32[3] memory windows, uint256 excess) public {
        uint256 left = parentEnd - block.timestamp;
        ITaskManager.TaskParams memory params = _part(PART);
        params.biddingWindow = uint32(bound(windows[0], MIN_WINDOW, left / 4));
        params.revealWindow = uint32(bound(windows[1], MIN_WINDOW, left / 4));
        params.deliveryWindow = uint32(bound(windows[2], MIN_WINDOW, left / 4));
        uint256 rest = left - params.biddingWindow - params.revealWindow - params.deliveryWindow;
        excess = bound(excess, 1, 1 days);

        params.reviewWindow = uint32(rest + excess);
        _expectEndsAfterParent(params, parentEnd + excess);
        params.reviewWindow = uint32(rest + 1);
        _expectEndsAfterParent(params, parentEnd + 1);
        params.reviewWindow = uint32(rest);
        _fund(WORKER, _escrowOf(PART));
        vm.prank(WORKER);
        vm.assertEq(tasks.createTask(params), 2, "id");
    }

    function _expectEndsAfterParent(ITaskManager.TaskParams memory params, uint256 end) internal {
        bytes memory reason = abi.encodeWithSelector(
            ITaskManager.EndsAfterParent.selector,
            parentId,
            end,
            parentEnd
        );
        _expectRefused(WORKER, params, reason);
    }

    /// Eight generations below the first task, and not one more.
    function testCreatePartTooDeep() public {
        ITaskManager.TaskParams memory params = _params(PART);
        params.deliveryWindow = uint32(MAX_WINDOW);
        (uint256 taskId, ) = _award(params, PART, PROMISE);
        for (uint256 depth = 1; depth <= MAX_DEPTH; depth++) {
            _fund(WORKER, _escrowOf(PART));
            ITaskManager.TaskParams memory part = _fitting(taskId);
            vm.prank(WORKER);
            taskId = tasks.createTask(part);
            vm.assertEq(tasks.getTask(taskId).depth, depth, "depth");
            _awardOpen(taskId);
        }
        _expectRefused(
            WORKER,
            _fitting(taskId),
            abi.encodeWithSelector(ITaskManager.TooDeep.selector, taskId, MAX_DEPTH)
        );
    }

    /// @dev An open auction of the shortest windows; the rest of the parent's time is for the work.
    function _fitting(uint256 taskId) internal view returns (ITaskManager.TaskParams memory part) {
        part = _part(PART);
        part.parentId = taskId;
        part.mode = ITaskManager.AwardMode.OpenBid;
        part.biddingWindow = uint32(MIN_WINDOW);
        part.revealWindow = 0;
        part.reviewWindow = uint32(MIN_WINDOW);
        uint256 left = tasks.getTask(taskId).deadline - block.timestamp;
        part.deliveryWindow = uint32(left - 2 * MIN_WINDOW);
    }

    function _awardOpen(uint256 taskId) internal {
        uint256 bidderId = _registerBidder(WORKER, PART);
        vm.prank(WORKER);
        auction.bid(taskId, bidderId, PART, PROMISE);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
    }

    /// What a part teaches is nothing, whoever judges it: the poster has chosen to have it judged.
    function testPartMovesNoReputation() public {
        _fund(WORKER, _escrowOf(PART));
        ITaskManager.TaskParams memory part = _part(PART);
        vm.prank(WORKER);
        uint256 taskId = tasks.createTask(part);
        uint256 bidderId = _registerBidder(RIVAL, PART);
        _commit(taskId, bidderId, PART);
        _warpToReveal(taskId);
        _reveal(taskId, bidderId, PART);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _submit(taskId, RESULT);
        _expectReport(tasks.getTask(taskId), 100, 0, true);
        _evaluate(taskId, 100);
        vm.assertEq(_record(bidderId).experience, 0, "experience");
        uint256 fee = (PART * FEE_BPS) / BPS;
        _assertBalance(accountOfAgent(bidderId), PART - fee + PART / 10, 0, "part's worker");
    }

    function _part(uint256 reserve) internal view returns (ITaskManager.TaskParams memory params) {
        params = _params(reserve);
        params.parentId = parentId;
        params.biddingWindow = 10 minutes;
        params.revealWindow = 10 minutes;
        params.deliveryWindow = 10 minutes;
        params.reviewWindow = 10 minutes;
    }

    function _expectRefused(
        address caller,
        ITaskManager.TaskParams memory params,
        bytes memory reason
    ) internal {
        vm.expectRevert(reason);
        vm.prank(caller);
        tasks.createTask(params);
    }
}
