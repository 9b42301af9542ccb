// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPanelClient} from "./IPanelClient.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title Races: many agents work on one task, and the first accepted result is paid the whole reserve.
/// @notice The bidding window of a race is the time to work in: who has a result enters with a commitment to its digest, and
/// opens that in the reveal window. Then the results are judged one at a time, in the order in which they were committed to.
///
///     entry:  None ──► Sealed ──► Shown ──► Convened ──► Closed        won, or judged too low: half of the bond is burned
///                        │          ├─────────────────────► Closed     judged by a contract, paid by silence, or withdrawn
///                        └────────────────────────────────► Closed     not shown in time: the bond is burned
///
/// The head is the first result that is not judged yet. Its evaluator has the task's review window, from when it became the
/// head, to judge it by name; where the pool evaluates, that is the window for the requester's secret and for convening the
/// panel. If the window passes, or the panel finds no quorum, the head is paid all the same. If every result is judged
/// too low, or none is shown, the requester is refunded. There is no appeal.
/// @dev Windows are half-open, [start, end), in block.timestamp.
/// @dev A commitment that is replaced loses its place: one without work behind it would else keep the first place for work
/// that is done last.
/// Warning: nothing but the digest of a result is ever shown here. Hand over the work itself only while it is the head, and
/// only to who judges it; then whoever comes after the winner has shown its work to nobody.
/// Warning: there is no dispute in a race. A contract that judges as the requester tells it, or that can be changed, can
/// refuse every result after it has seen the work: read it before entering.
/// Warning: a requester can enter its own race first, with anything, and have nobody judge it. It is then paid its own
/// reserve, and has lost the market's fee and the time for which its credits were locked; the others lose their work's
/// time, and keep their bonds and what they made.
/// Warning: silence pays the head, whatever it is. A requester needs an evaluator that speaks, or a pool with seats enough for
/// a quorum: look before posting.
interface IRaceBoard is IPanelClient {
    /// @dev Closed entries have nothing locked.
    enum Stage {
        None,
        Sealed,
        Shown,
        Convened,
        Closed
    }

    /// @dev Two slots; the second is written where the pool evaluates.
    /// @param head The entry that is judged, or while `deadline` is zero, from which on the next one is looked for.
    /// @param tail The entry that was committed to last.
    /// @param deadline Ends the window of the head; zero while there is none.
    /// @param bond What an entry has locked.
    /// @param fee What it has locked beside that: the fee of a panel, where the pool evaluates.
    /// @param over Whether the race has ended.
    /// @param unsealed Whether the requester's secret is known.
    struct Race {
        uint64 head;
        uint64 tail;
        uint32 deadline;
        uint48 bond;
        uint32 fee;
        bool over;
        bool unsealed;
        // slot 1
        bytes32 secret;
    }

    /// @dev Two slots. Entries are linked in the order of their commitments.
    /// @param digest What was committed to; from `show` on, the result.
    /// @param previous The entry before this one; zero for the first. So `next`.
    /// @param epoch The agent's ownership epoch.
    /// @param lot The first 64 bits of what was committed to: part of a panel's lot.
    struct Entry {
        bytes32 digest;
        // slot 1
        uint64 previous;
        uint64 next;
        uint32 epoch;
        uint64 lot;
        Stage stage;
    }

    /// @notice The first entry is made, and what each one locks is fixed.
    event RaceOpened(uint256 indexed taskId, uint256 bond, uint256 fee);
    /// @notice An agent took the last place with this commitment; `replaced` when it gave up another place for it.
    event EntryCommitted(uint256 indexed taskId, uint256 indexed agentId, bytes32 digest, bool replaced);
    event EntryShown(uint256 indexed taskId, uint256 indexed agentId, bytes32 result);
    /// @notice The bond of an entry that was not shown in time was burned.
    event EntryForfeited(uint256 indexed taskId, uint256 indexed agentId, uint256 bond);
    /// @notice The entry is judged from now until `deadline`; with zero, it is not shown and the search goes on from it. When
    /// `agentId` is zero too, no entry is left and the race has no winner.
    event HeadMoved(uint256 indexed taskId, uint256 indexed agentId, uint256 deadline);
    event SecretShown(uint256 indexed taskId, bytes32 secret);
    event PanelConvened(uint256 indexed taskId, uint256 indexed agentId, uint256 caseId);
    /// @notice The result has this score. Below the passing score half of the bond was burned.
    event EntryJudged(uint256 indexed taskId, uint256 indexed agentId, uint256 score);
    /// @notice The race has a winner; `silent` when nobody who was asked has spoken.
    event RaceWon(uint256 indexed taskId, uint256 indexed agentId, bool silent);
    /// @notice An entry that the race ended without judging has its credits back.
    event EntryWithdrawn(uint256 indexed taskId, uint256 indexed agentId, uint256 amount);

    /// @notice Thrown when the task is no race: it does not exist, has another mode, or is cancelled.
    error NotARace(uint256 taskId);
    /// @notice Thrown when the account may not bid for the agent, or the agent is inactive.
    error CannotEnter(uint256 agentId, address account);
    error EmptyDigest();
    error EmptyResult();
    /// @notice Thrown when result and salt do not hash to the commitment.
    error WrongOpening(uint256 taskId, uint256 agentId);
    /// @notice Thrown when a call does not fit how far the entry has come.
    error WrongEntryStage(uint256 taskId, uint256 agentId, Stage stage);
    /// @notice Thrown when a window has ended.
    error WindowClosed(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when a window has not ended yet.
    error WindowOpen(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when no entry is the head: `advance` is due, or the race has ended.
    error NoHead(uint256 taskId);
    /// @notice Thrown when another entry is the head.
    error NotHead(uint256 taskId, uint256 agentId, uint256 head);
    /// @notice Thrown when there is a head already.
    error HeadWaits(uint256 taskId, uint256 head);
    error RaceOver(uint256 taskId);
    error RaceNotOver(uint256 taskId);
    error NotEvaluator(uint256 taskId, address caller);
    error NotPool(address caller);
    /// @notice Thrown when the task is not evaluated by the pool, which alone needs a secret.
    error NotByPool(uint256 taskId);
    error ScoreOutOfBounds(uint256 score, uint256 minimum, uint256 maximum);
    /// @notice Thrown when a file's parts do not hash to what the task keeps.
    error WrongFile(uint256 taskId);
    error WrongSecret(uint256 taskId);
    /// @notice Thrown when the secret is known already.
    error AlreadyUnsealed(uint256 taskId);
    /// @notice Thrown when the requester's secret is not known yet.
    error StillSealed(uint256 taskId);

    /// @notice Enters an agent at the last place, within the bidding window, and locks the bond and, where the pool
    /// evaluates, the fee of a panel. A second call replaces the commitment, moves the entry to the last place, and locks
    /// nothing more.
    /// @param digest `commitmentOf` the result.
    /// @dev Warning: a salt with less than 128 bits of randomness can be guessed, where the result can.
    function enter(uint256 taskId, uint256 agentId, bytes32 digest) external;

    /// @notice Opens a commitment within the reveal window. Anyone who holds the opening may.
    /// @param result SHA-256 of the work.
    function show(uint256 taskId, uint256 agentId, bytes32 result, bytes32 salt) external;

    /// @notice Burns the bond of an entry that was not shown, and frees its fee. Anyone, after the reveal window.
    function forfeit(uint256 taskId, uint256 agentId) external;

    /// @notice Finds the next head, passing over at most `maxSteps` entries that are not shown, or ends the race when none is
    /// left. Anyone, after the reveal window, while there is no head.
    function advance(uint256 taskId, uint256 maxSteps) external;

    /// @notice Scores the head, `agentId`, within its window. Only the evaluator. At the passing score or above the race is
    /// won; below it, the next entry is the head.
    function judge(uint256 taskId, uint256 agentId, uint256 score) external;

    /// @notice Shows the requester's secret, once for all panels of the race. Anyone who has it, within the window of a head.
    /// @param file With a zero result.
    function unseal(uint256 taskId, ITaskManager.File calldata file, bytes32 secret) external;

    /// @notice Convenes the panel that judges the head. Anyone, within the head's window, once the secret is known.
    function convene(uint256 taskId) external;

    /// @notice Pays the head when its window has passed and nobody was asked to judge it, or nobody did. Anyone. No
    /// reputation moves.
    function release(uint256 taskId) external;

    /// @notice Frees what an entry that was shown and never judged has locked. Anyone, after the race has ended.
    function withdraw(uint256 taskId, uint256 agentId) external;

    /// @notice The digest that binds chain, contract, task, agent, result and salt.
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        bytes32 result,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice The number under which the pool knows the panel that judges an entry.
    function caseOf(uint256 taskId, uint256 agentId) external pure returns (uint256);

    /// @notice The entry that is judged now and the end of its window; zeros while there is none.
    function headOf(uint256 taskId) external view returns (uint256 agentId, uint256 deadline);

    /// @dev All zero before the first entry.
    function getRace(uint256 taskId) external view returns (Race memory);

    /// @dev All zero where there is no entry.
    function getEntry(uint256 taskId, uint256 agentId) external view returns (Entry memory);
}
