// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract AcceptTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        _postMode(ITaskManager.AwardMode.Direct);
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzAccept(uint256 price, uint256 promised, uint256 nonce, uint256 praise) public {
        IBidAuction.SignedBid memory offer = _offer(agentId, bound(price, 1, RESERVE), nonce);
        offer.promised = bound(promised, 1, DELIVERY);
        _praise(agentId, bound(praise, 0, MAX_RESERVE));
        uint256 quality = incentives.qualityOf(agentId, SKILL);
        IBidAuction.RelayedBid memory relayed = _signed(WORKER_KEY, offer);
        uint256 time = block.timestamp;

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, offer.price, offer.promised, quality);
        vm.expectEmit(address(auction));
        emit IBidAuction.AuctionFinalized(taskId, agentId, offer.price);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), BOND);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, agentId, offer.price, time + offer.promised, time + DELIVERY);
        _accept(relayed);

        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, agentId, "worker");
        vm.assertEq(task.price, offer.price, "price");
        _assertState(ITaskManager.TaskState.Awarded);
        _assertRanked(agentId, 0, 0);
        _assertKept(offer, quality);
        vm.assertEq(auction.runnerUpOf(taskId), 0, "runner-up");
        vm.assertTrue(auction.isNonceUsed(WORKER, nonce), "nonce");
        vm.assertTrue(auction.getAuction(taskId).committed, "has a bid");
        _assertBond(agentId, true, "worker");
        vm.assertEq(_freeOf(accountOf(REQUESTER)), 0, "requester");
    }

    function _assertKept(IBidAuction.SignedBid memory offer, uint256 quality) internal {
        IBidAuction.Bid memory kept = auction.getRanking(taskId)[0];
        vm.assertEq(kept.price, offer.price, "price of the bid");
        vm.assertEq(kept.promised, offer.promised, "promise of the bid");
        vm.assertEq(kept.quality, quality, "quality of the bid");
    }

    /// The acceptance is the agent's alone to give, and the choice the requester's.
    function testFuzzAcceptByStranger(address caller) public {
        vm.assume(caller != REQUESTER);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotRequester.selector, taskId, caller));
        vm.prank(caller);
        auction.accept(relayed);
    }

    function testFuzzAcceptTampered(uint256 price) public {
        price = bound(price, 1, RESERVE - 1);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        relayed.bid.price = price;
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.InvalidSignature.selector, WORKER));
        _accept(relayed);
    }

    /// Attack: the requester names an agent that never agreed.
    function testAcceptWithOwnSignature() public {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, REQUESTER));
        _accept(_signed(REQUESTER_KEY, _offer(agentId, 1, 0)));
    }

    function testAcceptAfterTransfer() public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        _sell(agentId, RIVAL);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, WORKER));
        _accept(relayed);
    }

    function testAcceptTwice() public {
        _accept(_sign(RESERVE, 0));
        uint256 rival = _registerBidder(RIVAL, RESERVE);
        IBidAuction.RelayedBid memory other = _signed(RIVAL_KEY, _offer(rival, 1, 0));
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.HasCommitments.selector, taskId));
        _accept(other);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        _assertState(ITaskManager.TaskState.Refunded);
    }

    function testAcceptUsedNonce() public {
        vm.prank(WORKER);
        auction.invalidateNonces(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NonceUsed.selector, WORKER, 0));
        _accept(_sign(RESERVE, 0));
    }

    function testAcceptAroundTheExpiry() public {
        uint256 validUntil = block.timestamp + 10 minutes;
        IBidAuction.SignedBid memory offer = _offer(agentId, RESERVE, 0);
        offer.validUntil = validUntil;
        IBidAuction.RelayedBid memory relayed = _signed(WORKER_KEY, offer);
        for (uint256 time = validUntil + 1; time >= validUntil; time--) {
            vm.warp(time);
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.SignatureExpired.selector, validUntil, time));
            _accept(relayed);
        }
        vm.warp(validUntil - 1);
        _accept(relayed);
    }

    function testAcceptAroundTheEnd() public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        for (uint256 time = biddingEnd + 1; time >= biddingEnd; time--) {
            vm.warp(time);
            vm.expectRevert(
                abi.encodeWithSelector(IBidAuction.BiddingClosed.selector, taskId, biddingEnd, time)
            );
            _accept(relayed);
        }
        vm.warp(biddingEnd - 1);
        _accept(relayed);
        _assertState(ITaskManager.TaskState.Awarded);
    }

    function testFuzzAcceptWrongMode(uint8 seed) public {
        ITaskManager.AwardMode mode = ITaskManager.AwardMode(seed % 3);
        _postMode(mode);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.expectRevert(_wrongMode(mode));
        _accept(relayed);
    }

    function testFuzzAcceptPriceOutOfBounds(uint256 price) public {
        if (price != 0) price = bound(price, RESERVE + 1, type(uint256).max);
        IBidAuction.RelayedBid memory relayed = _sign(price, 0);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PriceOutOfBounds.selector, price, RESERVE));
        _accept(relayed);
    }

    function testFuzzAcceptPromiseOutOfBounds(uint256 promised) public {
        uint256 maximum = type(uint32).max;
        if (promised != 0) promised = bound(promised, maximum + 1, type(uint256).max);
        IBidAuction.SignedBid memory offer = _offer(agentId, RESERVE, 0);
        offer.promised = promised;
        IBidAuction.RelayedBid memory relayed = _signed(WORKER_KEY, offer);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PromiseOutOfBounds.selector, promised, maximum));
        _accept(relayed);
    }

    function testAcceptWithoutCredits() public {
        Account account = accountOfAgent(agentId);
        vm.prank(WORKER);
        ledger.withdraw(account, WORKER, 1);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, account, BOND - 1, BOND));
        _accept(relayed);
        _assertState(ITaskManager.TaskState.Open);
    }

    function testAcceptCancelled() public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, taskId));
        _accept(relayed);
    }

    function _sign(uint256 price, uint256 nonce) internal view returns (IBidAuction.RelayedBid memory) {
        return _signed(WORKER_KEY, _offer(agentId, price, nonce));
    }

    function _accept(IBidAuction.RelayedBid memory relayed) internal {
        vm.prank(REQUESTER);
        auction.accept(relayed);
    }
}
