// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The vote over the market's parameters.
/// @notice A proposal waits a day, is voted on for a week, and then waits in the timelock, so that whoever dislikes a
/// decision has left or finished before it holds. It passes with more votes for it than against it, when the votes for it
/// and the abstentions reach the quorum. Whatever passes is carried out by the timelock, with the timelock's rights and no
/// others: setting the parameters within their bounds, spending the fees, and appointing who mints credits under the cap.
/// @dev The rules of the vote are constants and immutables, so that no vote can shorten the next one or lower its quorum.
/// A vote and its delay in the timelock are together shorter than the shortest lock of {VotingCredits}.
/// Warning: a captured vote can spend the treasury, mint up to the token's cap, and hand the timelock to whom it likes. It
/// cannot touch accounts, tasks, bonds, stakes or channels: their contracts take no order from the timelock.
contract MarketGovernor is Governor, GovernorCountingSimple, GovernorVotes, GovernorTimelockControl {
    uint256 public constant VOTING_DELAY = 1 days;
    uint256 public constant VOTING_PERIOD = 1 weeks;
    uint256 public constant QUORUM_PERCENT = 20;
    uint256 public constant THRESHOLD_PERCENT = 10;
    uint256 private constant PERCENT = 100;

    /// @notice The least quorum, so that few votes cannot decide alone while few are locked.
    uint256 public immutable leastQuorum;

    /// @notice Thrown when a contract is deployed with a quorum that everybody reaches.
    error ZeroQuorum();

    constructor(
        IVotes votes,
        TimelockController timelock_,
        uint256 leastQuorum_
    ) Governor("Agora Governor") GovernorVotes(votes) GovernorTimelockControl(timelock_) {
        require(leastQuorum_ != 0, ZeroQuorum());
        leastQuorum = leastQuorum_;
    }

    /// @notice 20 % of all votes at the time, and never less than `leastQuorum`.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return Math.max(leastQuorum, (token().getPastTotalSupply(timepoint) * QUORUM_PERCENT) / PERCENT);
    }

    /// @notice The votes that a proposer must have: 10 % of `leastQuorum`.
    function proposalThreshold() public view override returns (uint256) {
        return (leastQuorum * THRESHOLD_PERCENT) / PERCENT;
    }

    function votingDelay() public pure override returns (uint256) {
        return VOTING_DELAY;
    }

    function votingPeriod() public pure override returns (uint256) {
        return VOTING_PERIOD;
    }

    /* WHERE TWO BASES MEET */

    function state(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
