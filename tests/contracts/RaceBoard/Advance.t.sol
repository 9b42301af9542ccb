// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract AdvanceTest is RaceTest {
    function testFuzzAdvance(Seeds memory seeds, uint256 elapsed, address caller) public {
        _postFrom(seeds);
        (uint256 first, ) = _twoShown();
        uint256 now_ = bound(elapsed, revealEnd, revealEnd + 365 days);
        vm.warp(now_);

        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, first, now_ + reviewWindow);
        vm.prank(caller);
        race.advance(taskId, NO_STEPS);

        _assertHead(first, now_ + reviewWindow);
        vm.assertFalse(race.getRace(taskId).over, "not over");
    }

    /// Any number of entries that were not shown, forfeited or not, in calls of any length: the first that was is found.
    function testFuzzAdvanceOverSealed(uint256 sealedCount, uint256 stride, uint256 forfeited) public {
        _postRace(false);
        sealedCount = bound(sealedCount, 1, 6);
        stride = bound(stride, 1, 7);
        uint256[] memory lazy = new uint256[](sealedCount);
        for (uint256 i = 0; i < sealedCount; i++) lazy[i] = _enterNew(RIVAL);
        uint256 agentId = _enterNew(WORKER);
        vm.warp(biddingEnd);
        _show(agentId);
        vm.warp(revealEnd);
        for (uint256 i = 0; i < sealedCount; i++) {
            if ((forfeited >> i) & 1 == 1) race.forfeit(taskId, lazy[i]);
        }
        for (uint256 passed = stride; passed < sealedCount; passed += stride) {
            vm.expectEmit(address(race));
            emit IRaceBoard.HeadMoved(taskId, lazy[passed], 0);
            _advance(stride);
            vm.assertEq(race.getRace(taskId).head, lazy[passed], "where the search goes on");
            _assertHead(0, 0);
        }
        _advance(stride);
        _assertHead(agentId, revealEnd + reviewWindow);
    }

    function testAdvanceWithoutSteps() public {
        _postRace(false);
        uint256 lazy = _enterNew(WORKER);
        vm.warp(revealEnd);
        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, lazy, 0);
        _advance(NO_STEPS);
        _assertState(ITaskManager.TaskState.Open);
    }

    /// Nobody entered, or nobody showed: the requester has all of it back.
    function testFuzzAdvanceToTheEnd(Seeds memory seeds, uint256 count) public {
        _postFrom(seeds);
        count = bound(count, 0, 4);
        for (uint256 i = 0; i < count; i++) _enterNew(RIVAL);
        vm.warp(revealEnd);

        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, 0, 0);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskExpired(taskId);
        _advance(count);

        _assertState(ITaskManager.TaskState.Expired);
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
        vm.assertTrue(race.getRace(taskId).over, "over");
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.RaceOver.selector, taskId));
        _advance(count);
    }

    function testAdvanceAtTheTimes() public {
        _postRace(false);
        (uint256 first, ) = _twoShown();
        vm.warp(revealEnd - 1);
        _expectOpen(revealEnd);
        _advance(ALL_STEPS);
        vm.warp(revealEnd);
        _advance(ALL_STEPS);
        vm.warp(revealEnd + 1);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.HeadWaits.selector, taskId, first));
        _advance(ALL_STEPS);
    }

    function testAdvanceCancelled() public {
        _postRace(false);
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.warp(revealEnd);
        _expectNotARace(taskId);
        _advance(ALL_STEPS);
    }
}
