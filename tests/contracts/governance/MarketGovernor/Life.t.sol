// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {MarketGovernor} from "../../../../contracts/governance/MarketGovernor.sol";
import {IMarketParameters} from "../../../../contracts/interfaces/IMarketParameters.sol";
import {accountOf} from "../../../../contracts/libraries/Account.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

/// @notice A proposal from its beginning to its end, and the times between.
contract LifeTest is GovernanceTest {
    function _feeChange(uint16 feeBps) internal view returns (bytes memory) {
        IMarketParameters.Parameters memory p = voted.current();
        p.feeBps = feeBps;
        return abi.encodeCall(voted.set, (p));
    }

    function _refuseIn(Proposal memory proposal, IGovernor.ProposalState state, bytes32 expected) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                proposal.id,
                state,
                expected
            )
        );
    }

    function testFuzzLife(uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 0, 1_000));
        _lock(VOTER, LEAST_QUORUM);
        uint256 proposedAt = block.timestamp;
        Proposal memory proposal = _propose(address(voted), _feeChange(feeBps));
        vm.assertEq(governor.proposalSnapshot(proposal.id), proposedAt + 1 days, "snapshot");
        vm.assertEq(governor.proposalDeadline(proposal.id), proposedAt + 8 days, "deadline");
        _warpToVote(proposal);
        _vote(proposal, VOTER, FOR);
        _warpToResult(proposal);
        governor.queue(proposal.targets, proposal.values, proposal.calls, proposal.digest);
        vm.assertEq(governor.proposalEta(proposal.id), block.timestamp + TIMELOCK_DELAY, "eta");
        _warpToExecution(proposal);

        IMarketParameters.Parameters memory expected = _defaults();
        expected.feeBps = feeBps;
        vm.expectEmit(address(voted));
        emit IMarketParameters.ParametersSet(expected);
        _execute(proposal);

        vm.assertEq(voted.current().feeBps, feeBps, "fee");
        vm.assertEq(uint8(governor.state(proposal.id)), uint8(IGovernor.ProposalState.Executed), "state");
    }

    function testVoteBoundaries() public {
        _lock(VOTER, LEAST_QUORUM);
        Proposal memory proposal = _propose(address(voted), _feeChange(0));
        uint256 snapshot = governor.proposalSnapshot(proposal.id);
        vm.warp(snapshot);
        _refuseIn(proposal, IGovernor.ProposalState.Pending, _only(uint8(IGovernor.ProposalState.Active)));
        _vote(proposal, VOTER, FOR);

        uint256 deadline = governor.proposalDeadline(proposal.id);
        vm.warp(deadline + 1);
        _refuseIn(proposal, IGovernor.ProposalState.Defeated, _only(uint8(IGovernor.ProposalState.Active)));
        _vote(proposal, VOTER, FOR);

        vm.warp(deadline);
        _vote(proposal, VOTER, FOR);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, VOTER));
        _vote(proposal, VOTER, FOR);
    }

    function testExecuteBoundary() public {
        _lock(VOTER, LEAST_QUORUM);
        Proposal memory proposal = _pass(address(voted), _feeChange(0));
        uint256 eta = governor.proposalEta(proposal.id);
        bytes32 salt = bytes20(address(governor)) ^ proposal.digest;
        bytes32 operation = timelock.hashOperationBatch(
            proposal.targets,
            proposal.values,
            proposal.calls,
            0,
            salt
        );
        vm.warp(eta - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector,
                operation,
                _only(uint8(TimelockController.OperationState.Ready))
            )
        );
        _execute(proposal);
        vm.warp(eta);
        _execute(proposal);
        vm.assertEq(voted.current().feeBps, 0, "fee");
    }

    /// @dev The threshold is 10 % of the least quorum, at the second before.
    function testFuzzProposeBelowThreshold(uint256 amount) public {
        uint256 threshold = LEAST_QUORUM / 10;
        vm.assertEq(governor.proposalThreshold(), threshold, "threshold");
        amount = bound(amount, CREDIT, threshold - 1);
        _lock(VOTER, amount);
        Proposal memory proposal = _proposal(address(voted), _feeChange(0));

        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector,
                VOTER,
                amount,
                threshold
            )
        );
        vm.prank(VOTER);
        governor.propose(proposal.targets, proposal.values, proposal.calls, DESCRIPTION);
    }

    /// @dev Enough votes for the proposal, too few for the quorum; one more is enough.
    function testQuorumBoundary() public {
        uint256 snapshotId = vm.snapshotState();
        for (uint256 missing = 0; missing < 2; missing++) {
            _lock(VOTER, LEAST_QUORUM - missing);
            Proposal memory proposal = _propose(address(voted), _feeChange(0));
            _warpToVote(proposal);
            _vote(proposal, VOTER, FOR);
            _warpToResult(proposal);
            IGovernor.ProposalState expected =
                missing == 0 ? IGovernor.ProposalState.Succeeded : IGovernor.ProposalState.Defeated;
            vm.assertEq(uint8(governor.state(proposal.id)), uint8(expected), "state");
            vm.revertToState(snapshotId);
            snapshotId = vm.snapshotState();
        }
    }

    /// @dev A fifth of all votes, where that is more than the least.
    function testFuzzQuorum(uint256 locked) public {
        locked = bound(locked, CREDIT, TOKEN_CAP);
        _lock(VOTER, locked);
        uint256 fifth = locked / 5;
        uint256 expected = fifth > LEAST_QUORUM ? fifth : LEAST_QUORUM;
        vm.assertEq(governor.quorum(block.timestamp - 1), expected, "quorum");
    }

    /// @dev As many against as for is no decision.
    function testFuzzTie(uint256 amount) public {
        amount = bound(amount, LEAST_QUORUM, TOKEN_CAP / 2);
        _lock(VOTER, amount);
        _lock(RIVAL, amount);
        Proposal memory proposal = _propose(address(voted), _feeChange(0));
        _warpToVote(proposal);
        _vote(proposal, VOTER, FOR);
        _vote(proposal, RIVAL, AGAINST);
        _warpToResult(proposal);

        vm.assertEq(uint8(governor.state(proposal.id)), uint8(IGovernor.ProposalState.Defeated), "state");
        bytes32 queueable = _only(uint8(IGovernor.ProposalState.Succeeded));
        _refuseIn(proposal, IGovernor.ProposalState.Defeated, queueable);
        governor.queue(proposal.targets, proposal.values, proposal.calls, proposal.digest);
    }

    /// @dev The proposer may take it back before the vote, and not during it.
    function testCancelBoundary() public {
        _lock(VOTER, LEAST_QUORUM);
        Proposal memory proposal = _propose(address(voted), _feeChange(0));
        uint256 snapshot = governor.proposalSnapshot(proposal.id);
        uint256 before = vm.snapshotState();
        vm.warp(snapshot + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposal.id, VOTER)
        );
        vm.prank(VOTER);
        governor.cancel(proposal.targets, proposal.values, proposal.calls, proposal.digest);
        vm.revertToState(before);

        vm.warp(snapshot);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposal.id, RIVAL)
        );
        vm.prank(RIVAL);
        governor.cancel(proposal.targets, proposal.values, proposal.calls, proposal.digest);
        vm.prank(VOTER);
        governor.cancel(proposal.targets, proposal.values, proposal.calls, proposal.digest);
        vm.assertEq(uint8(governor.state(proposal.id)), uint8(IGovernor.ProposalState.Canceled), "state");
    }

    /// @dev The fees are the voters' to spend.
    function testFuzzSpendTreasury(uint256 amount) public {
        amount = bound(amount, 1, TOKEN_CAP / 2);
        _fund(accountOf(address(timelock)), amount);
        _lock(VOTER, LEAST_QUORUM);
        Proposal memory proposal = _pass(
            address(ledger),
            abi.encodeCall(ledger.withdraw, (accountOf(address(timelock)), THIRD, amount))
        );
        _warpToExecution(proposal);
        _execute(proposal);

        vm.assertEq(token.balanceOf(THIRD), amount, "spent");
    }

    function testDeployWithoutQuorum() public {
        vm.expectRevert(abi.encodeWithSelector(MarketGovernor.ZeroQuorum.selector));
        new MarketGovernor(votes, timelock, 0);
    }

    function testRoles() public {
        vm.assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), address(governor)), "proposer");
        vm.assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), address(governor)), "canceller");
        vm.assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)), "anyone executes");
        vm.assertFalse(timelock.hasRole(0, ADMIN), "deployer is no admin");
        vm.assertEq(governor.timelock(), address(timelock), "timelock");
        vm.assertEq(address(governor.token()), address(votes), "votes");
    }
}
