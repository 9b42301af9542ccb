// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Panels of staked evaluators: drawn by lot, scoring under seal, deciding by the median.
///
///     Sealed ──► Drawing ──► Scoring ──► Decided      a quorum spoke; may be reconvened, from Drawing on
///                   ▲           │
///                   └───────────┴──► Undecided        no quorum: drawn again once, then given up
///
/// @notice A seat is one stake, one chance in a draw and one vote. Whoever wants more weight takes more seats, under one
/// address or many: it is the same. Every step after `unseal` can be taken by anyone once its time has come, so neither
/// evaluators who are silent, who leave or who never came can keep a case from its end.
/// @dev The lot is the hash of a block that does not exist when the secret becomes known, so that not even a requester and
/// a worker who are one person can try panels until one suits them. Warning: whoever builds that block can, by building
/// another or none; and whoever alone dislikes a panel gets another if nobody calls `draw` within 256 blocks. The chain's
/// `blockhash` must be that of its own blocks.
/// @dev Places are probed at random a bounded number of times. Warning: whoever can stake many times what all others have
/// staked can fill the places with seats that are too young, and panels with nobody; with less it could own the panels.
/// @dev Windows are half-open, [start, end), in block.timestamp.
interface IEvaluatorPool {
    /// @dev None is a case that nobody convened.
    enum Stage {
        None,
        Sealed,
        Drawing,
        Scoring,
        Decided,
        Undecided
    }

    /// @param caseId The client's own number for what is to be judged.
    /// @param size How many seats are drawn: odd, and no more than can be drawn from.
    /// @param fee What the panel is paid in all, in units; a multiple of `size`.
    /// @param bornBefore Seats must have been taken earlier than this by more than the warm-up: later ones may have been
    /// taken for this case.
    /// @param window Seconds for the sealed scores, and again for their opening.
    /// @param entropy What the worker bound itself to before it could know the requester's secret.
    struct Case {
        uint256 caseId;
        uint256 size;
        uint256 fee;
        uint256 bornBefore;
        uint256 window;
        bytes32 entropy;
    }

    /// @dev One slot; all zero where a seat was left.
    /// @param leavingSince When it was announced that the seat will be left, or when it was slashed; else zero.
    /// @param duties How many panels the seat sits on now.
    /// @param slashes How often it was slashed.
    struct Seat {
        address holder;
        uint40 bornAt;
        uint40 leavingSince;
        uint8 duties;
        uint8 slashes;
    }

    /// @dev Two slots.
    /// @param round Counts the draws, over redraws and appeals; those that came too late share a number.
    /// @param members How many seats the round's draw found.
    /// @param redrawn Whether the panel has had its second draw.
    /// @param places How many places are drawn from.
    /// @param since When the draw was fixed, or, once scoring, when it was made.
    /// @param seatFee The fee divided by the size.
    /// @param seed The entropy, until it is mixed with the secret.
    struct Panel {
        Stage stage;
        uint8 size;
        uint8 round;
        uint8 members;
        bool redrawn;
        uint24 window;
        uint32 places;
        uint40 bornBefore;
        uint40 drawBlock;
        uint40 since;
        uint40 seatFee;
        // slot 1
        bytes32 seed;
    }

    /// @dev One slot.
    struct Vote {
        uint208 digest;
        uint32 seat;
        uint8 score;
        bool revealed;
    }

    event SeatTaken(uint256 indexed seat, address indexed holder, uint256 stake);
    /// @notice The seat is drawn no more, and can be left at `end`.
    event SeatLeaving(uint256 indexed seat, address indexed holder, uint256 end);
    /// @notice The rest of the seat's stake is free.
    event SeatLeft(uint256 indexed seat, address indexed holder, uint256 stake);
    /// @notice The seat at the last place took an empty one.
    event SeatMoved(uint256 indexed from, uint256 indexed to);

    event CaseConvened(
        address indexed client,
        uint256 indexed caseId,
        uint256 size,
        uint256 fee,
        uint256 bornBefore,
        uint256 window,
        bytes32 entropy
    );
    event CaseUnsealed(address indexed client, uint256 indexed caseId, bytes32 secret);
    event CaseReconvened(address indexed client, uint256 indexed caseId, uint256 size, uint256 fee);
    /// @notice The round will be drawn by the hash of `drawBlock`, from the first `places`; once more for the same round
    /// when nobody drew in time.
    event DrawFixed(
        address indexed client,
        uint256 indexed caseId,
        uint256 round,
        uint256 drawBlock,
        uint256 places
    );
    /// @notice Fewer seats than a quorum were found.
    event DrawFailed(address indexed client, uint256 indexed caseId, uint256 round, uint256 found);
    event PanelDrawn(
        address indexed client,
        uint256 indexed caseId,
        uint256 round,
        uint256[] seats,
        address[] holders,
        uint256 commitEnd,
        uint256 revealEnd
    );
    event ScoreCommitted(
        address indexed client,
        uint256 indexed caseId,
        uint256 indexed seat,
        uint256 round,
        uint208 digest
    );
    event ScoreRevealed(
        address indexed client,
        uint256 indexed caseId,
        uint256 indexed seat,
        uint256 round,
        uint256 score
    );
    event PanelTallied(address indexed client, uint256 indexed caseId, uint256 round, uint256 revealed);
    /// @notice The client was told; `score` is zero unless `decided`.
    event CaseClosed(address indexed client, uint256 indexed caseId, bool decided, uint256 score);
    event EvaluatorPaid(
        address indexed client,
        uint256 indexed caseId,
        uint256 indexed seat,
        address holder,
        uint256 amount
    );
    event EvaluatorSlashed(
        address indexed client,
        uint256 indexed caseId,
        uint256 indexed seat,
        address holder,
        uint256 amount
    );

    /// @notice Thrown when the caller may not convene panels.
    error NotClient(address caller);
    /// @notice Thrown when a call does not fit the case's stage.
    error WrongStage(address client, uint256 caseId, Stage stage);
    error PanelEven(uint256 size);
    /// @notice Thrown when a panel would be larger than allowed, or than the seats that can be drawn.
    error PanelTooLarge(uint256 size, uint256 maximum);
    /// @notice Thrown when a fee cannot be divided by the panel's size, or is beyond all measure.
    error InvalidFee(uint256 fee, uint256 size);
    error WindowOutOfBounds(uint256 window, uint256 minimum, uint256 maximum);
    /// @notice Thrown when seats that are not taken yet would be old enough.
    error BirthInFuture(uint256 bornBefore, uint256 timestamp);
    /// @notice Thrown when the block that decides the draw is not there yet.
    error DrawTooEarly(uint256 drawBlock, uint256 blockNumber);
    /// @notice Thrown when a window has ended.
    error StageOver(address client, uint256 caseId, uint256 end, uint256 timestamp);
    /// @notice Thrown when a window has not ended yet.
    error StageNotOver(address client, uint256 caseId, uint256 end, uint256 timestamp);
    /// @notice Thrown when the seat is not on the panel, or the caller does not hold it.
    error NotMember(address client, uint256 caseId, uint256 seat, address caller);
    error EmptyDigest();
    error AlreadyCommitted(address client, uint256 caseId, uint256 seat);
    error AlreadyRevealed(address client, uint256 caseId, uint256 seat);
    /// @notice Thrown when score and salt are not what was committed to.
    error WrongScoreOpening(address client, uint256 caseId, uint256 seat);
    error ScoreOutOfBounds(uint256 score, uint256 minimum, uint256 maximum);
    error StakeTooSmall(uint256 stake, uint256 minimum);
    error NotHolder(uint256 seat, address caller);
    error AlreadyLeaving(uint256 seat, uint256 end);
    error NotLeaving(uint256 seat);
    error LeaveTooEarly(uint256 seat, uint256 end, uint256 timestamp);
    /// @notice Thrown when a seat still sits on a panel.
    error SeatOnDuty(uint256 seat, uint256 duties);
    error SeatIsTaken(uint256 seat, address holder);
    error PlaceOutOfBounds(uint256 place, uint256 places);
    /// @notice Thrown when places cannot be changed because draws from them are fixed but not made; anyone can make them.
    error DrawsPending(uint256 draws);

    /* EVALUATORS */

    /// @notice Takes a seat: locks its stake in the caller's Ledger account.
    /// @dev Follow `SeatMoved`: while it is not on a panel, a seat can get another number.
    function takeSeat() external returns (uint256 seat);

    /// @notice Has a seat drawn no more. Only its holder. Draws that are already fixed can still hit it, so that nobody
    /// leaves in order to change them.
    function announceLeave(uint256 seat) external;

    /// @notice Leaves a seat and unlocks the rest of its stake. Anyone, when the delay has passed since the announcement
    /// and the seat is on no panel.
    /// @dev The delay must be longer than 256 blocks take: a seat then never vanishes under a draw that can hit it.
    function leaveSeat(uint256 seat) external;

    /// @notice Moves the seat at the last place to an empty one. Anyone, while no draw is pending. `leaveSeat` does it by
    /// itself where it can.
    function closeGap(uint256 place) external;

    /// @notice Commits to a score, within the first window after the draw. Only the holder of a seat on the panel, who does
    /// so once for each of its seats.
    /// @param digest `scoreDigest` of the score, under a salt of at least 128 random bits.
    function commitScore(address client, uint256 caseId, uint256 seat, uint208 digest) external;

    /// @notice Opens a score, within the second window. Only the holder.
    function revealScore(address client, uint256 caseId, uint256 seat, uint256 score, bytes32 salt) external;

    /* CLIENTS */

    /// @notice Opens a case. Only a client. Nobody is drawn before `unseal`.
    /// @dev Warning: it reverts with PanelTooLarge when too many evaluators have left; see `seatCount`.
    function convene(Case calldata request) external;

    /// @notice Gives the secret that the requester was bound to since before the award; the panel can be drawn from now
    /// on, by anyone, with the hash of a block still to come. Only the client of the case.
    function unseal(uint256 caseId, bytes32 secret) external;

    /// @notice Convenes a larger panel on a case that is decided, from the same secrets and another block's hash. Only the
    /// client of the case.
    function reconvene(uint256 caseId, uint256 size, uint256 fee) external;

    /* ANYONE */

    /// @notice Draws the panel once its block is there. If that was so long ago that its hash is lost, fixes another block
    /// instead.
    /// @dev Nobody sits twice on one case: places that were drawn for it before are passed over. With fewer seats than the
    /// size the panel goes on if they are a quorum, (size + 1) / 2.
    function draw(address client, uint256 caseId) external;

    /// @notice Counts the scores after the second window, slashes who was silent or far off, pays the others, and tells the
    /// client; without a quorum, has the panel drawn again once.
    /// @dev The verdict is the median, of an even count the upper one of the middle two. A slash is a quarter of a
    /// stake and puts the seat on leave. The fee and the slashes are shared equally by who scored within 20 points of the
    /// median, or, without a quorum, the slashes by all who scored; if nobody did they are burned.
    function tally(address client, uint256 caseId) external;

    /* VIEWS */

    /// @notice How many seats are taken, without those that are being left.
    function seatCount() external view returns (uint256);

    /// @notice How many draws are fixed and not made.
    function pendingDraws() external view returns (uint256);

    /// @dev All zero where there is no seat.
    function seatOf(uint256 seat) external view returns (Seat memory);

    /// @notice What is left of a seat's stake, in units.
    function stakeOf(uint256 seat) external view returns (uint256);

    function panelOf(address client, uint256 caseId) external view returns (Panel memory);

    /// @notice The votes of the latest draw's panel; none before it is made.
    function membersOf(address client, uint256 caseId) external view returns (Vote[] memory);

    /// @notice What the holder of `seat` commits to in the case's round `round`.
    /// @dev A seat has one holder while it is on a panel, so a digest that somebody copies opens nothing.
    function scoreDigest(
        address client,
        uint256 caseId,
        uint256 round,
        uint256 seat,
        uint256 score,
        bytes32 salt
    ) external view returns (uint208);
}
