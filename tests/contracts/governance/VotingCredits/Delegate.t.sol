// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";

import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

/// @notice What OpenZeppelin's Votes does with our weights.
contract DelegateTest is GovernanceTest {
    function testFuzzDelegate(uint256 amount, address other) public {
        vm.assume(other != VOTER && other != address(0));
        amount = bound(amount, CREDIT, TOKEN_CAP / 2);
        _lock(VOTER, amount);
        vm.prank(VOTER);
        votes.delegate(other);
        vm.assertEq(votes.getVotes(VOTER), 0, "owner");
        vm.assertEq(votes.getVotes(other), amount, "delegate");

        // What is locked later goes the same way.
        _lock(VOTER, amount);
        vm.assertEq(votes.getVotes(VOTER), 0, "owner later");
        vm.assertEq(votes.getVotes(other), 2 * amount, "delegate later");
        vm.assertEq(votes.votesOf(VOTER), 2 * amount, "votes of the owner");
        vm.assertEq(votes.votesOf(other), 0, "votes of the delegate");
    }

    function testClock() public {
        vm.assertEq(votes.clock(), block.timestamp, "clock");
        vm.assertEq(votes.CLOCK_MODE(), "mode=timestamp", "mode");
        vm.assertEq(governor.clock(), block.timestamp, "governor's clock");
        vm.assertEq(governor.CLOCK_MODE(), "mode=timestamp", "governor's mode");
    }

    /// @dev The present can still change, so it is not read.
    function testPastVotesOfNow() public {
        uint256 time = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, time, time));
        votes.getPastVotes(VOTER, time);
    }
}
