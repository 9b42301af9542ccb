// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IMarketParameters} from "../interfaces/IMarketParameters.sol";

/// @notice See {IMarketParameters}, where everything is documented.
contract MarketParameters is IMarketParameters, AccessControl {
    /// @dev Granted in the constructor. The role has no admin and nobody holds DEFAULT_ADMIN_ROLE, so it stays where
    /// it is.
    bytes32 public constant PARAMETERS_ROLE = keccak256("PARAMETERS_ROLE");

    uint256 public constant MAX_FEE_BPS = 1_000;
    uint256 public constant MIN_BOND_PERCENT = 5;
    uint256 public constant MAX_BOND_PERCENT = 30;
    uint256 public constant MAX_NAMED_WEIGHT = 50;
    uint256 public constant MAX_WINDOW = 30 days;
    uint256 public constant MIN_SEAT_FEE = 1;
    uint256 public constant MAX_SEAT_FEE = 10_000;
    uint256 public constant MAX_OVERDRAFT_LIMIT = 100e6;

    /// @notice A window that is good under all parameters, in seconds.
    uint256 public constant SAFE_WINDOW = 1 days;

    /// @notice The least that the shortest window can be set to, in seconds.
    uint256 public immutable floor;

    Parameters private _current;

    /// @param governor Who may set the parameters; the timelock.
    constructor(Parameters memory initial, uint256 floor_, address governor) {
        require(floor_ >= 1 && floor_ <= SAFE_WINDOW, FloorOutOfBounds(floor_, 1, SAFE_WINDOW));
        floor = floor_;
        _grantRole(PARAMETERS_ROLE, governor);
        _checkShares(initial);
        _checkWindows(initial, floor_);
        _current = initial;

        emit ParametersSet(initial);
    }

    /// @inheritdoc IMarketParameters
    function set(Parameters calldata parameters) external onlyRole(PARAMETERS_ROLE) {
        _checkShares(parameters);
        _checkWindows(parameters, floor);
        _current = parameters;

        emit ParametersSet(parameters);
    }

    /// @inheritdoc IMarketParameters
    function current() external view returns (Parameters memory) {
        return _current;
    }

    function _checkShares(Parameters memory p) internal pure {
        require(p.feeBps <= MAX_FEE_BPS, FeeTooHigh(p.feeBps, MAX_FEE_BPS));
        require(
            p.bondPercent >= MIN_BOND_PERCENT && p.bondPercent <= MAX_BOND_PERCENT,
            BondOutOfBounds(p.bondPercent, MIN_BOND_PERCENT, MAX_BOND_PERCENT)
        );
        require(p.namedWeight <= MAX_NAMED_WEIGHT, NamedWeightTooHigh(p.namedWeight, MAX_NAMED_WEIGHT));
        require(
            p.seatFee >= MIN_SEAT_FEE && p.seatFee <= MAX_SEAT_FEE,
            SeatFeeOutOfBounds(p.seatFee, MIN_SEAT_FEE, MAX_SEAT_FEE)
        );
        require(
            p.overdraftLimit <= MAX_OVERDRAFT_LIMIT,
            OverdraftLimitTooHigh(p.overdraftLimit, MAX_OVERDRAFT_LIMIT)
        );
    }

    /// @dev The floor is an argument, as the constructor cannot read it back yet.
    function _checkWindows(Parameters memory p, uint256 floor_) internal pure {
        require(
            p.minWindow >= floor_ && p.minWindow <= SAFE_WINDOW,
            MinWindowOutOfBounds(p.minWindow, floor_, SAFE_WINDOW)
        );
        require(
            p.maxWindow >= SAFE_WINDOW && p.maxWindow <= MAX_WINDOW,
            MaxWindowOutOfBounds(p.maxWindow, SAFE_WINDOW, MAX_WINDOW)
        );
    }
}
