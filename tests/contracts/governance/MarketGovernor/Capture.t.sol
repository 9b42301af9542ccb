// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {IMarketParameters} from "../../../../contracts/interfaces/IMarketParameters.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

/// @notice Attempts to vote with credits that are not at stake.
contract CaptureTest is GovernanceTest {
    Proposal internal proposal;

    function setUp() public override {
        super.setUp();
        _lock(VOTER, LEAST_QUORUM);
        IMarketParameters.Parameters memory p = _defaults();
        p.feeBps = 1_000;
        proposal = _propose(address(voted), abi.encodeCall(voted.set, (p)));
    }

    function _weightOf(address voter) internal returns (uint256 weight) {
        vm.prank(voter);
        return governor.castVote(proposal.id, AGAINST);
    }

    /// @dev Credits locked after the snapshot, or in its last moment, as borrowed ones would be.
    function testFuzzLateLock(uint256 amount, uint256 late) public {
        amount = bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM);
        vm.warp(governor.proposalSnapshot(proposal.id) + 1 + bound(late, 0, 1 weeks - 1));
        _lock(RIVAL, amount, MAX_PERIOD);
        vm.assertEq(votes.getVotes(RIVAL), amount, "votes from now on");

        vm.assertEq(_weightOf(RIVAL), 0, "weight in the running vote");
    }

    /// @dev A loan would have to run for a notice's whole period.
    function testFuzzBorrowedAtSnapshot(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM);
        uint256 snapshot = governor.proposalSnapshot(proposal.id);
        vm.warp(snapshot);
        uint256 lockId = _lock(RIVAL, amount, MIN_PERIOD);
        vm.warp(snapshot + 1);
        uint256 releaseAt = _giveNotice(lockId);

        vm.assertEq(_weightOf(RIVAL), (amount * MIN_PERIOD) / MAX_PERIOD, "it counts");
        uint256 earliest = governor.proposalDeadline(proposal.id) + 1 + TIMELOCK_DELAY;
        vm.assertGt(releaseAt, earliest, "locked until after the decision is carried out");
    }

    /// @dev Locked and given notice of in the second of the snapshot: there is nothing to count.
    function testFuzzLockAndNoticeAtSnapshot(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM);
        vm.warp(governor.proposalSnapshot(proposal.id));
        _giveNotice(_lock(RIVAL, amount, MAX_PERIOD));
        _warpToVote(proposal);

        vm.assertEq(_weightOf(RIVAL), 0, "weight");
    }

    /// @dev Notice before the snapshot takes the votes out of the vote, however long the credits stay.
    function testFuzzNoticeBeforeSnapshot(uint256 amount, uint256 early) public {
        uint256 lockId = _lock(RIVAL, bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM));
        uint256 snapshot = governor.proposalSnapshot(proposal.id);
        vm.warp(snapshot - bound(early, 0, 1 days - 2));
        _giveNotice(lockId);
        _warpToVote(proposal);

        vm.assertEq(_weightOf(RIVAL), 0, "weight");
    }

    /// @dev The same credits in other hands, after the vote of the first; as soon as the rules allow.
    function testFuzzVoteTwice(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM);
        uint256 lockId = _lock(RIVAL, amount, MIN_PERIOD);
        _warpToVote(proposal);
        _weightOf(RIVAL);
        vm.warp(_giveNotice(lockId));
        vm.prank(RIVAL);
        votes.withdraw(lockId, THIRD);
        vm.startPrank(THIRD);
        token.approve(address(votes), amount);
        votes.lock(amount, MIN_PERIOD);
        vm.stopPrank();

        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                proposal.id,
                IGovernor.ProposalState.Defeated,
                _only(uint8(IGovernor.ProposalState.Active))
            )
        );
        vm.prank(THIRD);
        governor.castVote(proposal.id, AGAINST);
    }

    /// @dev Delegating in the middle of a vote moves nothing in it.
    function testFuzzDelegateAfterVote(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP - LEAST_QUORUM);
        _lock(RIVAL, amount);
        _warpToVote(proposal);
        vm.assertEq(_weightOf(RIVAL), amount, "first");
        vm.prank(RIVAL);
        votes.delegate(THIRD);
        vm.warp(block.timestamp + 1);

        vm.assertEq(_weightOf(THIRD), 0, "second");
    }

    /// @dev A balance alone has no vote.
    function testFuzzBalanceHasNoVote(uint256 amount) public {
        _mint(RIVAL, bound(amount, 1, TOKEN_CAP - LEAST_QUORUM));
        _warpToVote(proposal);

        vm.assertEq(_weightOf(RIVAL), 0, "weight");
    }
}
