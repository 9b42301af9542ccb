// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract LockTest is LedgerTest {
    function testFuzzLock(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Locked(account, amount);
        _lock(account, amount);

        _assertBalance(account, free - amount, locked + amount, "account");
        _assertHolds(free + locked, "tokens held");
    }

    function testFuzzLockMoreThanFree(uint256 free, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        amount = bound(amount, free + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), free, 1);

        vm.expectRevert(_insufficientFree(accountOf(REQUESTER), free, amount));
        vm.prank(address(auction));
        ledger.lock(accountOf(REQUESTER), amount);
    }

    /// Who owes must bond to earn.
    function testFuzzLockInDebt(uint256 debt, uint256 amount) public {
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, MAX_AMOUNT);
        Account account = accountOf(REQUESTER);
        _owe(account, accountOf(RIVAL), debt);
        _fundAndLock(account, 0, amount);
        _assertBalance(account, 0, amount, "account");
        _assertDebt(account, accountOf(RIVAL), debt, "account");
    }

    function testLockZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(address(tasks));
        ledger.lock(accountOf(REQUESTER), 0);
    }

    function testFuzzLockNotMarket(address caller, uint256 amount) public {
        _assumeOutside(caller);
        _expectNotMarket(caller);
        vm.prank(caller);
        ledger.lock(accountOf(caller), amount);
    }
}
