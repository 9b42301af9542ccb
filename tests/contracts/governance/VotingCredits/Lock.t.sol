// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IVotingCredits} from "../../../../contracts/interfaces/IVotingCredits.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

contract LockTest is GovernanceTest {
    function testFuzzLock(uint256 amount, uint256 period) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        period = bound(period, MIN_PERIOD, MAX_PERIOD);
        uint256 weight = (amount * period) / MAX_PERIOD;
        _mintAndApprove(VOTER, amount);

        vm.expectEmit(address(votes));
        emit IVotingCredits.CreditsLocked(1, VOTER, amount, period, weight);
        vm.expectEmit(address(votes));
        emit IVotes.DelegateChanged(VOTER, address(0), VOTER);
        vm.expectEmit(address(votes));
        emit IVotes.DelegateVotesChanged(VOTER, 0, weight);
        vm.prank(VOTER);
        uint256 lockId = votes.lock(amount, period);

        vm.assertEq(lockId, 1, "id");
        vm.assertEq(votes.lockCount(), 1, "locks");
        IVotingCredits.VoteLock memory held = votes.getLock(1);
        vm.assertEq(held.owner, VOTER, "owner");
        vm.assertEq(held.amount, amount, "amount");
        vm.assertEq(held.period, period, "period");
        vm.assertEq(held.releaseAt, 0, "no notice");
        vm.assertEq(held.votes, weight, "votes of the lock");
        vm.assertEq(votes.votesOf(VOTER), weight, "votes of the owner");
        vm.assertEq(votes.getVotes(VOTER), weight, "votes that count");
        vm.assertEq(token.balanceOf(VOTER), 0, "owner's tokens");
        vm.assertEq(token.balanceOf(address(votes)), amount, "locked tokens");
    }

    function testFuzzLockTwice(uint256 first, uint256 second, uint256 period) public {
        first = bound(first, CREDIT, TOKEN_CAP / 2);
        second = bound(second, CREDIT, TOKEN_CAP / 2);
        period = bound(period, MIN_PERIOD, MAX_PERIOD);
        _lock(VOTER, first, period);
        uint256 lockId = _lock(VOTER, second, MIN_PERIOD);

        uint256 weight = (first * period) / MAX_PERIOD + (second * MIN_PERIOD) / MAX_PERIOD;
        vm.assertEq(lockId, 2, "id");
        vm.assertEq(votes.votesOf(VOTER), weight, "votes of the owner");
        vm.assertEq(votes.getVotes(VOTER), weight, "votes that count");
        vm.assertEq(votes.getLock(1).amount, first, "first lock");
        vm.assertEq(votes.getLock(2).amount, second, "second lock");
    }

    function testFuzzLockPeriodOutOfBounds(uint256 period) public {
        vm.assume(period < MIN_PERIOD || period > MAX_PERIOD);
        _mintAndApprove(VOTER, CREDIT);

        vm.expectRevert(
            abi.encodeWithSelector(IVotingCredits.PeriodOutOfBounds.selector, period, MIN_PERIOD, MAX_PERIOD)
        );
        vm.prank(VOTER);
        votes.lock(CREDIT, period);
    }

    function testLockPeriodBesideBounds() public {
        _mintAndApprove(VOTER, CREDIT);
        uint256[2] memory periods = [MIN_PERIOD - 1, MAX_PERIOD + 1];
        for (uint256 i = 0; i < periods.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IVotingCredits.PeriodOutOfBounds.selector,
                    periods[i],
                    14 days,
                    364 days
                )
            );
            vm.prank(VOTER);
            votes.lock(CREDIT, periods[i]);
        }
    }

    function testFuzzLockAmountOutOfBounds(uint256 amount) public {
        vm.assume(amount < CREDIT || amount > type(uint128).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVotingCredits.AmountOutOfBounds.selector,
                amount,
                CREDIT,
                type(uint128).max
            )
        );
        vm.prank(VOTER);
        votes.lock(amount, MIN_PERIOD);
    }

    function testFuzzLockWithoutAllowance(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        _mint(VOTER, amount);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(votes),
                0,
                amount
            )
        );
        vm.prank(VOTER);
        votes.lock(amount, MIN_PERIOD);
    }

    /// @dev Tokens sent by plain transfer are nobody's votes.
    function testFuzzTransferIsNoLock(uint256 amount) public {
        amount = bound(amount, 1, TOKEN_CAP);
        _mint(VOTER, amount);
        vm.prank(VOTER);
        token.transfer(address(votes), amount);

        vm.assertEq(votes.getVotes(VOTER), 0, "votes");
        vm.assertEq(votes.lockCount(), 0, "locks");
    }
}
