// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPanelClient} from "./IPanelClient.sol";

/// @title Escrow and life cycle of a task.
///
///     Open ──► Awarded ──► Submitted ──► Settled              paid by evaluation, or by release after silence
///       │         │            ├──► Rejected ──► Refunded     nobody disputed within the window
///       │         │            │       └──► Disputed          a panel is drawn
///       │         │            └──► Ruled ◄────┘  │           the panel has spoken; one appeal, to a larger panel
///       │         │                  ├──► Disputed│
///       │         │                  └──► Settled | Refunded
///       │         └──► Defaulted ──► Awarded | Refunded       no delivery: the runner-up may take over
///       └──► Cancelled (before the first bid) | Expired (no valid bid) | Settled (a race)
///
/// @notice While a task is not final, its requester has the reserve and the deposit locked, and its worker the bond; in a
/// dispute both have the fee of the larger panel locked. Each panel is paid by the party that it finds against, and every
/// final state empties all of it. Each step out of a state has a deadline, after which anyone may take it, so silence
/// never robs anyone: who delivered is paid, and who did not deliver is not.
///
/// The deposit is the larger panel's fee and a tenth of the reserve; where the pool evaluates, the fees of both panels.
/// A rejected worker that wins its dispute is paid the price and a tenth of the reserve. A rejection that stands burns half of
/// the worker's bond, to nobody's gain.
/// @dev Windows are half-open, [start, end), in block.timestamp. A task keeps the terms it was created under.
/// Warning: block.timestamp is set by whoever builds blocks and can be off by seconds; windows must be much longer.
/// Warning: a named evaluator is chosen by the requester and may be the requester. What limits it is the dispute.
/// Warning: where fewer seats are taken in the pool than a panel needs, a rejection cannot be disputed, and a task that the
/// pool should evaluate is paid by silence. Look at the pool before posting or bidding.
interface ITaskManager is IPanelClient {
    /// @dev How the winner and its price are chosen.
    enum AwardMode {
        SealedSecondPrice,
        SealedFirstPrice,
        OpenBid,
        Direct,
        Race
    }

    /// @dev Open is zero, so that a new task writes no state slot; see `stateOf` for tasks that do not exist. The final
    /// states are the last ones.
    enum TaskState {
        Open,
        Awarded,
        Submitted,
        Rejected,
        Disputed,
        Ruled,
        Defaulted,
        Settled,
        Refunded,
        Cancelled,
        Expired
    }

    /// @dev How far a case has come: no panel, one that waits for the requester's secret, one that is being drawn or has
    /// spoken, and the larger one of an appeal.
    enum Round {
        None,
        Convened,
        Unsealed,
        Appeal
    }

    /// @param specification SHA-256 of the specification document.
    /// @param seal keccak256 of 32 random bytes that the requester keeps until a panel has to be drawn. A requester that
    /// does not show them then has lost.
    /// @param skill A short tag, left-aligned; reputation is kept by it.
    /// @param reserve The most the task pays, in units; all of it stays locked until the end.
    /// @param evaluator Who scores the result; the evaluator pool for a panel. A race takes only the pool or a contract.
    /// @param passingScore The least score, 1 to 100, that is paid.
    /// @param biddingWindow Seconds from creation in which bids are taken.
    /// @param revealWindow Seconds after that in which they are opened; zero where bids are open or the award direct.
    /// @param deliveryWindow Seconds from the award in which the result is due.
    /// @param reviewWindow Seconds from the submission in which the evaluator scores; also the seconds for each answer
    /// to it: a dispute, the requester's secret, the panel's scores, an appeal, a take-over.
    /// @param parentId The task that this is a part of; zero for none. Only its worker posts parts of it, with its own
    /// money, and they are due before it is.
    struct TaskParams {
        bytes32 specification;
        bytes32 seal;
        bytes16 skill;
        AwardMode mode;
        uint256 reserve;
        address evaluator;
        uint8 passingScore;
        uint32 biddingWindow;
        uint32 revealWindow;
        uint32 deliveryWindow;
        uint32 reviewWindow;
        uint256 parentId;
    }

    /// @dev Four slots, the first three written at creation. What only the auction needs is kept there.
    struct Task {
        address requester;
        uint48 reserve;
        uint32 createdAt;
        uint8 bondPercent;
        uint8 depth;
        // slot 1: `weight` is what an evaluation counts for reputation, in percent; `seatFee` in thousandths of a credit
        address evaluator;
        uint24 deliveryWindow;
        uint24 reviewWindow;
        uint8 passingScore;
        uint8 weight;
        uint16 feeBps;
        uint16 seatFee;
        // slot 2: `fileOf` what was agreed and, from the submission on, what was delivered
        bytes32 file;
        // slot 3: `deadline` ends the window that the state names
        uint64 agentId;
        uint48 price;
        uint32 epoch;
        uint40 deadline;
        uint32 promisedAt;
        TaskState state;
        uint8 score;
        uint8 lateness;
        Round round;
    }

    /// @notice What a task's file binds; the parts are in the events TaskCreated and ResultSubmitted.
    struct File {
        bytes32 specification;
        bytes32 seal;
        bytes32 result;
    }

    /// @notice How a race ended.
    /// @param panelled Whether a panel found for the winner, which the requester then pays.
    /// @param silent Whether nobody judged, and the earliest submission wins.
    struct RaceResult {
        uint256 agentId;
        uint32 epoch;
        bytes32 result;
        uint8 score;
        bool panelled;
        bool silent;
    }

    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice A task was posted, under the parameters of its time.
    event TaskCreated(
        uint256 indexed taskId,
        address indexed requester,
        bytes16 indexed skill,
        TaskParams params,
        uint256 feeBps,
        uint256 bondPercent,
        uint256 seatFee,
        uint256 weight
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
    /// @notice The worker was paid `price` less `fee`; `silent` when nobody who was asked has spoken.
    event TaskSettled(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint256 price,
        uint256 fee,
        bool silent
    );
    event TaskRejected(uint256 indexed taskId, uint256 indexed agentId, uint256 disputeEnd);
    /// @notice The worker showed its work and asked for a panel; the requester's secret is due by `unsealEnd`.
    event TaskDisputed(uint256 indexed taskId, uint256 indexed agentId, uint256 unsealEnd, bytes work);
    /// @notice A panel will be drawn as soon as the requester's secret is known.
    event PanelConvened(uint256 indexed taskId);
    event SecretShown(uint256 indexed taskId, bytes32 secret);
    /// @notice A panel found that the result has this score; it can be appealed until `appealEnd`, zero if it cannot.
    event TaskRuled(uint256 indexed taskId, uint256 score, Round round, uint256 appealEnd);
    event TaskAppealed(uint256 indexed taskId, address indexed appellant);
    /// @notice A worker was paid for a rejection that did not stand.
    event WorkerCompensated(uint256 indexed taskId, uint256 indexed agentId, uint256 amount);
    /// @notice The worker did not deliver; its bond went to the requester. The runner-up may take over until
    /// `takeOverEnd`, zero if there is none.
    event TaskDefaulted(uint256 indexed taskId, uint256 indexed agentId, uint256 bond, uint256 takeOverEnd);
    /// @notice The reserve and what is left of the deposit are free again.
    event TaskRefunded(uint256 indexed taskId, uint256 amount);

    /// @notice Thrown when the id belongs to no task.
    error TaskNotFound(uint256 taskId);
    /// @notice Thrown when a call does not fit the task's state.
    error WrongState(uint256 taskId, TaskState state);
    /// @notice Thrown when a call does not fit how far the case has come.
    error WrongRound(uint256 taskId, Round round);
    /// @notice Thrown when the caller does not have the part that the call needs.
    error NotRequester(uint256 taskId, address caller);
    error NotEvaluator(uint256 taskId, address caller);
    error NotWorker(uint256 taskId, address caller);
    error NotAuction(address caller);
    error NotRace(address caller);
    error NotPool(address caller);
    /// @notice Thrown when the caller appeals, and the panel did not find against it.
    error NotAppellant(uint256 taskId, address caller);
    /// @notice Thrown when a window has ended.
    error WindowClosed(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when a window has not ended yet.
    error WindowOpen(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when a file's parts do not hash to what the task keeps.
    error WrongFile(uint256 taskId);
    error WrongSecret(uint256 taskId);
    /// @notice Thrown when the work shown does not hash to the result that was submitted.
    error WrongWork(uint256 taskId, bytes32 expected, bytes32 actual);
    error WorkTooLong(uint256 length, uint256 maximum);
    error EmptySpecification();
    error EmptySeal();
    error EmptySkill();
    error EmptyResult();
    error InvalidEvaluator();
    error InvalidTreasury();
    /// @notice Thrown when a race names an evaluator that is not a contract.
    error EvaluatorNotContract(address evaluator);
    error ReserveOutOfBounds(uint256 reserve, uint256 minimum, uint256 maximum);
    error WindowOutOfBounds(uint256 window, uint256 minimum, uint256 maximum);
    error ScoreOutOfBounds(uint256 score, uint256 minimum, uint256 maximum);
    /// @notice Thrown when a part of a task could end after the task's own deadline.
    error EndsAfterParent(uint256 parentId, uint256 end, uint256 deadline);
    error TooDeep(uint256 parentId, uint256 maximum);

    /// @notice Posts a task and locks its reserve and deposit from the caller's Ledger account.
    function createTask(TaskParams calldata params) external returns (uint256 taskId);

    /// @notice As `createTask`, after depositing `permit.value` by the caller's ERC-2612 signature.
    function createTaskWithPermit(
        TaskParams calldata params,
        Permit calldata permit
    ) external returns (uint256 taskId);

    /// @notice Takes the task back. Only the requester, and only before the first bid.
    function cancel(uint256 taskId) external;

    /// @notice Gives the task to the auction's winner, or to the runner-up after a default. Only the auction.
    function award(uint256 taskId, uint256 agentId, uint32 epoch, uint256 price, uint256 promised) external;

    /// @notice Ends a task that has no valid bid. Only the auction, or the race board.
    function expire(uint256 taskId) external;

    /// @notice Pays the winner of a race the reserve. Only the race board.
    function settleRace(uint256 taskId, RaceResult calldata race) external;

    /// @notice Reports a submission to a race that was judged too low. Only the race board.
    function reportRace(uint256 taskId, uint256 agentId, uint32 epoch, uint256 score) external;

    /// @notice Delivers the result, by digest, within the delivery window. Only for the awarded agent. Where the pool
    /// evaluates, this convenes the panel.
    /// @param result SHA-256 of the work: a dispute has to show bytes that hash to it.
    function submit(uint256 taskId, bytes32 result) external;

    /// @notice Scores the result within the review window. Only the evaluator. At the passing score or above the
    /// worker is paid in this call; below it the work is rejected.
    function evaluate(uint256 taskId, uint256 score) external;

    /// @notice Pays a worker whose evaluator let the review window pass. Anyone. No reputation moves.
    function release(uint256 taskId) external;

    /// @notice Asks a panel to judge a rejected result. Only for the worker, which shows its work and locks the larger
    /// panel's fee.
    /// @dev Warning: the work becomes public. It is bounded in length, since it is kept in the log.
    function dispute(uint256 taskId, File calldata file, bytes calldata work) external;

    /// @notice Shows the requester's secret, from which the panel is drawn. Anyone who has it.
    /// @param file With a zero result before there is one.
    function unseal(uint256 taskId, File calldata file, bytes32 secret) external;

    /// @notice Pays the worker where the requester has kept its secret through the window. Anyone. It loses the dispute;
    /// where the pool evaluates, that is release by silence.
    function closeSealed(uint256 taskId) external;

    /// @notice Asks the larger panel. Only the party that the first panel found against, and within the window.
    function appeal(uint256 taskId) external;

    /// @notice Carries out a verdict that nobody appealed within the window. Anyone.
    function closeRuled(uint256 taskId) external;

    /// @notice Takes a task from a worker that let the delivery window pass. Anyone. The bond goes to the requester. The task
    /// ends here unless somebody may take over.
    function declareDefault(uint256 taskId) external;

    /// @notice Ends a defaulted task that nobody took over. Anyone, after the window.
    function closeDefaulted(uint256 taskId) external;

    /// @notice Ends a rejected task whose dispute window has passed. Anyone. Half of the bond is burned.
    function closeRejected(uint256 taskId) external;

    /// @dev Reverts with TaskNotFound, as does every function below.
    function getTask(uint256 taskId) external view returns (Task memory);

    function stateOf(uint256 taskId) external view returns (TaskState);

    function requesterOf(uint256 taskId) external view returns (address);

    /// @notice What the requester has locked beside the reserve while the task is open, in units.
    function depositOf(uint256 taskId) external view returns (uint256);

    /// @notice What `file` of a task binds: H(specification, seal), and with the result H(H(specification, seal), result).
    function fileOf(File calldata file) external pure returns (bytes32);

    /// @notice How many tasks were created; ids count from 1.
    function taskCount() external view returns (uint256);
}
