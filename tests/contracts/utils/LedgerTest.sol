// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account} from "../../../contracts/libraries/Account.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice The Ledger, moved by hand as the task manager would.
abstract contract LedgerTest is MarketTest {
    uint256 internal constant MAX_AMOUNT = 1_000_000 * CREDIT;
    /// @dev More than all credits that can ever be: what is owed is no money.
    uint256 internal constant MAX_DEBT = type(uint64).max;

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
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotMarket.selector, caller));
    }

    function _assumeOutside(address caller) internal view {
        address[6] memory market = _market();
        for (uint256 i = 0; i < market.length; i++) vm.assume(caller != market[i]);
    }

    /// @dev Who may move locked credits.
    function _market() internal view returns (address[6] memory) {
        return
            [
                address(tasks),
                address(auction),
                address(messages),
                address(ledger.pool()),
                address(meter),
                address(ledger.race())
            ];
    }

    /// @dev Records a debt as the meter would.
    function _owe(Account debtor, Account creditor, uint256 amount) internal {
        vm.prank(address(meter));
        ledger.owe(debtor, creditor, amount);
    }

    function _assertDebt(Account debtor, Account creditor, uint256 debt, string memory label) internal {
        vm.assertEq(ledger.balanceOf(debtor).debt, debt, string.concat(label, ": debt"));
        vm.assertEq(
            Account.unwrap(ledger.creditorOf(debtor)),
            debt == 0 ? 0 : Account.unwrap(creditor),
            string.concat(label, ": creditor")
        );
    }

    function _inDebt(Account account, uint256 debt) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILedger.InDebt.selector, account, debt);
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
