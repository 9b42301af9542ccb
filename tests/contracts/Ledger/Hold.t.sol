// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract HoldTest is LedgerTest {
    function testFuzzHold(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        (Account from, Account to) = (accountOfAgent(_register(WORKER)), accountOf(REQUESTER));
        _fundAndLock(from, free, locked);
        _fundAndLock(to, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Held(from, to, amount);
        vm.prank(address(meter));
        ledger.hold(from, to, amount);

        _assertBalance(from, free - amount, locked, "from");
        _assertBalance(to, free, locked + amount, "to");
        _assertHolds(2 * (free + locked), "tokens held");
    }

    function testFuzzHoldInDebt(uint256 debt) public {
        debt = bound(debt, 1, MAX_DEBT);
        Account from = accountOfAgent(_register(WORKER));
        _fund(from, 1);
        _owe(from, accountOf(RIVAL), debt);

        vm.expectRevert(_inDebt(from, debt));
        vm.prank(address(meter));
        ledger.hold(from, accountOf(REQUESTER), 1);
    }

    function testFuzzHoldMoreThanFree(uint256 free, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        amount = bound(amount, free + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), free, 1);

        vm.expectRevert(_insufficientFree(accountOf(REQUESTER), free, amount));
        vm.prank(address(tasks));
        ledger.hold(accountOf(REQUESTER), accountOf(WORKER), amount);
    }

    function testHoldZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(address(tasks));
        ledger.hold(accountOf(REQUESTER), accountOf(WORKER), 0);
    }

    function testFuzzHoldNotMarket(address caller, uint256 amount) public {
        _assumeOutside(caller);
        _expectNotMarket(caller);
        vm.prank(caller);
        ledger.hold(accountOf(caller), accountOf(WORKER), amount);
    }
}
