// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract FinalizeTest is AuctionTest {
    /// In every mode but the race.
    function testFuzzFinalizeWithoutBids(uint8 seed) public {
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        _postMode(ITaskManager.AwardMode(seed % 4));
        vm.warp(revealEnd);
        vm.expectEmit(address(auction));
        emit IBidAuction.AuctionFinalized(taskId, 0, 0);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskExpired(taskId);
        auction.finalize(taskId);
        _assertState(ITaskManager.TaskState.Expired);
        _assertBalance(accountOf(REQUESTER), 2 * _escrowOf(RESERVE), 0, "requester");
    }

    /// A single bidder is paid the reserve under the second price, its own price under the first and in the open.
    function testFuzzFinalizeSingleBidder(uint256 price, uint8 seed, address caller) public {
        price = bound(price, 1, RESERVE);
        ITaskManager.AwardMode mode = ITaskManager.AwardMode(seed % 3);
        _postMode(mode);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        if (mode == ITaskManager.AwardMode.OpenBid) {
            _bid(agentId, price);
        } else {
            _commit(taskId, agentId, price);
            _warpToReveal(taskId);
            _reveal(taskId, agentId, price);
        }
        _warpToFinalize(taskId);
        uint256 time = block.timestamp;
        uint256 paid = mode == ITaskManager.AwardMode.SealedSecondPrice ? RESERVE : price;

        vm.expectEmit(address(auction));
        emit IBidAuction.AuctionFinalized(taskId, agentId, paid);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, agentId, paid, time + PROMISE, time + DELIVERY);
        vm.prank(caller);
        auction.finalize(taskId);
        vm.assertEq(tasks.getTask(taskId).price, paid, "price");
        vm.assertEq(tasks.getTask(taskId).agentId, agentId, "worker");
        _assertState(ITaskManager.TaskState.Awarded);
        _assertBond(agentId, true, "winner");
    }

    /// The bonds that were free before are free after, and the winner's is the only one.
    function testFuzzFinalizeMovesNoBond(uint256 count) public {
        count = bound(count, 2, 4);
        uint256[] memory agents = new uint256[](count);
        for (uint256 i = 0; i < count; i++) agents[i] = _seal(RESERVE / (5 - i), 0);
        _warpToReveal(taskId);
        for (uint256 i = 0; i < count; i++) _reveal(taskId, agents[i], RESERVE / (5 - i));
        _warpToFinalize(taskId);
        for (uint256 i = 0; i < count; i++) _assertBond(agents[i], i == 0, "before");
        auction.finalize(taskId);
        for (uint256 i = 0; i < count; i++) _assertBond(agents[i], i == 0, "after");
    }

    /// A better bidder is paid more than its rival asked for: what its quality is worth, within the reserve.
    function testFuzzQualityIsPaid(uint256 praise, uint256 own, uint256 rival) public {
        own = bound(own, 1, RESERVE);
        rival = bound(rival, own, RESERVE);
        uint256 better = _seal(own, bound(praise, CREDIT, 1_000 * CREDIT));
        uint256 worse = _seal(rival, 0);
        uint256 quality = incentives.qualityOf(better, SKILL);
        _warpToReveal(taskId);
        _reveal(taskId, worse, rival);
        _reveal(taskId, better, own);
        _warpToFinalize(taskId);
        auction.finalize(taskId);

        uint256 worth = (rival * quality) / MIN_QUALITY;
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, better, "winner");
        vm.assertEq(task.price, worth < RESERVE ? worth : RESERVE, "price");
        vm.assertGe(task.price, own, "never below its own price");
    }

    function testFinalizeAroundTheEnd() public {
        vm.warp(revealEnd - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.RevealStillOpen.selector, taskId, revealEnd, revealEnd - 1)
        );
        auction.finalize(taskId);

        uint256 state = vm.snapshotState();
        vm.warp(revealEnd);
        auction.finalize(taskId);
        vm.revertToState(state);
        vm.warp(revealEnd + 1);
        auction.finalize(taskId);
        _assertState(ITaskManager.TaskState.Expired);
    }

    /// Whoever comes second finds the work done, in every later state, and changes nothing.
    function testFinalizeAgainChangesNothing() public {
        (taskId, ) = _reject(RESERVE, RESERVE);
        bytes memory task = abi.encode(tasks.getTask(taskId));
        vm.recordLogs();
        auction.finalize(taskId);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        vm.assertEq(abi.encode(tasks.getTask(taskId)), task, "task");
    }

    /// A defaulted task waits for the runner-up: finalizing does not give it back to the defaulter.
    function testFinalizeAfterDefault() public {
        (uint256 first, uint256 second) = (_seal(1, 0), _seal(2, 0));
        _warpToReveal(taskId);
        _reveal(taskId, first, 1);
        _reveal(taskId, second, 2);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        auction.finalize(taskId);
        _assertState(ITaskManager.TaskState.Defaulted);
    }

    function testFinalizeCancelled() public {
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.warp(revealEnd);
        auction.finalize(taskId);
        _assertState(ITaskManager.TaskState.Cancelled);
    }

    function testFinalizeRace() public {
        _postMode(ITaskManager.AwardMode.Race);
        vm.warp(revealEnd);
        vm.expectRevert(_wrongMode(ITaskManager.AwardMode.Race));
        auction.finalize(taskId);
    }

    function testFuzzFinalizeUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        auction.finalize(unknown);
    }

    function _seal(uint256 price, uint256 praise) internal returns (uint256 agentId) {
        agentId = _registerBidder(WORKER, RESERVE);
        if (praise != 0) _praise(agentId, praise);
        _commit(taskId, agentId, price);
    }
}
