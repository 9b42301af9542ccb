// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract BidTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        _postMode(ITaskManager.AwardMode.OpenBid);
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzBid(uint256 price, uint256 promised, uint256 praise) public {
        price = bound(price, 1, RESERVE);
        promised = bound(promised, 1, type(uint32).max);
        _praise(agentId, bound(praise, 0, MAX_RESERVE));
        uint256 quality = incentives.qualityOf(agentId, SKILL);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, price, promised, quality);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), BOND);
        vm.prank(WORKER);
        auction.bid(taskId, agentId, price, promised);

        IBidAuction.Bid[3] memory expected;
        expected[0] = IBidAuction.Bid(agentId, price, promised, quality);
        vm.assertEq(abi.encode(auction.getRanking(taskId)), abi.encode(expected), "ranking");
        vm.assertTrue(auction.getAuction(taskId).committed, "has a bid");
        vm.assertEq(auction.getCommitment(taskId, agentId), 0, "commitment");
        _assertBond(agentId, true, "bidder");
    }

    /// A better bid takes the lead and its bond is locked; the one it overtakes is free at once.
    function testFuzzBidOvertakes(uint256 price, uint256 lower) public {
        price = bound(price, 2, RESERVE);
        lower = bound(lower, 1, price - 1);
        uint256 rival = _registerBidder(RIVAL, RESERVE);
        _bid(agentId, price);

        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(rival), BOND);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOfAgent(agentId), BOND);
        _bid(rival, lower);
        _assertRanked(rival, agentId, 0);
        _assertBond(rival, true, "leader");
        _assertBond(agentId, false, "overtaken");
    }

    /// A bid that does not lead locks nothing, and needs no credits.
    function testFuzzBidBehind(uint256 price) public {
        uint256 rival = _register(RIVAL);
        _bid(agentId, 1);
        _bid(rival, bound(price, 2, RESERVE));
        _assertRanked(agentId, rival, 0);
        _assertBond(agentId, true, "leader");
        _assertBalance(accountOfAgent(rival), 0, 0, "rival");
    }

    function testFuzzBidImproved(uint256 first, uint256 second) public {
        first = bound(first, 2, RESERVE);
        second = bound(second, 1, first - 1);
        _bid(agentId, first);
        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, second, PROMISE, MIN_QUALITY);
        _bid(agentId, second);
        vm.assertEq(auction.getRanking(taskId)[0].price, second, "price");
        _assertRanked(agentId, 0, 0);
        _assertBond(agentId, true, "one bond");
    }

    /// One agent cannot hold two places.
    function testFuzzBidImprovedFromBehind(uint256 places, uint256 price) public {
        uint256[4] memory agents;
        for (uint256 i = 0; i < 4; i++) {
            agents[i] = _registerBidder(WORKER, RESERVE);
            _bid(agents[i], (i + 1) * CREDIT);
        }
        uint256 mover = bound(places, 0, 3);
        price = bound(price, 1, (mover + 1) * CREDIT - 1);
        _bid(agents[mover], price);
        uint256 place = mover;
        while (place > 0 && price < place * CREDIT) {
            agents[place] = agents[place - 1];
            place--;
        }
        agents[place] = mover == place ? agents[place] : _agentAt(mover);
        _assertRanked(agents[0], agents[1], agents[2]);
        for (uint256 i = 0; i < 4; i++) _assertBond(agents[i], i == 0, "bidder");
    }

    /// @dev They are registered in a row, the first after the test's own.
    function _agentAt(uint256 i) internal view returns (uint256) {
        return agentId + 1 + i;
    }

    function testFuzzBidNotAnImprovement(uint256 first, uint256 second) public {
        first = bound(first, 1, RESERVE);
        second = bound(second, first, RESERVE);
        _bid(agentId, first);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.NotAnImprovement.selector, taskId, agentId, second, first)
        );
        _bidAs(WORKER, agentId, second);
    }

    /// Of equal bids the earlier leads, within a second too: neither promises nor hashes count.
    function testFuzzBidTie(uint256 price, uint256 promised, uint256 elapsed) public {
        price = bound(price, 1, RESERVE);
        uint256 rival = _registerBidder(RIVAL, RESERVE);
        _bid(agentId, price);
        vm.warp(block.timestamp + bound(elapsed, 0, 1 hours - 1));
        vm.prank(RIVAL);
        auction.bid(taskId, rival, price, bound(promised, 1, DELIVERY));
        _assertRanked(agentId, rival, 0);
        _assertBond(agentId, true, "leader");
        _assertBond(rival, false, "rival");
    }

    /// An improvement that only equals the leader comes after it.
    function testFuzzBidTieByImprovement(uint256 price) public {
        price = bound(price, 1, RESERVE - 1);
        uint256 rival = _registerBidder(RIVAL, RESERVE);
        _bid(rival, RESERVE);
        _bid(agentId, price);
        _bid(rival, price);
        _assertRanked(agentId, rival, 0);
    }

    /// The quality of an agent's first bid stays that of its later ones: a lower price is always a better bid.
    function testFuzzBidQualityIsFrozen(uint256 before, uint256 later, bool better) public {
        _praise(agentId, bound(before, CREDIT, 100 * CREDIT));
        uint256 quality = incentives.qualityOf(agentId, SKILL);
        _bid(agentId, RESERVE);
        _report(agentId, bound(later, 100 * CREDIT, MAX_RESERVE), better ? 100 : 0);
        vm.assertEq(incentives.qualityOf(agentId, SKILL) > quality, better, "quality today");
        _bid(agentId, RESERVE - 1);
        vm.assertEq(auction.getRanking(taskId)[0].quality, quality, "quality of the leader's bid");

        _bid(_registerBidder(RIVAL, RESERVE), 1);
        _bid(agentId, RESERVE - 2);
        vm.assertEq(auction.getRanking(taskId)[1].quality, quality, "quality of the runner-up's bid");
    }

    /// A buyer of an agent that does not lead bids with its own quality, and can take over by that bid alone.
    function testBidAfterTransfer() public {
        _praise(agentId, MAX_RESERVE);
        uint256 leader = _registerBidder(RIVAL, RESERVE);
        _bid(agentId, CREDIT);
        _bid(leader, 1);
        _sell(agentId, THIRD);
        _bid(agentId, CREDIT - 1);
        _assertRanked(leader, agentId, 0);
        vm.assertEq(auction.getRanking(taskId)[1].quality, MIN_QUALITY, "quality");
        vm.warp(revealEnd);
        auction.finalize(taskId);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        vm.prank(THIRD);
        auction.takeOver(taskId, agentId);
        vm.assertEq(tasks.getTask(taskId).epoch, 1, "epoch");
    }

    function testFuzzBidPriceOutOfBounds(uint256 price) public {
        if (price != 0) price = bound(price, RESERVE + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PriceOutOfBounds.selector, price, RESERVE));
        _bidAs(WORKER, agentId, price);
    }

    function testFuzzBidPromiseOutOfBounds(uint256 promised) public {
        uint256 maximum = type(uint32).max;
        if (promised != 0) promised = bound(promised, maximum + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PromiseOutOfBounds.selector, promised, maximum));
        vm.prank(WORKER);
        auction.bid(taskId, agentId, RESERVE, promised);
    }

    function testBidAroundTheEnd() public {
        vm.warp(biddingEnd - 1);
        _bidAs(WORKER, agentId, RESERVE);
        for (uint256 time = biddingEnd; time <= biddingEnd + 1; time++) {
            vm.warp(time);
            vm.expectRevert(
                abi.encodeWithSelector(IBidAuction.BiddingClosed.selector, taskId, biddingEnd, time)
            );
            _bidAs(WORKER, agentId, 1);
        }
        vm.assertEq(auction.getRanking(taskId)[0].price, RESERVE, "price");
    }

    function testFuzzBidWrongMode(uint8 seed) public {
        ITaskManager.AwardMode[4] memory modes = [
            ITaskManager.AwardMode.SealedSecondPrice,
            ITaskManager.AwardMode.SealedFirstPrice,
            ITaskManager.AwardMode.Direct,
            ITaskManager.AwardMode.Race
        ];
        _postMode(modes[seed % 4]);
        vm.expectRevert(_wrongMode(modes[seed % 4]));
        _bidAs(WORKER, agentId, RESERVE);
    }

    function testFuzzBidForAnothersAgent(address caller) public {
        vm.assume(caller != WORKER);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, caller));
        _bidAs(caller, agentId, RESERVE);
    }

    function testBidForInactiveAgent() public {
        vm.prank(WORKER);
        registry.setActive(agentId, false);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, WORKER));
        _bidAs(WORKER, agentId, RESERVE);
    }

    function testBidWithTooFewCredits() public {
        Account account = accountOfAgent(agentId);
        vm.prank(WORKER);
        ledger.withdraw(account, WORKER, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, account, BOND - 1, BOND));
        _bidAs(WORKER, agentId, RESERVE);
        vm.assertFalse(auction.getAuction(taskId).committed, "has a bid");
    }

    function testFuzzBidOnUnknownTask(uint256 unknown) public {
        vm.assume(unknown > taskId);
        taskId = unknown;
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, unknown));
        _bidAs(WORKER, agentId, RESERVE);
    }

    function testBidOnCancelledTask() public {
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, taskId));
        _bidAs(WORKER, agentId, RESERVE);
    }
}
