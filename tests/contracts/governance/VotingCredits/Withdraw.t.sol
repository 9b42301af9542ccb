// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVotingCredits} from "../../../../contracts/interfaces/IVotingCredits.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

contract WithdrawTest is GovernanceTest {
    function testFuzzWithdraw(uint256 amount, uint256 period, uint256 late) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        period = bound(period, MIN_PERIOD, MAX_PERIOD);
        uint256 lockId = _lock(VOTER, amount, period);
        uint256 releaseAt = _giveNotice(lockId);
        vm.warp(releaseAt + bound(late, 0, 3_650 days));

        vm.expectEmit(address(votes));
        emit IVotingCredits.CreditsWithdrawn(lockId, VOTER, THIRD, amount);
        vm.prank(VOTER);
        votes.withdraw(lockId, THIRD);

        vm.assertEq(token.balanceOf(THIRD), amount, "recipient");
        vm.assertEq(token.balanceOf(address(votes)), 0, "nothing is left");
        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.LockNotFound.selector, lockId));
        votes.getLock(lockId);
        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.LockNotFound.selector, lockId));
        vm.prank(VOTER);
        votes.withdraw(lockId, THIRD);
    }

    function testFuzzWithdrawStillLocked(uint256 period, uint256 early) public {
        uint256 lockId = _lock(VOTER, CREDIT, bound(period, MIN_PERIOD, MAX_PERIOD));
        uint256 releaseAt = _giveNotice(lockId);
        uint256 time = releaseAt - bound(early, 1, votes.getLock(lockId).period);
        vm.warp(time);

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.StillLocked.selector, lockId, releaseAt, time));
        vm.prank(VOTER);
        votes.withdraw(lockId, VOTER);
    }

    function testWithdrawBoundary() public {
        uint256 lockId = _lock(VOTER, CREDIT, MIN_PERIOD);
        uint256 releaseAt = _giveNotice(lockId);
        vm.warp(releaseAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IVotingCredits.StillLocked.selector, lockId, releaseAt, releaseAt - 1)
        );
        vm.prank(VOTER);
        votes.withdraw(lockId, VOTER);

        vm.warp(releaseAt);
        vm.prank(VOTER);
        votes.withdraw(lockId, VOTER);
        vm.assertEq(token.balanceOf(VOTER), CREDIT, "balance");
    }

    /// @dev A lock does not run out by itself.
    function testFuzzWithdrawNoticeNotGiven(uint256 age) public {
        uint256 lockId = _lock(VOTER, CREDIT);
        vm.warp(block.timestamp + bound(age, 0, 3_650 days));

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.NoticeNotGiven.selector, lockId));
        vm.prank(VOTER);
        votes.withdraw(lockId, VOTER);
    }

    function testFuzzWithdrawNotOwner(address caller) public {
        vm.assume(caller != VOTER);
        uint256 lockId = _lock(VOTER, CREDIT);
        vm.warp(_giveNotice(lockId));

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.NotLockOwner.selector, lockId, caller));
        vm.prank(caller);
        votes.withdraw(lockId, caller);
    }

    function testWithdrawZeroAddress() public {
        uint256 lockId = _lock(VOTER, CREDIT);
        vm.warp(_giveNotice(lockId));

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.ZeroAddress.selector));
        vm.prank(VOTER);
        votes.withdraw(lockId, address(0));
    }
}
