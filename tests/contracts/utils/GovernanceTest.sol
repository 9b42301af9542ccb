// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {MarketGovernor} from "../../../contracts/governance/MarketGovernor.sol";
import {MarketParameters} from "../../../contracts/governance/MarketParameters.sol";
import {VotingCredits} from "../../../contracts/governance/VotingCredits.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ParametersStub} from "../mocks/ParametersStub.sol";
import {PermitTest} from "./PermitTest.sol";
import {vm} from "./Vm.sol";

/// @notice The market under a vote, as scripts/lib/market.js leaves it, and the steps of a proposal's life.
/// @dev ADMIN keeps only the right to mint, as the faucet of a development chain does.
abstract contract GovernanceTest is PermitTest {
    struct Proposal {
        uint256 id;
        address[] targets;
        uint256[] values;
        bytes[] calls;
        bytes32 digest;
    }

    uint256 internal constant TIMELOCK_DELAY = 2 days;
    uint256 internal constant LEAST_QUORUM = 1_000 * CREDIT;
    uint256 internal constant MIN_PERIOD = 2 weeks;
    uint256 internal constant MAX_PERIOD = 52 weeks;
    uint256 internal constant FLOOR = 60;
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    string internal constant DESCRIPTION = "a change";

    uint256 internal constant VOTER_KEY = uint256(keccak256("voter"));
    address internal immutable VOTER = _actor("voter");
    address internal immutable FOUNDER = _actor("founder");

    VotingCredits internal votes;
    TimelockController internal timelock;
    MarketGovernor internal governor;
    MarketParameters internal voted;

    function setUp() public virtual override {
        address[] memory proposers = new address[](1);
        proposers[0] = vm.computeCreateAddress(FOUNDER, vm.getNonce(FOUNDER) + 2);
        vm.prank(FOUNDER);
        timelock = new TimelockController(TIMELOCK_DELAY, proposers, new address[](1), address(0));
        super.setUp();
        vm.startPrank(FOUNDER);
        votes = new VotingCredits(token);
        governor = new MarketGovernor(votes, timelock, LEAST_QUORUM);
        vm.stopPrank();
        vm.startPrank(ADMIN);
        token.grantRole(0, address(timelock));
        token.renounceRole(0, ADMIN);
        vm.stopPrank();
    }

    /// @dev The parameters under the vote are the market's own.
    function _deployParameters() internal override returns (ParametersStub) {
        voted = new MarketParameters(_defaults(), FLOOR, address(timelock));
        return ParametersStub(address(voted));
    }

    function _defaults() internal pure returns (IMarketParameters.Parameters memory) {
        return
            IMarketParameters.Parameters({
                feeBps: 250,
                bondPercent: 10,
                namedWeight: 25,
                minWindow: 60,
                maxWindow: 30 days,
                seatFee: 10,
                overdraftLimit: uint48(CREDIT)
            });
    }

    /* LOCKS */

    function _mintAndApprove(address owner, uint256 amount) internal {
        _mint(owner, amount);
        vm.prank(owner);
        token.approve(address(votes), amount);
    }

    function _lock(address owner, uint256 amount, uint256 period) internal returns (uint256 lockId) {
        _mintAndApprove(owner, amount);
        vm.prank(owner);
        return votes.lock(amount, period);
    }

    /// @dev As many votes as credits, which count from the next second on.
    function _lock(address owner, uint256 amount) internal returns (uint256 lockId) {
        lockId = _lock(owner, amount, MAX_PERIOD);
        vm.warp(block.timestamp + 1);
    }

    function _giveNotice(uint256 lockId) internal returns (uint256 releaseAt) {
        vm.prank(votes.getLock(lockId).owner);
        votes.giveNotice(lockId);
        return votes.getLock(lockId).releaseAt;
    }

    /* PROPOSALS */

    function _proposal(address target, bytes memory call) internal view returns (Proposal memory proposal) {
        proposal.targets = new address[](1);
        proposal.targets[0] = target;
        proposal.values = new uint256[](1);
        proposal.calls = new bytes[](1);
        proposal.calls[0] = call;
        proposal.digest = keccak256(bytes(DESCRIPTION));
        proposal.id = governor.getProposalId(
            proposal.targets,
            proposal.values,
            proposal.calls,
            proposal.digest
        );
    }

    function _propose(address target, bytes memory call) internal returns (Proposal memory proposal) {
        proposal = _proposal(target, call);
        vm.prank(VOTER);
        governor.propose(proposal.targets, proposal.values, proposal.calls, DESCRIPTION);
    }

    function _warpToVote(Proposal memory proposal) internal {
        vm.warp(governor.proposalSnapshot(proposal.id) + 1);
    }

    function _vote(Proposal memory proposal, address voter, uint8 support) internal {
        vm.prank(voter);
        governor.castVote(proposal.id, support);
    }

    function _warpToResult(Proposal memory proposal) internal {
        vm.warp(governor.proposalDeadline(proposal.id) + 1);
    }

    /// @dev Proposes, votes with all that VOTER has, and queues.
    function _pass(address target, bytes memory call) internal returns (Proposal memory proposal) {
        proposal = _propose(target, call);
        _warpToVote(proposal);
        _vote(proposal, VOTER, FOR);
        _warpToResult(proposal);
        governor.queue(proposal.targets, proposal.values, proposal.calls, proposal.digest);
    }

    function _warpToExecution(Proposal memory proposal) internal {
        vm.warp(governor.proposalEta(proposal.id));
    }

    function _execute(Proposal memory proposal) internal {
        vm.prank(OUTSIDER);
        governor.execute(proposal.targets, proposal.values, proposal.calls, proposal.digest);
    }

    /// @dev The set of one state, as the governor names it in its errors.
    function _only(uint8 state) internal pure returns (bytes32) {
        return bytes32(uint256(1) << state);
    }
}
