// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EvaluatorSeats} from "./EvaluatorSeats.sol";
import {IEvaluatorPool} from "./interfaces/IEvaluatorPool.sol";
import {IPanelClient} from "./interfaces/IPanelClient.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account, accountOf} from "./libraries/Account.sol";
import {medianOf} from "./libraries/Median.sol";

/// @notice See {IEvaluatorPool}, where everything is documented.
contract EvaluatorPool is EvaluatorSeats {
    uint256 public constant MAX_SIZE = 15;
    uint256 public constant MAX_SCORE = 100;

    /// @notice How far from the median a score may be without a slash.
    uint256 public constant BAND = 20;

    /// @dev Wider than any client's own bounds: a window that a task was created with must not stop its dispute.
    uint256 private constant MAX_WINDOW = type(uint24).max;

    address public immutable tasks;
    address public immutable race;

    mapping(address client => mapping(uint256 caseId => Panel)) private _panels;

    /// @dev All that a case's rounds drew, in order; the current panel is the tail.
    mapping(address client => mapping(uint256 caseId => Vote[])) private _votes;

    constructor(
        Wiring memory wiring,
        uint256 seatStake_,
        uint256 warmUp_,
        uint256 leaveDelay_
    ) EvaluatorSeats(wiring.ledger, seatStake_, warmUp_, leaveDelay_) {
        require(address(wiring.pool) == address(this), Miswired(address(wiring.pool), address(this)));
        tasks = address(wiring.tasks);
        race = address(wiring.race);
    }

    /* CLIENTS */

    /// @inheritdoc IEvaluatorPool
    function convene(Case calldata request) external {
        require(msg.sender == tasks || msg.sender == race, NotClient(msg.sender));
        Panel storage panel = _panelIn(msg.sender, request.caseId, Stage.None);
        require(
            request.window != 0 && request.window <= MAX_WINDOW,
            WindowOutOfBounds(request.window, 1, MAX_WINDOW)
        );
        require(request.bornBefore <= block.timestamp, BirthInFuture(request.bornBefore, block.timestamp));
        _setSize(panel, request.size, request.fee);
        panel.stage = Stage.Sealed;
        panel.window = uint24(request.window);
        panel.bornBefore = uint40(request.bornBefore);
        panel.seed = request.entropy;

        emit CaseConvened(
            msg.sender,
            request.caseId,
            request.size,
            request.fee,
            request.bornBefore,
            request.window,
            request.entropy
        );
    }

    /// @inheritdoc IEvaluatorPool
    function unseal(uint256 caseId, bytes32 secret) external {
        Panel storage panel = _panelIn(msg.sender, caseId, Stage.Sealed);
        panel.seed = keccak256(abi.encode(secret, panel.seed, msg.sender, caseId));
        panel.round = 1;

        emit CaseUnsealed(msg.sender, caseId, secret);
        _fixDraw(msg.sender, caseId, panel);
    }

    /// @inheritdoc IEvaluatorPool
    function reconvene(uint256 caseId, uint256 size, uint256 fee) external {
        Panel storage panel = _panelIn(msg.sender, caseId, Stage.Decided);
        _setSize(panel, size, fee);
        panel.redrawn = false;
        panel.round++;

        emit CaseReconvened(msg.sender, caseId, size, fee);
        _fixDraw(msg.sender, caseId, panel);
    }

    /* MEMBERS */

    /// @inheritdoc IEvaluatorPool
    function commitScore(address client, uint256 caseId, uint256 seat, uint208 digest) external {
        require(digest != 0, EmptyDigest());
        Panel memory panel = _panelIn(client, caseId, Stage.Scoring);
        _checkBefore(client, caseId, panel.since + panel.window);
        Vote storage vote = _voteOf(client, caseId, panel.members, seat);
        require(vote.digest == 0, AlreadyCommitted(client, caseId, seat));
        vote.digest = digest;

        emit ScoreCommitted(client, caseId, seat, panel.round, digest);
    }

    /// @inheritdoc IEvaluatorPool
    function revealScore(address client, uint256 caseId, uint256 seat, uint256 score, bytes32 salt) external {
        Panel memory panel = _panelIn(client, caseId, Stage.Scoring);
        uint256 start = panel.since + panel.window;
        _checkAfter(client, caseId, start);
        _checkBefore(client, caseId, start + panel.window);
        Vote storage vote = _voteOf(client, caseId, panel.members, seat);
        require(!vote.revealed, AlreadyRevealed(client, caseId, seat));
        require(
            vote.digest == scoreDigest(client, caseId, panel.round, seat, score, salt),
            WrongScoreOpening(client, caseId, seat)
        );
        require(score <= MAX_SCORE, ScoreOutOfBounds(score, 0, MAX_SCORE));
        vote.score = uint8(score);
        vote.revealed = true;

        emit ScoreRevealed(client, caseId, seat, panel.round, score);
    }

    /* ANYONE */

    /// @inheritdoc IEvaluatorPool
    function draw(address client, uint256 caseId) external {
        Panel storage panel = _panelIn(client, caseId, Stage.Drawing);
        uint256 drawBlock = panel.drawBlock;
        require(block.number > drawBlock, DrawTooEarly(drawBlock, block.number));
        bytes32 lot = blockhash(drawBlock);
        pendingDraws--;
        if (lot == 0) {
            _fixDraw(client, caseId, panel);
            return;
        }
        uint256[] memory seats = _pick(panel, lot, _votes[client][caseId]);
        if (seats.length >= _quorumOf(panel.size)) {
            _seat(client, caseId, panel, seats);
            return;
        }

        emit DrawFailed(client, caseId, panel.round, seats.length);
        if (!panel.redrawn) _redraw(client, caseId, panel);
        else _close(client, caseId, panel, false, 0);
    }

    /// @inheritdoc IEvaluatorPool
    function tally(address client, uint256 caseId) external {
        Panel storage panel = _panelIn(client, caseId, Stage.Scoring);
        _checkAfter(client, caseId, panel.since + 2 * uint256(panel.window));
        Vote[] memory votes = membersOf(client, caseId);
        (uint256 revealed, uint256 median) = _count(votes);
        bool decided = revealed >= _quorumOf(panel.size);
        uint256 fee = decided ? uint256(panel.seatFee) * panel.size : 0;
        bool[] memory coherent = _coherent(votes, median, decided ? BAND : MAX_SCORE);
        // The slashes wait in the pool's own account, since the client has yet to name who pays the fee.
        emit PanelTallied(client, caseId, panel.round, revealed);
        uint256 pot = _slashOthers(client, caseId, votes, coherent, revealed == 0);
        if (decided || panel.redrawn) {
            Account payer = _close(client, caseId, panel, decided, decided ? median : 0);
            if (fee != 0) ledger.pay(payer, accountOf(address(this)), fee);
        } else {
            _redraw(client, caseId, panel);
        }
        _share(client, caseId, votes, coherent, pot + fee);
    }

    /* VIEWS */

    /// @inheritdoc IEvaluatorPool
    function panelOf(address client, uint256 caseId) external view returns (Panel memory) {
        return _panels[client][caseId];
    }

    /// @inheritdoc IEvaluatorPool
    function membersOf(address client, uint256 caseId) public view returns (Vote[] memory members) {
        Vote[] storage votes = _votes[client][caseId];
        members = new Vote[](_panels[client][caseId].members);
        uint256 first = votes.length - members.length;
        for (uint256 i = 0; i < members.length; i++) members[i] = votes[first + i];
    }

    /// @inheritdoc IEvaluatorPool
    function scoreDigest(
        address client,
        uint256 caseId,
        uint256 round,
        uint256 seat,
        uint256 score,
        bytes32 salt
    ) public view returns (uint208) {
        bytes32 digest = keccak256(
            abi.encode(block.chainid, address(this), client, caseId, round, seat, score, salt)
        );
        return uint208(uint256(digest) >> 48);
    }

    /* INTERNAL: DRAWS */

    function _setSize(Panel storage panel, uint256 size, uint256 fee) internal {
        require(size % 2 == 1, PanelEven(size));
        uint256 maximum = seatCount < MAX_SIZE ? seatCount : MAX_SIZE;
        require(size <= maximum, PanelTooLarge(size, maximum));
        require(fee % size == 0 && fee / size <= type(uint40).max, InvalidFee(fee, size));
        panel.size = uint8(size);
        panel.seatFee = uint40(fee / size);
    }

    /// @dev Binds the draw to a block that does not exist yet and to the places of now, which only grow until then.
    function _fixDraw(address client, uint256 caseId, Panel storage panel) internal {
        uint256 drawBlock = block.number + 1;
        uint256 places = _places();
        panel.stage = Stage.Drawing;
        panel.members = 0;
        panel.places = uint32(places);
        panel.drawBlock = uint40(drawBlock);
        panel.since = uint40(block.timestamp);
        pendingDraws++;

        emit DrawFixed(client, caseId, panel.round, drawBlock, places);
    }

    function _redraw(address client, uint256 caseId, Panel storage panel) internal {
        panel.redrawn = true;
        panel.round++;
        _fixDraw(client, caseId, panel);
    }

    function _seat(address client, uint256 caseId, Panel storage panel, uint256[] memory seats) internal {
        address[] memory holders = new address[](seats.length);
        panel.stage = Stage.Scoring;
        panel.members = uint8(seats.length);
        panel.since = uint40(block.timestamp);
        for (uint256 i = 0; i < seats.length; i++) {
            holders[i] = seatOf(seats[i]).holder;
            _takeDuty(seats[i]);
            _votes[client][caseId].push(Vote({digest: 0, seat: uint32(seats[i]), score: 0, revealed: false}));
        }

        uint256 commitEnd = block.timestamp + panel.window;
        emit PanelDrawn(client, caseId, panel.round, seats, holders, commitEnd, commitEnd + panel.window);
    }

    /* INTERNAL: VERDICTS */

    /// @dev The stage changes before the client is called, so that a case cannot be closed twice.
    function _close(
        address client,
        uint256 caseId,
        Panel storage panel,
        bool decided,
        uint256 score
    ) internal returns (Account payer) {
        panel.stage = decided ? Stage.Decided : Stage.Undecided;

        emit CaseClosed(client, caseId, decided, score);
        return IPanelClient(client).rule(caseId, decided, score);
    }

    /// @dev Slashes who is not coherent. Returns what that brought.
    function _slashOthers(
        address client,
        uint256 caseId,
        Vote[] memory votes,
        bool[] memory coherent,
        bool burned
    ) internal returns (uint256 pot) {
        for (uint256 i = 0; i < votes.length; i++) {
            if (coherent[i]) continue;
            uint256 seat = votes[i].seat;
            uint256 amount = _slash(seat);
            if (amount == 0) continue;
            address holder = seatOf(seat).holder;

            emit EvaluatorSlashed(client, caseId, seat, holder, amount);
            if (burned) {
                ledger.burn(accountOf(holder), amount);
            } else {
                ledger.pay(accountOf(holder), accountOf(address(this)), amount);
                pot += amount;
            }
        }
    }

    /// @dev Equal parts to the coherent; the odd units go to the first of them. The duties end here and not before, so that
    /// no seat changes hands while it is owed something.
    function _share(
        address client,
        uint256 caseId,
        Vote[] memory votes,
        bool[] memory coherent,
        uint256 pot
    ) internal {
        uint256 count = 0;
        for (uint256 i = 0; i < votes.length; i++) if (coherent[i]) count++;
        uint256 odd = count == 0 ? 0 : pot % count;
        if (pot != 0) ledger.lock(accountOf(address(this)), pot);
        for (uint256 i = 0; i < votes.length; i++) {
            uint256 seat = votes[i].seat;
            _endDuty(seat);
            if (!coherent[i]) continue;
            uint256 amount = pot / count + odd;
            odd = 0;
            if (amount == 0) continue;
            address holder = seatOf(seat).holder;

            emit EvaluatorPaid(client, caseId, seat, holder, amount);
            ledger.pay(accountOf(address(this)), accountOf(holder), amount);
        }
    }

    function _count(Vote[] memory votes) internal pure returns (uint256 revealed, uint256 median) {
        uint256[] memory scores = new uint256[](votes.length);
        for (uint256 i = 0; i < votes.length; i++) {
            if (votes[i].revealed) scores[revealed++] = votes[i].score;
        }
        if (revealed != 0) median = medianOf(scores, revealed);
    }

    /// @dev Whose score is known and no farther than `band` from the median.
    function _coherent(
        Vote[] memory votes,
        uint256 median,
        uint256 band
    ) internal pure returns (bool[] memory coherent) {
        coherent = new bool[](votes.length);
        for (uint256 i = 0; i < votes.length; i++) {
            uint256 score = votes[i].score;
            uint256 distance = score < median ? median - score : score - median;
            coherent[i] = votes[i].revealed && distance <= band;
        }
    }

    function _quorumOf(uint256 size) internal pure returns (uint256) {
        return (size + 1) / 2;
    }

    /* INTERNAL: CHECKS */

    function _panelIn(
        address client,
        uint256 caseId,
        Stage stage
    ) internal view returns (Panel storage panel) {
        panel = _panels[client][caseId];
        require(panel.stage == stage, WrongStage(client, caseId, panel.stage));
    }

    /// @dev The vote of `seat` among the last `members` ones, if the caller holds the seat.
    function _voteOf(
        address client,
        uint256 caseId,
        uint256 members,
        uint256 seat
    ) internal view returns (Vote storage vote) {
        require(seatOf(seat).holder == msg.sender, NotMember(client, caseId, seat, msg.sender));
        Vote[] storage votes = _votes[client][caseId];
        for (uint256 i = votes.length - members; i < votes.length; i++) {
            if (votes[i].seat == seat) return votes[i];
        }
        revert NotMember(client, caseId, seat, msg.sender);
    }

    function _checkBefore(address client, uint256 caseId, uint256 end) internal view {
        require(block.timestamp < end, StageOver(client, caseId, end, block.timestamp));
    }

    function _checkAfter(address client, uint256 caseId, uint256 end) internal view {
        require(block.timestamp >= end, StageNotOver(client, caseId, end, block.timestamp));
    }
}
