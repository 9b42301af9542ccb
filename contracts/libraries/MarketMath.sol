// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The market's amounts, each rounded in favour of whoever did not choose the numbers.
library MarketMath {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant PERCENT = 100;

    /// @dev The smallest bond and the smallest reserve: a tenth of a credit. It keeps every bond above
    /// zero, so that an agent with a live bid always has something locked.
    uint256 internal constant MIN_BOND = 100_000;
    uint256 internal constant MIN_RESERVE = 100_000;
    uint256 internal constant MAX_RESERVE = type(uint48).max;

    /// @dev A panel that hears a case first, and the one that hears an appeal: odd, so that a median exists.
    uint256 internal constant PANEL_SIZE = 3;
    uint256 internal constant APPEAL_SIZE = 7;

    /// @dev Seat fees are kept in thousandths of a credit.
    uint256 private constant SEAT_FEE_UNIT = 1_000;
    uint256 private constant COMPENSATION_PERCENT = 10;

    /// @notice What a bidder locks: a share of the reserve, rounded up.
    function bondOf(uint256 reserve, uint256 percent) internal pure returns (uint256) {
        uint256 bond = _percentUp(reserve, percent);
        return bond < MIN_BOND ? MIN_BOND : bond;
    }

    /// @notice What a requester owes a worker whose work it rejected wrongly: a tenth of the reserve, rounded up.
    function compensationOf(uint256 reserve) internal pure returns (uint256) {
        return _percentUp(reserve, COMPENSATION_PERCENT);
    }

    /// @notice What a panel of `seats` is paid, in units, by a seat fee in thousandths of a credit.
    function panelFeeOf(uint256 seats, uint256 seatFee) internal pure returns (uint256) {
        return seats * seatFee * SEAT_FEE_UNIT;
    }

    /// @notice The market's share of a price, rounded down.
    function feeOf(uint256 price, uint256 feeBps) internal pure returns (uint256) {
        return (price * feeBps) / BPS;
    }

    /// @notice The part of a bond that a final rejection burns, rounded up.
    function rejectionBurnOf(uint256 bond) internal pure returns (uint256) {
        return (bond + 1) / 2;
    }

    function _percentUp(uint256 amount, uint256 percent) private pure returns (uint256) {
        return (amount * percent + PERCENT - 1) / PERCENT;
    }
}
