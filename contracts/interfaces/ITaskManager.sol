// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Escrow and life cycle of a task.
///
///     Open ──► Awarded ──► Submitted ──► Settled            paid by evaluation, or by release after silence
///       │         │            └──► Rejected ──► Refunded   nobody disputed within the window
///       │         └──► Refunded                             no delivery: the bond goes to the requester
///       └──► Cancelled (before the first commitment) | Expired (no valid bid)
///
/// @notice While a task is not final, its requester has the reserve and the deposit locked, and its worker the bond.
/// Every final state empties all three. Each step out of a state has a deadline, after which anyone may take it, so silence
/// never robs anyone: who delivered is paid, and who did not deliver is not.
/// @dev Windows are half-open, [start, end), in block.timestamp. A task keeps the terms it was created under.
/// Warning: block.timestamp is set by whoever builds blocks and can be off by seconds; windows must be much longer.
/// Warning: the evaluator is named by the requester and may be the requester. What limits it is the deposit.
interface ITaskManager {
    /// @dev How the winner and its price are chosen.
    enum AwardMode {
        SealedSecondPrice,
        SealedFirstPrice
    }

    /// @dev Open is zero, so that a new task writes no state slot; see `stateOf` for tasks that do not exist.
    enum TaskState {
        Open,
        Awarded,
        Submitted,
        Rejected,
        Settled,
        Refunded,
        Cancelled,
        Expired
    }

    /// @param specification SHA-256 of the specification document.
    /// @param skill A short tag, left-aligned; reputation is kept by it.
    /// @param reserve The most the task pays, in units; all of it stays locked until the end.
    /// @param evaluator Who scores the result.
    /// @param passingScore The least score, 1 to 100, that is paid.
    /// @param biddingWindow Seconds from creation in which commitments are taken.
    /// @param revealWindow Seconds after that in which they are opened.
    /// @param deliveryWindow Seconds from the award in which the result is due.
    /// @param reviewWindow Seconds from the submission in which the evaluator scores; also the seconds in
    /// which a rejection can be disputed.
    struct TaskParams {
        bytes32 specification;
        bytes16 skill;
        AwardMode mode;
        uint256 reserve;
        address evaluator;
        uint8 passingScore;
        uint32 biddingWindow;
        uint32 revealWindow;
        uint32 deliveryWindow;
        uint32 reviewWindow;
    }

    /// @dev Six slots, the first four written at creation.
    struct Task {
        address requester;
        uint88 reserve;
        AwardMode mode;
        // slot 1
        address evaluator;
        uint40 biddingEnd;
        uint24 revealWindow;
        uint32 deliveryWindow;
        // slot 2
        bytes16 skill;
        uint32 reviewWindow;
        uint8 passingScore;
        uint16 feeBps;
        // slot 3
        bytes32 specification;
        // slot 4: `deadline` ends the delivery, the review or the dispute window, as the state says
        uint64 agentId;
        uint88 price;
        uint40 deadline;
        uint40 promisedAt;
        TaskState state;
        uint8 score;
        uint8 lateness;
        // slot 5
        bytes32 result;
    }

    /// @notice What the auction has to know of a task.
    struct AuctionTerms {
        bool open;
        AwardMode mode;
        address evaluator;
        bytes16 skill;
        uint256 reserve;
        uint256 biddingEnd;
        uint256 revealEnd;
        uint256 deliveryWindow;
    }

    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice A task was posted; `feeBps` is the fee it keeps.
    event TaskCreated(
        uint256 indexed taskId,
        address indexed requester,
        bytes16 indexed skill,
        TaskParams params,
        uint256 feeBps
    );
    event TaskCancelled(uint256 indexed taskId);
    /// @notice The auction ended without a valid bid.
    event TaskExpired(uint256 indexed taskId);
    event TaskAwarded(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint256 price,
        uint256 promisedAt,
        uint256 deadline
    );
    event ResultSubmitted(
        uint256 indexed taskId,
        uint256 indexed agentId,
        bytes32 result,
        uint256 lateness,
        uint256 reviewEnd
    );
    event TaskEvaluated(uint256 indexed taskId, address indexed evaluator, uint256 score);
    /// @notice The worker was paid `price` less `fee`; `silent` when no evaluator spoke.
    event TaskSettled(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint256 price,
        uint256 fee,
        bool silent
    );
    event TaskRejected(uint256 indexed taskId, uint256 indexed agentId, uint256 disputeEnd);
    /// @notice The worker did not deliver; its bond went to the requester.
    event TaskDefaulted(uint256 indexed taskId, uint256 indexed agentId, uint256 bond);
    /// @notice The reserve and the deposit are free again.
    event TaskRefunded(uint256 indexed taskId, uint256 amount);
    event FeeSet(uint256 feeBps);

    /// @notice Thrown when the id belongs to no task.
    error TaskNotFound(uint256 taskId);
    /// @notice Thrown when a call does not fit the task's state.
    error WrongState(uint256 taskId, TaskState state);
    /// @notice Thrown when the caller does not have the part that the call needs.
    error NotRequester(uint256 taskId, address caller);
    error NotEvaluator(uint256 taskId, address caller);
    error NotWorker(uint256 taskId, address caller);
    error NotAuction(address caller);
    /// @notice Thrown when a window has ended.
    error WindowClosed(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when a window has not ended yet.
    error WindowOpen(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when somebody has committed to a bid, after which a task cannot be cancelled.
    error HasCommitments(uint256 taskId);
    error EmptySpecification();
    error EmptySkill();
    error EmptyResult();
    error InvalidEvaluator();
    error InvalidTreasury();
    error ReserveOutOfBounds(uint256 reserve, uint256 minimum, uint256 maximum);
    error WindowOutOfBounds(uint256 window, uint256 minimum, uint256 maximum);
    error ScoreOutOfBounds(uint256 score, uint256 minimum, uint256 maximum);
    error FeeTooHigh(uint256 feeBps, uint256 maximum);

    /// @notice Posts a task and locks its reserve and deposit from the caller's Ledger account.
    function createTask(TaskParams calldata params) external returns (uint256 taskId);

    /// @notice As `createTask`, after depositing `permit.value` by the caller's ERC-2612 signature.
    function createTaskWithPermit(
        TaskParams calldata params,
        Permit calldata permit
    ) external returns (uint256 taskId);

    /// @notice Takes the task back. Only the requester, and only before the first commitment.
    function cancel(uint256 taskId) external;

    /// @notice Gives the task to the auction's winner. Only the auction.
    function award(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) external;

    /// @notice Ends a task that has no valid bid. Only the auction.
    function expire(uint256 taskId) external;

    /// @notice Delivers the result, by digest, within the delivery window. Only for the awarded agent.
    function submit(uint256 taskId, bytes32 result) external;

    /// @notice Scores the result within the review window. Only the evaluator. At the passing score or above the
    /// worker is paid in this call; below it the work is rejected.
    function evaluate(uint256 taskId, uint256 score) external;

    /// @notice Pays a worker whose evaluator let the review window pass. Anyone. No reputation moves.
    function release(uint256 taskId) external;

    /// @notice Ends a task whose worker let the delivery window pass. Anyone. The bond goes to the requester.
    function declareDefault(uint256 taskId) external;

    /// @notice Ends a rejected task whose dispute window has passed. Anyone. Half of the bond is burned.
    function closeRejected(uint256 taskId) external;

    /// @notice Sets the fee of tasks created from now on. Only PARAMETERS_ROLE.
    function setFee(uint256 feeBps) external;

    /// @dev Reverts with TaskNotFound, as does every function below.
    function getTask(uint256 taskId) external view returns (Task memory);

    function stateOf(uint256 taskId) external view returns (TaskState);

    function termsOf(uint256 taskId) external view returns (AuctionTerms memory);

    /// @notice How many tasks were created; ids count from 1.
    function taskCount() external view returns (uint256);
}
