// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

import {IVotingCredits} from "../../../../contracts/interfaces/IVotingCredits.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

contract GiveNoticeTest is GovernanceTest {
    function testFuzzGiveNotice(uint256 amount, uint256 period, uint256 age) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        period = bound(period, MIN_PERIOD, MAX_PERIOD);
        uint256 weight = (amount * period) / MAX_PERIOD;
        _lock(VOTER, amount, period);
        uint256 time = block.timestamp + bound(age, 1, 3_650 days);
        vm.warp(time);

        vm.expectEmit(address(votes));
        emit IVotingCredits.NoticeGiven(1, VOTER, weight, time + period);
        vm.expectEmit(address(votes));
        emit IVotes.DelegateVotesChanged(VOTER, weight, 0);
        vm.prank(VOTER);
        votes.giveNotice(1);

        vm.assertEq(votes.getLock(1).releaseAt, time + period, "release");
        vm.assertEq(votes.votesOf(VOTER), 0, "votes of the owner");
        vm.assertEq(votes.getVotes(VOTER), 0, "votes that count");
        vm.warp(time + 1);
        vm.assertEq(votes.getPastVotes(VOTER, time - 1), weight, "votes before");
        vm.assertEq(votes.getPastVotes(VOTER, time), 0, "votes at the notice");
        vm.assertEq(votes.getPastTotalSupply(time), 0, "all votes");
        vm.assertEq(token.balanceOf(address(votes)), amount, "still locked");
    }

    /// @dev The owner's other locks keep their votes.
    function testFuzzGiveNoticeOfOne(uint256 first, uint256 second) public {
        first = bound(first, CREDIT, TOKEN_CAP / 2);
        second = bound(second, CREDIT, TOKEN_CAP / 2);
        uint256 given = _lock(VOTER, first);
        _lock(VOTER, second);
        _giveNotice(given);

        vm.assertEq(votes.votesOf(VOTER), second, "votes of the owner");
        vm.assertEq(votes.getVotes(VOTER), second, "votes that count");
    }

    /// @dev Votes end where they were delegated to.
    function testFuzzGiveNoticeDelegated(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        uint256 lockId = _lock(VOTER, amount);
        vm.prank(VOTER);
        votes.delegate(RIVAL);
        vm.assertEq(votes.getVotes(RIVAL), amount, "votes of the delegate");
        _giveNotice(lockId);

        vm.assertEq(votes.getVotes(RIVAL), 0, "votes after");
    }

    function testFuzzGiveNoticeTwice(uint256 age) public {
        uint256 lockId = _lock(VOTER, CREDIT);
        uint256 releaseAt = _giveNotice(lockId);
        vm.warp(block.timestamp + bound(age, 0, 3_650 days));

        vm.expectRevert(
            abi.encodeWithSelector(IVotingCredits.NoticeAlreadyGiven.selector, lockId, releaseAt)
        );
        vm.prank(VOTER);
        votes.giveNotice(lockId);
    }

    function testFuzzGiveNoticeNotOwner(address caller) public {
        vm.assume(caller != VOTER);
        uint256 lockId = _lock(VOTER, CREDIT);

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.NotLockOwner.selector, lockId, caller));
        vm.prank(caller);
        votes.giveNotice(lockId);
    }

    function testFuzzGiveNoticeLockNotFound(uint256 lockId) public {
        vm.assume(lockId != 1);
        _lock(VOTER, CREDIT);

        vm.expectRevert(abi.encodeWithSelector(IVotingCredits.LockNotFound.selector, lockId));
        vm.prank(VOTER);
        votes.giveNotice(lockId);
    }
}
