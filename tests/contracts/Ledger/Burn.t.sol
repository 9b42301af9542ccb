// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract LedgerBurnTest is LedgerTest {
    function testFuzzBurn(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, locked);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Burned(account, amount);
        vm.prank(address(auction));
        ledger.burn(account, amount);

        _assertBalance(account, free, locked - amount, "account");
        vm.assertEq(ledger.pendingBurn(), amount, "pending burn");
        vm.assertEq(token.totalSupply(), free + locked, "supply");
        _assertHolds(free + locked - amount, "tokens held");
    }

    function testFuzzBurnMoreThanLocked(uint256 locked, uint256 amount) public {
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, locked + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), MAX_AMOUNT, locked);

        vm.expectRevert(_insufficientLocked(accountOf(REQUESTER), locked, amount));
        vm.prank(address(tasks));
        ledger.burn(accountOf(REQUESTER), amount);
    }

    function testBurnZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(address(tasks));
        ledger.burn(accountOf(REQUESTER), 0);
    }

    function testFuzzBurnNotMarket(address caller, uint256 amount) public {
        _assumeOutside(caller);
        _expectNotMarket(caller);
        vm.prank(caller);
        ledger.burn(accountOf(caller), amount);
    }
}
