// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RevealTest is AuctionTest {
    uint256 internal constant DELIVERY = 2 hours;

    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzReveal(address caller, uint256 price, uint256 promised, bytes32 salt) public {
        price = bound(price, 1, RESERVE);
        promised = bound(promised, 1, DELIVERY);
        uint240 digest = _seal(price, promised, salt);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, price, promised, MIN_QUALITY);
        vm.prank(caller);
        auction.reveal(taskId, agentId, price, promised, salt);

        IBidAuction.Bid[3] memory expected;
        expected[0] = IBidAuction.Bid({
            price: uint88(price),
            agentId: uint64(agentId),
            promised: uint32(promised),
            quality: uint16(MIN_QUALITY),
            tieBreak: _tieBreakOf(digest),
            committed: true
        });
        vm.assertEq(abi.encode(auction.getRanking(taskId)), abi.encode(expected), "ranking");
        _assertCommitment(agentId, 0, 0);
        _assertBalance(accountOfAgent(agentId), 0, BOND, "the bond stays");
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
        if (promised != 0) promised = bound(promised, DELIVERY + 1, type(uint256).max);
        _seal(RESERVE, promised, "salt");
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PromiseOutOfBounds.selector, promised, DELIVERY));
        auction.reveal(taskId, agentId, RESERVE, promised, "salt");
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
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        auction.reveal(unknown, agentId, RESERVE, PROMISE, "salt");
    }

    /// The fourth bid displaces the worst of the three, whose bond is free at once, or falls out itself.
    function testFuzzRevealDisplaces(uint256 fourth) public {
        fourth = bound(fourth, 1, RESERVE);
        uint256[4] memory prices = [RESERVE / 4, RESERVE / 2, (RESERVE * 3) / 4, fourth];
        uint256[4] memory agents;
        for (uint256 i = 0; i < 4; i++) {
            agents[i] = _registerBidder(WORKER, RESERVE);
            _commit(taskId, agents[i], prices[i]);
        }
        _warpToReveal(taskId);
        for (uint256 i = 0; i < 3; i++) _reveal(taskId, agents[i], prices[i]);
        vm.assume(fourth != prices[2]);
        uint256 out = fourth < prices[2] ? agents[2] : agents[3];

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agents[3], fourth, PROMISE, MIN_QUALITY);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOfAgent(out), BOND);
        _reveal(taskId, agents[3], fourth);

        IBidAuction.Bid[3] memory ranking = auction.getRanking(taskId);
        for (uint256 i = 0; i < 4; i++) {
            bool kept = agents[i] != out;
            _assertBalance(accountOfAgent(agents[i]), kept ? 0 : BOND, kept ? BOND : 0, "bidder");
            if (i < 3) vm.assertNotEq(ranking[i].agentId, out, "ranked");
        }
        vm.assertTrue(ranking[0].price <= ranking[1].price && ranking[1].price <= ranking[2].price, "sorted");
    }

    /// @dev Commits at the start and goes to the reveal window.
    function _seal(uint256 price, uint256 promised, bytes32 salt) internal returns (uint240 digest) {
        digest = auction.commitmentOf(taskId, agentId, price, promised, salt);
        vm.prank(WORKER);
        auction.commit(taskId, agentId, digest);
        vm.warp(biddingEnd);
    }
}
