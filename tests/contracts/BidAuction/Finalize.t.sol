// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract FinalizeTest is AuctionTest {
    function testFinalizeWithoutBids() public {
        vm.warp(revealEnd);
        vm.expectEmit(address(auction));
        emit IBidAuction.AuctionFinalized(taskId, 0, 0);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskExpired(taskId);
        auction.finalize(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Expired), "state");
        _assertBalance(accountOf(REQUESTER), _escrowOf(RESERVE), 0, "requester");
    }

    /// A single bidder is paid the reserve under the second price, its own price under the first.
    function testFuzzFinalizeSingleBidder(uint256 price, bool firstPrice, address caller) public {
        price = bound(price, 1, RESERVE);
        taskId = _postMode(firstPrice);
        uint256 agentId = _bid(price, 0);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, price);
        _warpToFinalize(taskId);
        uint256 time = block.timestamp;
        uint256 paid = firstPrice ? price : RESERVE;

        vm.expectEmit(address(auction));
        emit IBidAuction.AuctionFinalized(taskId, agentId, paid);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, agentId, paid, time + PROMISE, time + 2 hours);
        vm.prank(caller);
        auction.finalize(taskId);
        vm.assertEq(tasks.getTask(taskId).price, paid, "price");
        _assertBalance(accountOfAgent(agentId), 0, BOND, "winner");
    }

    /// Both losers among the best three get their bonds back in this call.
    function testFuzzFinalizeFreesTheLosers(uint256 kept) public {
        kept = bound(kept, 2, 3);
        uint256[] memory agents = new uint256[](kept);
        for (uint256 i = 0; i < kept; i++) agents[i] = _bid(RESERVE / (4 - i), 0);
        _warpToReveal(taskId);
        for (uint256 i = 0; i < kept; i++) _reveal(taskId, agents[i], RESERVE / (4 - i));
        _warpToFinalize(taskId);

        for (uint256 i = 1; i < kept; i++) {
            vm.expectEmit(address(ledger));
            emit ILedger.Unlocked(accountOfAgent(agents[i]), BOND);
        }
        auction.finalize(taskId);
        _assertBalance(accountOfAgent(agents[0]), 0, BOND, "winner");
        for (uint256 i = 1; i < kept; i++) _assertBalance(accountOfAgent(agents[i]), BOND, 0, "loser");
    }

    /// A better bidder is paid more than its rival asked for: what its quality is worth, within the reserve.
    function testFuzzQualityIsPaid(uint256 praise, uint256 own, uint256 rival) public {
        own = bound(own, 1, RESERVE);
        rival = bound(rival, own, RESERVE);
        uint256 better = _bid(own, bound(praise, CREDIT, 1_000 * CREDIT));
        uint256 worse = _bid(rival, 0);
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
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Expired), "state");
    }

    /// Whoever comes second finds the work done, in every later state, and changes nothing.
    function testFinalizeAgainChangesNothing() public {
        (taskId, ) = _reject(RESERVE, RESERVE);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.recordLogs();
        auction.finalize(taskId);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertTask(taskId, task);
    }

    function testFuzzFinalizeUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        auction.finalize(unknown);
    }

    function _postMode(bool firstPrice) internal returns (uint256) {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        if (firstPrice) params.mode = ITaskManager.AwardMode.SealedFirstPrice;
        return _post(params);
    }

    function _bid(uint256 price, uint256 praise) internal returns (uint256 agentId) {
        agentId = _registerBidder(WORKER, RESERVE);
        if (praise != 0) _praise(agentId, praise);
        _commit(taskId, agentId, price);
    }
}
