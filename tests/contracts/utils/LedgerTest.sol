// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Account} from "../../../contracts/libraries/Account.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice The Ledger, moved by hand as the task manager would.
abstract contract LedgerTest is MarketTest {
    uint256 internal constant MAX_AMOUNT = 1_000_000 * CREDIT;

    modifier asMarket() {
        vm.startPrank(address(tasks));
        _;
        vm.stopPrank();
    }

    function _lock(Account account, uint256 amount) internal asMarket {
        ledger.lock(account, amount);
    }

    /// @dev Leaves `free` and `locked` credits in a new account.
    function _fundAndLock(Account account, uint256 free, uint256 locked) internal {
        _fund(account, free + locked);
        _lock(account, locked);
    }

    function _expectNotMarket(address caller) internal {
        bytes32 role = ledger.MARKET_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role)
        );
    }

    function _assumeOutside(address caller) internal view {
        vm.assume(caller != address(tasks) && caller != address(auction) && caller != address(messages));
    }

    function _insufficientFree(
        Account account,
        uint256 available,
        uint256 needed
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILedger.InsufficientFree.selector, account, available, needed);
    }

    function _insufficientLocked(
        Account account,
        uint256 available,
        uint256 needed
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILedger.InsufficientLocked.selector, account, available, needed);
    }

    /// @dev Every unit held here is in some account or waits to be destroyed.
    function _assertHolds(uint256 accounts, string memory label) internal {
        vm.assertEq(token.balanceOf(address(ledger)), accounts + ledger.pendingBurn(), label);
    }
}
