// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "./interfaces/IEvaluatorPool.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {accountOf} from "./libraries/Account.sol";

/// @notice The evaluators' seats: who holds them, what is staked on them, and how some are drawn by lot. See
/// {IEvaluatorPool}, where everything is documented.
/// @dev While a draw is pending no seat moves, and who announces to leave can still be drawn: what is drawn depends on the
/// lot alone.
abstract contract EvaluatorSeats is IEvaluatorPool {
    /// @notice How many slashes a stake bears.
    uint256 public constant SLASHES = 4;

    /// @dev How many places are probed for each seat of a panel.
    uint256 private constant PROBES = 64;

    ILedger public immutable ledger;

    /// @notice What each seat stakes, in units.
    uint256 public immutable seatStake;

    /// @notice How long before a case's `bornBefore` a seat must have been taken, in seconds.
    uint256 public immutable warmUp;

    /// @notice How long after the announcement a seat can be left, in seconds.
    uint256 public immutable leaveDelay;

    /// @inheritdoc IEvaluatorPool
    uint256 public seatCount;

    /// @inheritdoc IEvaluatorPool
    uint256 public pendingDraws;

    /// @dev A seat's number is its place here.
    Seat[] private _seats;

    constructor(ILedger ledger_, uint256 seatStake_, uint256 warmUp_, uint256 leaveDelay_) {
        require(seatStake_ >= SLASHES, StakeTooSmall(seatStake_, SLASHES));
        ledger = ledger_;
        seatStake = seatStake_;
        warmUp = warmUp_;
        leaveDelay = leaveDelay_;
    }

    /* EVALUATORS */

    /// @inheritdoc IEvaluatorPool
    function takeSeat() external returns (uint256 seat) {
        seat = _seats.length;
        _seats.push(
            Seat({
                holder: msg.sender,
                bornAt: uint40(block.timestamp),
                leavingSince: 0,
                duties: 0,
                slashes: 0
            })
        );
        seatCount++;

        emit SeatTaken(seat, msg.sender, seatStake);
        ledger.lock(accountOf(msg.sender), seatStake);
    }

    /// @inheritdoc IEvaluatorPool
    function announceLeave(uint256 seat) external {
        Seat memory current = seatOf(seat);
        require(current.holder == msg.sender, NotHolder(seat, msg.sender));
        require(current.leavingSince == 0, AlreadyLeaving(seat, current.leavingSince + leaveDelay));
        _putOnLeave(seat);
    }

    /* ANYONE */

    /// @inheritdoc IEvaluatorPool
    function leaveSeat(uint256 seat) external {
        Seat memory current = seatOf(seat);
        require(current.leavingSince != 0, NotLeaving(seat));
        uint256 end = current.leavingSince + leaveDelay;
        require(block.timestamp >= end, LeaveTooEarly(seat, end, block.timestamp));
        require(current.duties == 0, SeatOnDuty(seat, current.duties));
        uint256 stake = stakeOf(seat);
        delete _seats[seat];

        emit SeatLeft(seat, current.holder, stake);
        if (pendingDraws == 0 && _seats[_seats.length - 1].duties == 0) _closeGap(seat);
        if (stake != 0) ledger.unlock(accountOf(current.holder), stake);
    }

    /// @inheritdoc IEvaluatorPool
    function closeGap(uint256 place) external {
        require(place < _seats.length, PlaceOutOfBounds(place, _seats.length));
        require(_seats[place].holder == address(0), SeatIsTaken(place, _seats[place].holder));
        require(pendingDraws == 0, DrawsPending(pendingDraws));
        uint256 last = _seats.length - 1;
        require(_seats[last].duties == 0, SeatOnDuty(last, _seats[last].duties));
        _closeGap(place);
    }

    /* VIEWS */

    /// @inheritdoc IEvaluatorPool
    function seatOf(uint256 seat) public view returns (Seat memory current) {
        if (seat < _seats.length) current = _seats[seat];
    }

    /// @inheritdoc IEvaluatorPool
    function stakeOf(uint256 seat) public view returns (uint256) {
        Seat memory current = seatOf(seat);
        return current.holder == address(0) ? 0 : seatStake - current.slashes * _slashAmount();
    }

    /* INTERNAL */

    function _places() internal view returns (uint256) {
        return _seats.length;
    }

    /// @dev Up to `panel.size` seats that differ from each other and from those of `earlier`.
    function _pick(
        Panel memory panel,
        bytes32 lot,
        Vote[] memory earlier
    ) internal view returns (uint256[] memory picked) {
        uint256 past = earlier.length;
        uint256[] memory used = new uint256[](past + panel.size);
        for (uint256 i = 0; i < past; i++) used[i] = earlier[i].seat;
        uint256 count = past;
        uint256 probes = panel.places == 0 ? 0 : PROBES * panel.size;
        for (uint256 i = 0; i < probes && count < used.length; i++) {
            uint256 place = uint256(keccak256(abi.encode(panel.seed, panel.round, lot, i))) % panel.places;
            if (_isDrawable(place, panel) && !_contains(used, count, place)) used[count++] = place;
        }
        picked = new uint256[](count - past);
        for (uint256 i = 0; i < picked.length; i++) picked[i] = used[past + i];
    }

    function _takeDuty(uint256 seat) internal {
        _seats[seat].duties++;
    }

    function _endDuty(uint256 seat) internal {
        _seats[seat].duties--;
    }

    /// @dev Returns what the caller takes from the holder's locked credits: less than a full slash only when other panels
    /// have taken all.
    function _slash(uint256 seat) internal returns (uint256 amount) {
        Seat storage current = _seats[seat];
        if (current.leavingSince == 0) _putOnLeave(seat);
        if (current.slashes == SLASHES) return 0;
        current.slashes++;
        return _slashAmount();
    }

    function _putOnLeave(uint256 seat) private {
        _seats[seat].leavingSince = uint40(block.timestamp);
        seatCount--;

        emit SeatLeaving(seat, _seats[seat].holder, block.timestamp + leaveDelay);
    }

    function _closeGap(uint256 place) private {
        uint256 last = _seats.length - 1;
        if (_seats[last].holder != address(0)) {
            _seats[place] = _seats[last];

            emit SeatMoved(last, place);
        }
        _seats.pop();
    }

    /// @dev Who announced to leave after the draw was fixed is still drawn, or else could choose between two panels.
    function _isDrawable(uint256 place, Panel memory panel) private view returns (bool) {
        Seat memory current = _seats[place];
        bool stays = current.leavingSince == 0 || current.leavingSince >= panel.since;
        bool warm = current.bornAt + warmUp < panel.bornBefore;
        return current.holder != address(0) && stays && warm && current.duties != type(uint8).max;
    }

    function _slashAmount() private view returns (uint256) {
        return seatStake / SLASHES;
    }

    function _contains(uint256[] memory used, uint256 count, uint256 seat) private pure returns (bool) {
        for (uint256 i = 0; i < count; i++) if (used[i] == seat) return true;
        return false;
    }
}
