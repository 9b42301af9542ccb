// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a vote may change: numbers that new tasks and channels start from, each within bounds that no vote can move.
/// @notice A task keeps the values it was created under, so a change never touches what is already agreed. No path by which
/// credits leave depends on this contract.
///
///     feeBps           0 to 1,000
///     bondPercent      5 to 30
///     namedWeight      0 to 50
///     minWindow        the floor of the chain to 1 day
///     maxWindow        1 day to 30 days
///     seatFee          1 to 10,000
///     overdraftLimit   0 to 100 credits
///
/// @dev A window of one day is good under all bounds, so that no vote can make it impossible to post a task. The floor is a
/// few blocks of the chain deployed on: a shorter window could not be met.
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

    event ParametersSet(Parameters parameters);

    /// @notice Thrown when the fee is above its bound.
    error FeeTooHigh(uint256 feeBps, uint256 highest);
    /// @notice Thrown when the bond is outside its bounds.
    error BondOutOfBounds(uint256 bondPercent, uint256 lowest, uint256 highest);
    /// @notice Thrown when a named evaluator would count more than its bound.
    error NamedWeightTooHigh(uint256 namedWeight, uint256 highest);
    /// @notice Thrown when the shortest window is outside its bounds.
    error MinWindowOutOfBounds(uint256 minWindow, uint256 lowest, uint256 highest);
    /// @notice Thrown when the longest window is outside its bounds.
    error MaxWindowOutOfBounds(uint256 maxWindow, uint256 lowest, uint256 highest);
    /// @notice Thrown when the fee of a seat is outside its bounds.
    error SeatFeeOutOfBounds(uint256 seatFee, uint256 lowest, uint256 highest);
    /// @notice Thrown when the overdraft is above its bound.
    error OverdraftLimitTooHigh(uint256 overdraftLimit, uint256 highest);
    /// @notice Thrown when a contract is deployed with a floor that leaves no shortest window.
    error FloorOutOfBounds(uint256 floor, uint256 lowest, uint256 highest);

    /// @notice Replaces all values at once, for tasks and overdrafts from now on.
    /// @dev Only PARAMETERS_ROLE, which the timelock alone holds and nobody can give to another.
    function set(Parameters calldata parameters) external;

    /// @notice The values for tasks and overdrafts from now on.
    function current() external view returns (Parameters memory);
}
