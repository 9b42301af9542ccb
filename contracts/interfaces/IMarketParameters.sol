// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a vote may change: numbers that new tasks and channels start from, each within bounds that no vote can move.
/// @notice A task keeps the values it was created under, so a change never touches what is already agreed. No path by which
/// credits leave depends on this contract.
interface IMarketParameters {
    /// @dev One slot.
    /// @param feeBps The market's share of a price, in basis points.
    /// @param bondPercent What a bidder locks, in percent of the reserve.
    /// @param namedWeight What the word of an evaluator that the requester named counts, in percent of a panel's.
    /// @param minWindow The shortest window of a task, in seconds.
    /// @param maxWindow The longest window of a task, in seconds.
    /// @param seatFee What each seat of a panel is paid, in thousandths of a credit.
    /// @param overdraftLimit The most that one agent may owe for thinking, in units.
    struct Parameters {
        uint16 feeBps;
        uint8 bondPercent;
        uint8 namedWeight;
        uint24 minWindow;
        uint24 maxWindow;
        uint16 seatFee;
        uint48 overdraftLimit;
    }

    /// @notice The values for tasks and overdrafts from now on.
    function current() external view returns (Parameters memory);
}
