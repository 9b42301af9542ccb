// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TransferTest is LedgerTest {
    function testFuzzTransferToAgent(uint256 free, uint256 locked, uint256 amount) public {
        _testTransfer(accountOf(REQUESTER), accountOfAgent(_register(WORKER)), free, locked, amount);
    }

    function testFuzzTransferFromAgent(address to, uint256 free, uint256 locked, uint256 amount) public {
        vm.assume(to != address(0));
        _testTransfer(accountOfAgent(_register(REQUESTER)), accountOf(to), free, locked, amount);
    }

    function _testTransfer(Account from, Account to, uint256 free, uint256 locked, uint256 amount) internal {
        free = bound(free, 1, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        _fundAndLock(from, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Transferred(from, to, amount);
        vm.prank(REQUESTER);
        ledger.transfer(from, to, amount);

        _assertBalance(from, free - amount, locked, "from");
        _assertBalance(to, amount, 0, "to");
        _assertHolds(free + locked, "tokens held");
    }

    function testFuzzTransferToSelf(uint256 free, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        _fund(REQUESTER, free);
        vm.prank(REQUESTER);
        ledger.transfer(accountOf(REQUESTER), accountOf(REQUESTER), amount);
        _assertBalance(accountOf(REQUESTER), free, 0, "account");
    }

    function testFuzzTransferMoreThanFree(uint256 free, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        amount = bound(amount, free + 1, type(uint256).max);
        _fundAndLock(accountOf(REQUESTER), free, 1);

        vm.expectRevert(_insufficientFree(accountOf(REQUESTER), free, amount));
        vm.prank(REQUESTER);
        ledger.transfer(accountOf(REQUESTER), accountOf(WORKER), amount);
    }

    function testFuzzTransferNotOwner(address caller) public {
        vm.assume(caller != REQUESTER);
        _fund(REQUESTER, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ILedger.NotAccountOwner.selector, accountOf(REQUESTER), caller)
        );
        vm.prank(caller);
        ledger.transfer(accountOf(REQUESTER), accountOf(WORKER), 1);
    }

    function testFuzzTransferToInvalidAccount(uint256 number) public {
        number = bound(number, AGENT_FLAG, type(uint256).max);
        _testInvalid(Account.wrap(number));
    }

    function testTransferToNobody() public {
        _testInvalid(Account.wrap(0));
    }

    function _testInvalid(Account to) internal {
        _fund(REQUESTER, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InvalidAccount.selector, to));
        vm.prank(REQUESTER);
        ledger.transfer(accountOf(REQUESTER), to, 1);
    }

    function testFuzzTransferInDebt(uint256 free, uint256 debt, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, free);
        Account account = accountOfAgent(_register(REQUESTER));
        _fund(account, free);
        _owe(account, accountOf(RIVAL), debt);

        vm.expectRevert(_inDebt(account, debt));
        vm.prank(REQUESTER);
        ledger.transfer(account, accountOf(REQUESTER), amount);
    }

    function testTransferZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(REQUESTER);
        ledger.transfer(accountOf(REQUESTER), accountOf(WORKER), 0);
    }
}
