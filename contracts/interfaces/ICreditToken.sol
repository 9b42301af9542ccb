// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The market's ledger token: an ERC-20 with 6 decimals, ERC-2612 permits and ERC-3009 authorizations.
/// @notice Transfers are plain: no fee, no callback, no pause, no list.
/// An authorization is a transfer that its holder signed and anyone may send. It holds while `validAfter` <
/// `block.timestamp` < `validBefore`, both ends excluded, and once: its nonce is any 32 bytes that the holder has
/// not used before, in no order.
/// @dev The holder signs TransferWithAuthorization, ReceiveWithAuthorization or CancelAuthorization as ERC-3009
/// spells them, in the domain that `eip712Domain` shows (ERC-5267). Whoever has code is asked by ERC-1271, and whoever
/// has none signs with its key, in both forms of each function: (v, r, s) is the signature r, s, v.
interface ICreditToken is IERC20, IERC20Permit, IERC3009, IERC3009Cancel {
    /// @notice Thrown when the time of an authorization has not come.
    error AuthorizationNotYetValid(uint256 validAfter, uint256 timestamp);
    /// @notice Thrown when the time of an authorization is over.
    error AuthorizationExpired(uint256 validBefore, uint256 timestamp);
    /// @notice Thrown when the nonce was used or cancelled before.
    error AuthorizationSpent(address authorizer, bytes32 nonce);
    /// @notice Thrown when the authorizer did not sign these values.
    error InvalidAuthorization(address authorizer, bytes32 nonce);
    /// @notice Thrown when another than the payee calls what only the payee may.
    error NotPayee(address payee, address caller);

    /// @notice Creates `amount` units for `to`.
    /// @dev Only MINTER_ROLE. Reverts with ERC20ExceededCap above the cap.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys `amount` units of the caller.
    function burn(uint256 amount) external;

    /// @notice Moves `value` units as `from` signed it.
    /// @dev Warning: anyone may send it, also in front of a contract that wants to send it in a call of its own and
    /// to account for it there. Such a contract must be paid by `receiveWithAuthorization`.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice As `transferWithAuthorization`, but only `to` may call it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice Spends a nonce without a transfer, so that nothing signed with it can be used any more.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external;
}
