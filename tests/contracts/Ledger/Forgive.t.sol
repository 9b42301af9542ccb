// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ForgiveTest is LedgerTest {
    Account internal agent;

    function setUp() public override {
        super.setUp();
        agent = accountOfAgent(_register(WORKER));
    }

    function testFuzzForgive(uint256 free, uint256 debt) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_DEBT);
        _fund(agent, free);
        _owe(agent, accountOf(RIVAL), debt);

        vm.expectEmit(address(ledger));
        emit ILedger.DebtForgiven(agent, accountOf(RIVAL), debt);
        vm.prank(RIVAL);
        ledger.forgive(agent);

        _assertDebt(agent, accountOf(RIVAL), 0, "agent");
        _assertBalance(agent, free, 0, "agent");
        _assertBalance(accountOf(RIVAL), 0, 0, "creditor");
        vm.prank(WORKER);
        ledger.withdraw(agent, WORKER, free);
    }

    function testFuzzForgiveNotCreditor(address caller, uint256 debt) public {
        vm.assume(caller != RIVAL);
        debt = bound(debt, 1, MAX_DEBT);
        _owe(agent, accountOf(RIVAL), debt);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotAccountOwner.selector, accountOf(RIVAL), caller));
        vm.prank(caller);
        ledger.forgive(agent);
    }

    /// A creditor of old has nothing to forgive.
    function testForgiveNothing() public {
        _owe(agent, accountOf(RIVAL), 1);
        vm.prank(RIVAL);
        ledger.forgive(agent);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NoDebt.selector, agent));
        vm.prank(RIVAL);
        ledger.forgive(agent);
    }
}
