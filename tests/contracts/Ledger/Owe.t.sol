// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract OweTest is LedgerTest {
    /// A debt is no money: it changes no other part of any account.
    function testFuzzOwe(uint256 free, uint256 locked, uint256 first, uint256 second) public {
        free = bound(free, 1, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        first = bound(first, 1, MAX_DEBT - 1);
        second = bound(second, 1, MAX_DEBT - first);
        (Account debtor, Account creditor) = (accountOfAgent(_register(WORKER)), accountOf(RIVAL));
        _fundAndLock(debtor, free, locked);
        _assertDebt(debtor, creditor, 0, "before");

        vm.expectEmit(address(ledger));
        emit ILedger.DebtRecorded(debtor, creditor, first);
        _owe(debtor, creditor, first);
        _assertDebt(debtor, creditor, first, "first");
        _owe(debtor, creditor, second);
        _assertDebt(debtor, creditor, first + second, "both");

        _assertBalance(debtor, free, locked, "debtor");
        _assertBalance(creditor, 0, 0, "creditor");
        _assertHolds(free + locked, "tokens held");
    }

    /// One creditor at a time, and another only when the first has been satisfied.
    function testFuzzOweAnother(address other, uint256 debt) public {
        vm.assume(other != RIVAL);
        debt = bound(debt, 1, MAX_DEBT);
        (Account debtor, Account creditor) = (accountOfAgent(_register(WORKER)), accountOf(RIVAL));
        _owe(debtor, creditor, debt);

        vm.expectRevert(abi.encodeWithSelector(ILedger.OtherCreditor.selector, debtor, creditor));
        _owe(debtor, accountOf(other), 1);

        vm.prank(RIVAL);
        ledger.forgive(debtor);
        _owe(debtor, accountOf(other), debt);
        _assertDebt(debtor, accountOf(other), debt, "debtor");
    }

    function testFuzzOweTooMuch(uint256 debt, uint256 amount) public {
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, MAX_DEBT - debt + 1, type(uint256).max - debt);
        Account debtor = accountOf(WORKER);
        _owe(debtor, accountOf(RIVAL), debt);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 64, debt + amount)
        );
        _owe(debtor, accountOf(RIVAL), amount);
    }

    function testOweZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        _owe(accountOf(WORKER), accountOf(RIVAL), 0);
    }

    /// Not even the rest of the market puts anyone in debt.
    function testFuzzOweNotMeter(address caller, uint256 amount) public {
        vm.assume(caller != address(meter));
        address[6] memory market = _market();
        for (uint256 i = 0; i < market.length; i++) {
            if (market[i] != address(meter)) _testNotMeter(market[i], amount);
        }
        _testNotMeter(caller, amount);
    }

    function _testNotMeter(address caller, uint256 amount) internal {
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotMeter.selector, caller));
        vm.prank(caller);
        ledger.owe(accountOf(WORKER), accountOf(caller), amount);
    }
}
