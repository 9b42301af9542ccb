// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RevealTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzReveal(address caller, uint256 price, uint256 promised, bytes32 salt) public {
        price = bound(price, 1, RESERVE);
        promised = bound(promised, 1, type(uint32).max);
        _seal(price, promised, salt);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, price, promised, MIN_QUALITY);
        vm.prank(caller);
        auction.reveal(taskId, agentId, price, promised, salt);

        IBidAuction.Bid[3] memory expected;
        expected[0] = IBidAuction.Bid(agentId, price, promised, MIN_QUALITY);
        vm.assertEq(abi.encode(auction.getRanking(taskId)), abi.encode(expected), "ranking");
        vm.assertEq(auction.getCommitment(taskId, agentId), 0, "commitment");
        _assertBond(agentId, true, "the leader's bond stays");
    }

    function testFuzzRevealWrongOpening(uint256 price, uint256 promised, bytes32 salt) public {
        _seal(RESERVE, PROMISE, "salt");
        vm.assume(price != RESERVE || promised != PROMISE || salt != "salt");
        _expectRefused(price, promised, salt, IBidAuction.WrongOpening.selector);
        if (price != RESERVE) _expectRefused(price, PROMISE, "salt", IBidAuction.WrongOpening.selector);
        if (promised != PROMISE) _expectRefused(RESERVE, promised, "salt", IBidAuction.WrongOpening.selector);
        if (salt != "salt") _expectRefused(RESERVE, PROMISE, salt, IBidAuction.WrongOpening.selector);
    }

    function testRevealTwice() public {
        _seal(RESERVE, PROMISE, "salt");
        auction.reveal(taskId, agentId, RESERVE, PROMISE, "salt");
        _expectRefused(RESERVE, PROMISE, "salt", IBidAuction.NoCommitment.selector);
    }

    function testFuzzRevealWithoutCommitment(uint256 price, uint256 promised, bytes32 salt) public {
        vm.warp(biddingEnd);
        _expectRefused(price, promised, salt, IBidAuction.NoCommitment.selector);
    }

    function _expectRefused(uint256 price, uint256 promised, bytes32 salt, bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, taskId, agentId));
        auction.reveal(taskId, agentId, price, promised, salt);
    }

    /// An offer that nobody could hold to cannot win; its bond is forfeited like any unopened one.
    function testFuzzRevealPriceOutOfBounds(uint256 price) public {
        if (price != 0) price = bound(price, RESERVE + 1, type(uint256).max);
        _seal(price, PROMISE, "salt");
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PriceOutOfBounds.selector, price, RESERVE));
        auction.reveal(taskId, agentId, price, PROMISE, "salt");

        vm.warp(revealEnd);
        auction.forfeit(taskId, agentId);
        _assertBalance(accountOfAgent(agentId), 0, 0, "bidder");
    }

    function testFuzzRevealPromiseOutOfBounds(uint256 promised) public {
        uint256 maximum = type(uint32).max;
        if (promised != 0) promised = bound(promised, maximum + 1, type(uint256).max);
        _seal(RESERVE, promised, "salt");
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PromiseOutOfBounds.selector, promised, maximum));
        auction.reveal(taskId, agentId, RESERVE, promised, "salt");
    }

    /// A promise beyond the delivery window is worth no more than the window.
    function testFuzzRevealLongPromise(uint256 promised) public {
        promised = bound(promised, 1, type(uint32).max);
        _seal(RESERVE, promised, "salt");
        auction.reveal(taskId, agentId, RESERVE, promised, "salt");
        vm.warp(revealEnd);
        auction.finalize(taskId);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.deadline, revealEnd + DELIVERY, "deadline");
        uint256 kept = promised < DELIVERY ? promised : DELIVERY;
        vm.assertEq(task.promisedAt, revealEnd + kept, "promise");
    }

    function testRevealAroundTheWindow() public {
        _seal(RESERVE, PROMISE, "salt");
        _testRevealAt(biddingEnd);
        _testRevealAt(biddingEnd + 1);
        _testRevealAt(revealEnd - 1);

        _expectRefusedAt(biddingEnd - 1, IBidAuction.RevealNotOpen.selector, biddingEnd);
        _expectRefusedAt(revealEnd, IBidAuction.RevealClosed.selector, revealEnd);
        _expectRefusedAt(revealEnd + 1, IBidAuction.RevealClosed.selector, revealEnd);
    }

    function _testRevealAt(uint256 time) internal {
        uint256 state = vm.snapshotState();
        vm.warp(time);
        auction.reveal(taskId, agentId, RESERVE, PROMISE, "salt");
        vm.assertEq(auction.getRanking(taskId)[0].agentId, agentId, "revealed");
        vm.revertToState(state);
    }

    function _expectRefusedAt(uint256 time, bytes4 selector, uint256 bound_) internal {
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(selector, taskId, bound_, time));
        auction.reveal(taskId, agentId, RESERVE, PROMISE, "salt");
    }

    function testFuzzRevealOnUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, unknown));
        auction.reveal(unknown, agentId, RESERVE, PROMISE, "salt");
    }

    /// Open bids and directly awarded ones have nothing to open, at no time.
    function testFuzzRevealOfOpenBid(bool direct) public {
        _postMode(direct ? ITaskManager.AwardMode.Direct : ITaskManager.AwardMode.OpenBid);
        if (!direct) _bid(agentId, RESERVE);
        _expectRefusedAt(biddingEnd - 1, IBidAuction.RevealNotOpen.selector, biddingEnd);
        _expectRefusedAt(biddingEnd, IBidAuction.RevealClosed.selector, biddingEnd);
    }

    /// Only the leader's bond is held: that of whoever is overtaken, or does not lead, is free in the same call.
    function testFuzzRevealFreesOthers(uint256[4] memory prices) public {
        uint256[4] memory agents;
        for (uint256 i = 0; i < 4; i++) {
            prices[i] = bound(prices[i], 1, RESERVE);
            agents[i] = _registerBidder(WORKER, RESERVE);
            _commit(taskId, agents[i], prices[i]);
        }
        _warpToReveal(taskId);
        uint256 leader = 0;
        for (uint256 i = 0; i < 4; i++) {
            bool leads = i == 0 || _wins(agents[i], prices[i], agents[leader], prices[leader]);
            uint256 freed = leads ? leader : i;
            vm.expectEmit(address(auction));
            emit IBidAuction.BidRevealed(taskId, agents[i], prices[i], PROMISE, MIN_QUALITY);
            if (i != 0) {
                vm.expectEmit(address(ledger));
                emit ILedger.Unlocked(accountOfAgent(agents[freed]), BOND);
            }
            _reveal(taskId, agents[i], prices[i]);
            if (leads) leader = i;
            for (uint256 j = 0; j <= i; j++) _assertBond(agents[j], j == leader, "bidder");
        }
    }

    function _wins(
        uint256 agent,
        uint256 price,
        uint256 rival,
        uint256 rivalPrice
    ) internal view returns (bool) {
        if (price != rivalPrice) return price < rivalPrice;
        return _tieBreakOf(_digest(agent, price)) < _tieBreakOf(_digest(rival, rivalPrice));
    }

    /// @dev Commits at the start and goes to the reveal window.
    function _seal(uint256 price, uint256 promised, bytes32 salt) internal {
        uint200 digest = auction.commitmentOf(taskId, agentId, price, promised, salt);
        vm.prank(WORKER);
        auction.commit(taskId, agentId, digest);
        vm.warp(biddingEnd);
    }
}
