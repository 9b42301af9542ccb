// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract UnlockTest is LedgerTest {
    function testFuzzUnlock(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, locked);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(account, amount);
        vm.prank(address(tasks));
        ledger.unlock(account, amount);

        _assertBalance(account, free + amount, locked - amount, "account");
        _assertHolds(free + locked, "tokens held");
    }

    function testFuzzUnlockMoreThanLocked(uint256 locked, uint256 amount) public {
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, locked + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), MAX_AMOUNT, locked);

        vm.expectRevert(_insufficientLocked(accountOf(REQUESTER), locked, amount));
        vm.prank(address(tasks));
        ledger.unlock(accountOf(REQUESTER), amount);
    }

    /// What comes back was the account's own: it pays no debt.
    function testFuzzUnlockInDebt(uint256 debt, uint256 amount) public {
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, MAX_AMOUNT);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, 0, amount);
        _owe(account, accountOf(RIVAL), debt);
        vm.prank(address(tasks));
        ledger.unlock(account, amount);
        _assertBalance(account, amount, 0, "account");
        _assertDebt(account, accountOf(RIVAL), debt, "account");
    }

    function testUnlockZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(address(tasks));
        ledger.unlock(accountOf(REQUESTER), 0);
    }

    function testFuzzUnlockNotMarket(address caller, uint256 amount) public {
        _assumeOutside(caller);
        _expectNotMarket(caller);
        vm.prank(caller);
        ledger.unlock(accountOf(caller), amount);
    }
}
