// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The market's amounts, each rounded in favour of whoever did not choose the numbers.
library MarketMath {
    uint256 internal constant BPS = 10_000;

    /// @dev The smallest bond and the smallest reserve: a tenth of a credit. It keeps every bond above
    /// zero, so that an agent with a live bid always has something locked.
    uint256 internal constant MIN_BOND = 100_000;
    uint256 internal constant MIN_RESERVE = 100_000;
    uint256 internal constant MAX_RESERVE = type(uint88).max;

    uint256 private constant BOND_BPS = 1_000;
    uint256 private constant DEPOSIT_BPS = 1_000;

    /// @notice What a bidder locks with its commitment: a tenth of the reserve, rounded up.
    function bondOf(uint256 reserve) internal pure returns (uint256) {
        uint256 bond = (reserve * BOND_BPS + BPS - 1) / BPS;
        return bond < MIN_BOND ? MIN_BOND : bond;
    }

    /// @notice What a requester locks beside the reserve, so that rejecting work is never free.
    function depositOf(uint256 reserve) internal pure returns (uint256) {
        return (reserve * DEPOSIT_BPS + BPS - 1) / BPS;
    }

    /// @notice The market's share of a price, rounded down.
    function feeOf(uint256 price, uint256 feeBps) internal pure returns (uint256) {
        return (price * feeBps) / BPS;
    }

    /// @notice The part of a bond that a final rejection burns, rounded up.
    function rejectionBurnOf(uint256 bond) internal pure returns (uint256) {
        return (bond + 1) / 2;
    }
}
