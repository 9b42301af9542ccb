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
