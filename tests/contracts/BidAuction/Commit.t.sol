// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CommitTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzCommit(uint256 reserve, uint200 digest, uint256 left, uint256 praise) public {
        vm.assume(digest != 0);
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        left = bound(left, 0, MAX_RESERVE);
        taskId = _post(reserve);
        agentId = _register(WORKER);
        _praise(agentId, bound(praise, 0, MAX_RESERVE));
        uint256 bond = _bondOf(reserve);
        _fundAgent(agentId, bond + left);
        uint16 quality = incentives.qualityOf(agentId, SKILL);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidCommitted(taskId, agentId, digest, quality, false);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), bond);
        _commitDigest(digest);

        vm.assertEq(auction.getCommitment(taskId, agentId), digest, "digest");
        vm.assertTrue(auction.getAuction(taskId).committed, "has a bid");
        _assertBalance(accountOfAgent(agentId), left, bond, "bidder");
        _assertRanked(0, 0, 0);
    }

    /// The bond is that of the parameters under which the task was created.
    function testFuzzCommitBondPercent(uint8 percent, uint8 later) public {
        percent = uint8(bound(percent, 1, 50));
        parameters.set(_termsWithBond(percent));
        taskId = _post(RESERVE);
        parameters.set(_termsWithBond(later));
        agentId = _register(WORKER);
        uint256 bond = (RESERVE * percent) / 100;
        _fundAgent(agentId, bond);
        _commitDigest(1);
        _assertBalance(accountOfAgent(agentId), 0, bond, "bidder");
    }

    /// A second bid replaces the first, freezes the quality anew, and locks nothing more.
    function testFuzzCommitReplaced(uint200 first, uint200 second, uint256 praise) public {
        vm.assume(first != 0 && second != 0);
        _commitDigest(first);
        _praise(agentId, bound(praise, 0, MAX_RESERVE));
        uint16 quality = incentives.qualityOf(agentId, SKILL);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidCommitted(taskId, agentId, second, quality, true);
        _commitDigest(second);

        vm.assertEq(auction.getCommitment(taskId, agentId), second, "digest");
        _assertBond(agentId, true, "bidder");
    }

    /// Attack: quality is moved between commitment and reveal, up or down.
    function testFuzzQualityIsFrozen(uint256 before, uint256 later, bool better) public {
        _praise(agentId, bound(before, CREDIT, 100 * CREDIT));
        uint16 quality = incentives.qualityOf(agentId, SKILL);
        _commit(taskId, agentId, RESERVE);
        _report(agentId, bound(later, 100 * CREDIT, MAX_RESERVE), better ? 100 : 0);
        vm.assertEq(incentives.qualityOf(agentId, SKILL) > quality, better, "quality today");

        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        vm.assertEq(auction.getRanking(taskId)[0].quality, quality, "quality of the bid");
    }

    function testCommitByWalletOperatorAndApproved() public {
        vm.startPrank(WORKER);
        registry.setApprovalForAll(RIVAL, true);
        registry.approve(THIRD, agentId);
        vm.stopPrank();
        vm.prank(RIVAL);
        auction.commit(taskId, agentId, 1);
        vm.prank(THIRD);
        auction.commit(taskId, agentId, 2);
        vm.prank(WORKER);
        auction.commit(taskId, agentId, 3);
        vm.assertEq(auction.getCommitment(taskId, agentId), 3, "digest");
        _assertBond(agentId, true, "bidder");
    }

    function testCommitAroundTheEnd() public {
        vm.warp(biddingEnd - 1);
        _commitDigest(1);
        for (uint256 time = biddingEnd; time <= biddingEnd + 1; time++) {
            vm.warp(time);
            vm.expectRevert(
                abi.encodeWithSelector(IBidAuction.BiddingClosed.selector, taskId, biddingEnd, time)
            );
            _commitDigest(2);
        }
        vm.assertEq(auction.getCommitment(taskId, agentId), 1, "digest");
    }

    function testCommitEmpty() public {
        vm.expectRevert(IBidAuction.EmptyCommitment.selector);
        _commitDigest(0);
    }

    function testFuzzCommitWrongMode(uint8 seed) public {
        ITaskManager.AwardMode mode = ITaskManager.AwardMode(2 + (seed % 3));
        _postMode(mode);
        vm.expectRevert(_wrongMode(mode));
        _commitDigest(1);
    }

    function testFuzzCommitForAnothersAgent(address caller) public {
        vm.assume(caller != WORKER);
        _expectCannotBid(agentId, caller);
    }

    function testFuzzCommitForUnknownAgent(uint256 unknown) public {
        vm.assume(unknown != agentId);
        _expectCannotBid(unknown, WORKER);
    }

    function testCommitForInactiveAgent() public {
        vm.prank(WORKER);
        registry.setActive(agentId, false);
        _expectCannotBid(agentId, WORKER);
    }

    function _expectCannotBid(uint256 agentId_, address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId_, caller));
        vm.prank(caller);
        auction.commit(taskId, agentId_, 1);
    }

    function testFuzzCommitWithTooFewCredits(uint256 free) public {
        free = bound(free, 1, BOND - 1);
        agentId = _register(WORKER);
        _fundAgent(agentId, free);
        Account account = accountOfAgent(agentId);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, account, free, BOND));
        _commitDigest(1);
        vm.assertFalse(auction.getAuction(taskId).committed, "has a bid");
    }

    function testCommitToCancelledTask() public {
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, taskId));
        _commitDigest(1);
    }

    function testFuzzCommitToUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        taskId = unknown;
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, unknown));
        _commitDigest(1);
    }

    function _termsWithBond(uint8 percent) internal pure returns (IMarketParameters.Parameters memory terms) {
        terms = _terms();
        terms.bondPercent = percent;
    }

    function _commitDigest(uint200 digest) internal {
        vm.prank(WORKER);
        auction.commit(taskId, agentId, digest);
    }
}
