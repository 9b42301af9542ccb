// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice Three bidders, of whom the first is awarded the task and lets it default.
contract TakeOverTest is AuctionTest {
    uint256 internal defaulter;
    uint256 internal runnerUp;
    uint256 internal third;
    uint256 internal takeOverEnd;

    function _play(ITaskManager.AwardMode mode, uint256 second, uint256 last) internal {
        _postMode(mode);
        (defaulter, runnerUp, third) = (_enter(WORKER), _enter(RIVAL), _enter(THIRD));
        uint256[3] memory agents = [defaulter, runnerUp, third];
        uint256[3] memory prices = [1, second, last];
        bool isOpen = mode == ITaskManager.AwardMode.OpenBid;
        for (uint256 i = 0; i < 3; i++) {
            if (isOpen) _bid(agents[i], prices[i]);
            else _commit(taskId, agents[i], prices[i]);
        }
        if (isOpen) return;
        _warpToReveal(taskId);
        for (uint256 i = 0; i < 3; i++) _reveal(taskId, agents[i], prices[i]);
    }

    function _enter(address owner) internal returns (uint256) {
        return _registerBidder(owner, RESERVE);
    }

    function _playToDefault(ITaskManager.AwardMode mode, uint256 second, uint256 last) internal {
        _play(mode, second, last);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _default();
    }

    function _default() internal {
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        takeOverEnd = tasks.getTask(taskId).deadline;
    }

    function _playToDefault() internal {
        _playToDefault(ITaskManager.AwardMode.SealedSecondPrice, RESERVE / 4, RESERVE / 2);
    }

    /// The price is what it would have been without the defaulter; the delivery window begins anew.
    function testFuzzTakeOver(uint8 modeSeed, uint256 second, uint256 last, uint256 elapsed) public {
        ITaskManager.AwardMode mode = ITaskManager.AwardMode(modeSeed % 3);
        second = bound(second, 2, RESERVE);
        last = bound(last, second, RESERVE);
        if (mode == ITaskManager.AwardMode.OpenBid && last == second) last = RESERVE;
        _playToDefault(mode, second, last);
        if (auction.runnerUpOf(taskId) != runnerUp) (runnerUp, third) = (third, runnerUp);
        uint256 price = mode == ITaskManager.AwardMode.SealedSecondPrice ? last : second;
        uint256 time = block.timestamp + bound(elapsed, 0, takeOverEnd - block.timestamp - 1);
        vm.warp(time);

        vm.expectEmit(address(auction));
        emit IBidAuction.TaskTakenOver(taskId, runnerUp, price);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(runnerUp), BOND);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, runnerUp, price, time + PROMISE, time + DELIVERY);
        _takeOver(registry.ownerOf(runnerUp));

        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, runnerUp, "worker");
        vm.assertEq(task.price, price, "price");
        vm.assertEq(task.deadline, time + DELIVERY, "deadline");
        _assertState(ITaskManager.TaskState.Awarded);
        _assertRanked(runnerUp, 0, 0);
        _assertBond(runnerUp, true, "runner-up");
        _assertBond(third, false, "third");
        _assertBalance(accountOfAgent(defaulter), 0, 0, "defaulter");
        vm.assertEq(_freeOf(accountOf(REQUESTER)), BOND, "the defaulter's bond");
    }

    /// Without a third bid a second price is the reserve.
    function testTakeOverByTheLastBidder() public {
        (defaulter, runnerUp) = (_enter(WORKER), _enter(RIVAL));
        _commit(taskId, defaulter, 1);
        _commit(taskId, runnerUp, 2);
        _warpToReveal(taskId);
        _reveal(taskId, defaulter, 1);
        _reveal(taskId, runnerUp, 2);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _default();
        _takeOver(RIVAL);
        vm.assertEq(tasks.getTask(taskId).price, RESERVE, "price");
    }

    /// A better quality is paid for in a take-over too.
    function testFuzzTakeOverQuality(uint256 praise) public {
        (defaulter, runnerUp, third) = (_enter(WORKER), _enter(RIVAL), _enter(THIRD));
        _praise(runnerUp, bound(praise, CREDIT, 1_000 * CREDIT));
        uint256 quality = incentives.qualityOf(runnerUp, SKILL);
        _commit(taskId, defaulter, 1);
        _commit(taskId, runnerUp, RESERVE / 4);
        _commit(taskId, third, RESERVE / 3);
        _warpToReveal(taskId);
        _reveal(taskId, third, RESERVE / 3);
        _reveal(taskId, runnerUp, RESERVE / 4);
        _reveal(taskId, defaulter, 1);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _default();
        _takeOver(RIVAL);
        uint256 price = ((RESERVE / 3) * quality) / MIN_QUALITY;
        vm.assertEq(tasks.getTask(taskId).price, price, "price");
    }

    /// There is one take-over: after a second default the task ends.
    function testTakeOverOnce() public {
        _playToDefault();
        _takeOver(RIVAL);
        vm.assertEq(auction.runnerUpOf(taskId), 0, "runner-up");
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        _assertState(ITaskManager.TaskState.Refunded);
        vm.assertEq(_freeOf(accountOf(REQUESTER)), _escrowOf(RESERVE) + 2 * BOND, "both bonds");
    }

    function testTakeOverAroundTheEnd() public {
        _playToDefault();
        uint256 state = vm.snapshotState();
        vm.warp(takeOverEnd - 1);
        _takeOver(RIVAL);
        _assertState(ITaskManager.TaskState.Awarded);
        vm.revertToState(state);
        for (uint256 time = takeOverEnd; time <= takeOverEnd + 1; time++) {
            vm.warp(time);
            vm.expectRevert(
                abi.encodeWithSelector(ITaskManager.WindowClosed.selector, taskId, takeOverEnd, time)
            );
            _takeOver(RIVAL);
        }
        _assertBond(runnerUp, false, "runner-up");
    }

    function testFuzzTakeOverByNobodysRunnerUp(uint256 agentId) public {
        _playToDefault();
        if (agentId == runnerUp) agentId = third;
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotRunnerUp.selector, taskId, agentId));
        auction.takeOver(taskId, agentId);
    }

    /// Where there is no runner-up, agent zero is none either.
    function testTakeOverWithoutRunnerUp() public {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotRunnerUp.selector, taskId, 0));
        auction.takeOver(taskId, 0);
    }

    function testFuzzTakeOverByStranger(address caller) public {
        vm.assume(caller != RIVAL);
        _playToDefault();
        _expectCannotBid(caller);
    }

    function testTakeOverByInactiveAgent() public {
        _playToDefault();
        vm.prank(RIVAL);
        registry.setActive(runnerUp, false);
        _expectCannotBid(RIVAL);
    }

    /// Attack: an agent is sold with a promise that its buyer never gave. Neither of the two can take over.
    function testTakeOverByAgentThatWasSold() public {
        _playToDefault();
        _sell(runnerUp, OUTSIDER);
        _expectCannotBid(OUTSIDER);
        _expectCannotBid(RIVAL);
        vm.warp(takeOverEnd);
        tasks.closeDefaulted(taskId);
        _assertState(ITaskManager.TaskState.Refunded);
    }

    /// Nor does it help to buy the agent back.
    function testTakeOverByAgentThatWasBoughtBack() public {
        _playToDefault();
        _sell(runnerUp, OUTSIDER);
        _sell(runnerUp, RIVAL);
        _expectCannotBid(RIVAL);
    }

    function testTakeOverWithoutCredits() public {
        _playToDefault();
        Account account = accountOfAgent(runnerUp);
        vm.prank(RIVAL);
        ledger.withdraw(account, RIVAL, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, account, BOND - 1, BOND));
        _takeOver(RIVAL);
        _assertState(ITaskManager.TaskState.Defaulted);
        _assertRanked(defaulter, runnerUp, third);
    }

    /// Attack: the runner-up does not wait for a default. Not while bids are opened, not when they can be
    /// finalized, not while the winner works, delivers or is paid.
    function testTakeOverOutOfTurn() public {
        _play(ITaskManager.AwardMode.SealedSecondPrice, RESERVE / 4, RESERVE / 2);
        _expectNotDefaulted(ITaskManager.TaskState.Open);
        _warpToFinalize(taskId);
        _expectNotDefaulted(ITaskManager.TaskState.Open);
        auction.finalize(taskId);
        _expectNotDefaulted(ITaskManager.TaskState.Awarded);
        _submit(taskId, RESULT);
        _expectNotDefaulted(ITaskManager.TaskState.Submitted);
        _evaluate(taskId, 100);
        _expectNotDefaulted(ITaskManager.TaskState.Settled);
    }

    function testTakeOverWhileBidsAreOpen() public {
        _play(ITaskManager.AwardMode.OpenBid, RESERVE / 4, RESERVE / 2);
        _expectNotDefaulted(ITaskManager.TaskState.Open);
    }

    function testTakeOverAfterTheClose() public {
        _playToDefault();
        vm.warp(takeOverEnd);
        tasks.closeDefaulted(taskId);
        _expectNotDefaulted(ITaskManager.TaskState.Refunded);
    }

    function _expectNotDefaulted(ITaskManager.TaskState state) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotDefaulted.selector, taskId, state));
        _takeOver(RIVAL);
    }

    function _expectCannotBid(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, runnerUp, caller));
        _takeOver(caller);
    }

    function _takeOver(address caller) internal {
        uint256 agentId = runnerUp;
        vm.prank(caller);
        auction.takeOver(taskId, agentId);
    }
}
