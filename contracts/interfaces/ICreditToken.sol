// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The market's ledger token: an ERC-20 with 6 decimals and ERC-2612 permits.
/// @notice Transfers are plain: no fee, no callback, no pause, no list.
interface ICreditToken is IERC20, IERC20Permit {
    /// @notice Creates `amount` units for `to`.
    /// @dev Only MINTER_ROLE. Reverts with ERC20ExceededCap above the cap.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys `amount` units of the caller.
    function burn(uint256 amount) external;
}
