// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "./IArbitrable.sol";
import {IArbitrator} from "./IArbitrator.sol";

/// @title An evaluator that asks an ERC-792 arbitrator, so that a task can be judged by a court outside the market.
/// @notice A task names this contract as its evaluator. When the result is submitted, anyone asks for a ruling and pays for
/// it in the chain's currency; the ruling is passed on as a score.
///
///     ruling 1   accepted   100
///     ruling 2   rejected   0
///     ruling 0   the arbitrator refused: nothing is passed on, the review window ends, and anyone releases the worker
///
/// @dev Warning: the review window must be longer than the arbitrator takes, with its appeals. A ruling that comes too late
/// does nothing: the worker is released, as after any silence.
interface IArbitratorEvaluator is IArbitrable {
    /// @notice A dispute was opened, with the task's id as the group of its evidence (ERC-1497).
    event Dispute(
        IArbitrator indexed _arbitrator,
        uint256 indexed _disputeID,
        uint256 _metaEvidenceID,
        uint256 _evidenceGroupID
    );

    /// @notice What the rulings mean, by URI; there is one, with the id zero (ERC-1497).
    event MetaEvidence(uint256 indexed _metaEvidenceID, string _evidence);

    /// @notice Somebody points at evidence, by URI (ERC-1497).
    event Evidence(
        IArbitrator indexed _arbitrator,
        uint256 indexed _evidenceGroupID,
        address indexed _party,
        string _evidence
    );

    event RulingRequested(
        uint256 indexed taskId,
        uint256 indexed disputeId,
        address indexed payer,
        uint256 cost
    );
    /// @notice `passedOn` is false when the arbitrator refused, or spoke after the review window.
    event RulingReceived(uint256 indexed taskId, uint256 ruling, bool passedOn);
    event ExcessWithdrawn(address indexed payer, uint256 amount);

    /// @notice Thrown when the task does not name this contract as its evaluator.
    error NotEvaluatorOf(uint256 taskId, address evaluator);
    /// @notice Thrown when the task has no result that waits for a score.
    error NotInReview(uint256 taskId);
    /// @notice Thrown when a ruling was asked for already.
    error AlreadyRequested(uint256 taskId);
    error CostNotCovered(uint256 paid, uint256 cost);
    error NotArbitrator(address caller);
    /// @notice Thrown when the dispute is not open here.
    error DisputeNotFound(uint256 disputeId);
    error InvalidRuling(uint256 ruling, uint256 choices);
    /// @notice Thrown when nobody owes the caller anything.
    error NothingToWithdraw(address caller);
    /// @notice Thrown when the caller does not take the chain's currency.
    error NotTaken(address caller, uint256 amount);

    /// @notice Asks for a ruling on a task in review, once. Anyone; what is paid above the cost can be withdrawn.
    function request(uint256 taskId) external payable returns (uint256 disputeId);

    /// @notice Points the arbitrator at evidence. Anyone; it is for the arbitrator to judge who speaks.
    function submitEvidence(uint256 taskId, string calldata evidence) external;

    /// @notice Takes back what the caller paid too much.
    function withdrawExcess() external;

    /// @notice What `request` costs now.
    function costOf() external view returns (uint256);

    /// @notice The task that an open dispute is about, or zero.
    function taskOf(uint256 disputeId) external view returns (uint256);

    /// @notice Whether a ruling was asked for.
    function requested(uint256 taskId) external view returns (bool);

    /// @notice What `payer` paid above the costs and has not withdrawn.
    function excessOf(address payer) external view returns (uint256);
}
