// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {ITaskMarketplace} from "../../../contracts/interfaces/ITaskMarketplace.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract BrowseTest is TaskTest {
    uint256 internal constant TASKS = 12;
    uint256 internal constant MAX_PAGE = 100;

    /// @dev Of two skills and modes, reserves of 1 to 12 credits; the first four are in other states than open.
    function setUp() public override {
        super.setUp();
        _deliver(CREDIT, CREDIT);
        _award(2 * CREDIT, CREDIT);
        (uint256 settled, ) = _deliver(3 * CREDIT, CREDIT);
        _evaluate(settled, 100);
        for (uint256 i = 4; i <= TASKS; i++) {
            ITaskManager.TaskParams memory params = _params(i * CREDIT);
            if (i % 3 == 0) params.skill = "analysis";
            if (i % 2 == 0) params.mode = ITaskManager.AwardMode.SealedFirstPrice;
            _post(params);
        }
        vm.prank(REQUESTER);
        tasks.cancel(4);
    }

    /// Page by page one finds what one finds by looking at every task, each once, newest first.
    function testFuzzBrowse(ITaskMarketplace.Filter memory filter, uint256 size) public {
        filter = _bounded(filter);
        size = bound(size, 1, MAX_PAGE);
        uint256 expected = TASKS + 1;
        uint256 cursor;
        do {
            ITaskMarketplace.Listing[] memory page;
            uint256 before = cursor == 0 ? TASKS : cursor;
            (page, cursor) = marketplace.browse(filter, cursor, size);
            vm.assertEq(cursor, before > size ? before - size : 0, "next");
            for (uint256 i = 0; i < page.length; i++) {
                expected = _nextMatch(filter, expected);
                vm.assertEq(page[i].taskId, expected, "id");
                vm.assertEq(abi.encode(page[i].task), abi.encode(tasks.getTask(expected)), "task");
                vm.assertEq(abi.encode(page[i].auction), abi.encode(auction.getAuction(expected)), "auction");
            }
        } while (cursor != 0);
        vm.assertEq(_nextMatch(filter, expected), 0, "none is left out");
    }

    function _bounded(
        ITaskMarketplace.Filter memory filter
    ) internal pure returns (ITaskMarketplace.Filter memory) {
        bytes16[4] memory skills = [bytes16(0), SKILL, "analysis", "unknown"];
        filter.skill = skills[uint128(filter.skill) % 4];
        filter.modes = filter.modes % 4;
        filter.minReserve = bound(filter.minReserve, 0, (TASKS + 1) * CREDIT);
        filter.maxReserve = bound(filter.maxReserve, 0, (TASKS + 1) * CREDIT);
        return filter;
    }

    /// @dev The newest task below `before` that the filter's words describe; zero if there is none.
    function _nextMatch(
        ITaskMarketplace.Filter memory filter,
        uint256 before
    ) internal view returns (uint256 taskId) {
        for (taskId = before - 1; taskId > 0; taskId--) {
            ITaskManager.Task memory task = tasks.getTask(taskId);
            IBidAuction.Auction memory terms = auction.getAuction(taskId);
            bool skill = filter.skill == 0 || terms.skill == filter.skill;
            bool state = filter.states == 0 || (filter.states / 2 ** uint256(task.state)) % 2 == 1;
            bool mode = filter.modes == 0 || (filter.modes / 2 ** uint256(terms.mode)) % 2 == 1;
            bool low = task.reserve < filter.minReserve;
            bool high = filter.maxReserve != 0 && task.reserve > filter.maxReserve;
            if (skill && state && mode && !low && !high) return taskId;
        }
    }

    function testBrowseByState() public {
        _assertFound(ITaskManager.TaskState.Submitted, 1);
        _assertFound(ITaskManager.TaskState.Awarded, 2);
        _assertFound(ITaskManager.TaskState.Settled, 3);
        _assertFound(ITaskManager.TaskState.Cancelled, 4);
    }

    function _assertFound(ITaskManager.TaskState state, uint256 taskId) internal {
        ITaskMarketplace.Filter memory filter;
        filter.states = 1 << uint256(state);
        (ITaskMarketplace.Listing[] memory page, uint256 next) = marketplace.browse(filter, 0, MAX_PAGE);
        vm.assertEq(page.length, 1, "one task");
        vm.assertEq(page[0].taskId, taskId, "id");
        vm.assertEq(next, 0, "next");
    }

    /// Who is in the middle of the pages misses nothing and sees nothing twice.
    function testBrowseWhileTasksArePosted() public {
        ITaskMarketplace.Filter memory filter;
        (, uint256 cursor) = marketplace.browse(filter, 0, 5);
        _post(RESERVE);
        (ITaskMarketplace.Listing[] memory page, ) = marketplace.browse(filter, cursor, 5);
        vm.assertEq(page[0].taskId, TASKS - 5, "id");
    }

    function testFuzzBrowsePageOutOfBounds(uint256 size, uint256 cursor) public {
        if (size != 0) size = bound(size, MAX_PAGE + 1, type(uint256).max);
        ITaskMarketplace.Filter memory filter;
        vm.expectRevert(abi.encodeWithSelector(ITaskMarketplace.PageOutOfBounds.selector, size, 1, MAX_PAGE));
        marketplace.browse(filter, cursor, size);
    }

    function testFuzzBrowseCursorOfNoTask(uint256 cursor) public {
        cursor = bound(cursor, TASKS + 1, type(uint256).max);
        ITaskMarketplace.Filter memory filter;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, cursor));
        marketplace.browse(filter, cursor, 1);
    }
}

contract BrowseEmptyMarketTest is TaskTest {
    function testFuzzBrowseWithoutTasks(uint256 size) public {
        ITaskMarketplace.Filter memory filter;
        (ITaskMarketplace.Listing[] memory page, uint256 next) = marketplace.browse(
            filter,
            0,
            bound(size, 1, 100)
        );
        vm.assertEq(page.length, 0, "tasks");
        vm.assertEq(next, 0, "next");
    }

    /// The same page costs the same among three times as many tasks.
    function testBrowseGasIsFlat() public {
        for (uint256 i = 0; i < 20; i++) _post(RESERVE);
        uint256 few = _gasOfPage();
        for (uint256 i = 0; i < 40; i++) _post(RESERVE);
        vm.assertLe(_gasOfPage(), few + few / 100, "gas");
    }

    function _gasOfPage() internal view returns (uint256) {
        ITaskMarketplace.Filter memory filter;
        uint256 before = gasleft();
        marketplace.browse(filter, 0, 10);
        return before - gasleft();
    }
}
