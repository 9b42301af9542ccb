// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract PayTest is LedgerTest {
    function testFuzzPay(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, locked);
        (Account from, Account to) = (accountOf(REQUESTER), accountOfAgent(_register(WORKER)));
        _fundAndLock(from, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Paid(from, to, amount);
        vm.prank(address(tasks));
        ledger.pay(from, to, amount);

        _assertBalance(from, free, locked - amount, "from");
        _assertBalance(to, amount, 0, "to");
        _assertHolds(free + locked, "tokens held");
    }

    /// Credits paid to oneself become free and are not doubled.
    function testFuzzPayToSelf(uint256 locked, uint256 amount) public {
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, locked);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, 0, locked);
        vm.prank(address(tasks));
        ledger.pay(account, account, amount);
        _assertBalance(account, amount, locked - amount, "account");
    }

    /// What comes in pays the creditor first, and only the rest is the debtor's.
    function testFuzzPayToDebtor(uint256 free, uint256 debt, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, 2 * MAX_AMOUNT);
        amount = bound(amount, 1, MAX_AMOUNT);
        (Account from, Account creditor) = (accountOf(REQUESTER), accountOf(RIVAL));
        Account debtor = accountOfAgent(_register(WORKER));
        _fundAndLock(from, 0, amount);
        _fund(debtor, free);
        _owe(debtor, creditor, debt);
        uint256 paid = debt < amount ? debt : amount;

        vm.expectEmit(address(ledger));
        emit ILedger.Paid(from, debtor, amount);
        vm.expectEmit(address(ledger));
        emit ILedger.DebtPaid(debtor, creditor, debtor, paid);
        vm.prank(address(tasks));
        ledger.pay(from, debtor, amount);

        _assertBalance(from, 0, 0, "from");
        _assertBalance(debtor, free + amount - paid, 0, "debtor");
        _assertBalance(creditor, paid, 0, "creditor");
        _assertDebt(debtor, creditor, debt - paid, "debtor");
        _assertHolds(free + amount, "tokens held");
    }

    /// A debtor's locked credits pay its debt when they are paid to itself.
    function testFuzzPayToSelfInDebt(uint256 debt, uint256 amount) public {
        debt = bound(debt, 1, 2 * MAX_AMOUNT);
        amount = bound(amount, 1, MAX_AMOUNT);
        (Account debtor, Account creditor) = (accountOfAgent(_register(WORKER)), accountOf(RIVAL));
        _fundAndLock(debtor, 0, amount);
        _owe(debtor, creditor, debt);
        vm.prank(address(meter));
        ledger.pay(debtor, debtor, amount);
        uint256 paid = debt < amount ? debt : amount;
        _assertBalance(debtor, amount - paid, 0, "debtor");
        _assertBalance(creditor, paid, 0, "creditor");
        _assertDebt(debtor, creditor, debt - paid, "debtor");
    }

    /// Another's debt is its own: who is paid and owes nothing keeps all of it.
    function testFuzzPayBesideDebts(uint256 amount) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        _owe(accountOf(REQUESTER), accountOf(RIVAL), MAX_DEBT);
        _fundAndLock(accountOf(REQUESTER), 0, amount);
        vm.prank(address(tasks));
        ledger.pay(accountOf(REQUESTER), accountOf(WORKER), amount);
        _assertBalance(accountOf(WORKER), amount, 0, "payee");
        _assertDebt(accountOf(REQUESTER), accountOf(RIVAL), MAX_DEBT, "payer");
    }

    function testFuzzPayMoreThanLocked(uint256 locked, uint256 amount) public {
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, locked + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), MAX_AMOUNT, locked);

        vm.expectRevert(_insufficientLocked(accountOf(REQUESTER), locked, amount));
        vm.prank(address(tasks));
        ledger.pay(accountOf(REQUESTER), accountOf(WORKER), amount);
    }

    function testPayZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(address(tasks));
        ledger.pay(accountOf(REQUESTER), accountOf(WORKER), 0);
    }

    function testFuzzPayNotMarket(address caller, uint256 amount) public {
        _assumeOutside(caller);
        _expectNotMarket(caller);
        vm.prank(caller);
        ledger.pay(accountOf(caller), accountOf(WORKER), amount);
    }
}
