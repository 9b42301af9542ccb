// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RepayTest is LedgerTest {
    uint256 internal agentId;
    Account internal agent;
    Account internal creditor;

    function setUp() public override {
        super.setUp();
        agentId = _register(WORKER);
        agent = accountOfAgent(agentId);
        creditor = accountOf(RIVAL);
    }

    function testFuzzRepay(uint256 free, uint256 debt, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, debt < free ? debt : free);
        _fund(agent, free);
        _owe(agent, creditor, debt);

        _testRepay(WORKER, agent, amount);
        _assertBalance(agent, free - amount, 0, "agent");
        _assertDebt(agent, creditor, debt - amount, "agent");
    }

    /// An operator may pay the agent's debt with the agent's credits: they go where they are owed.
    function testFuzzRepayByWhoeverActs(address operator, uint256 debt) public {
        vm.assume(operator != address(0) && operator != WORKER);
        debt = bound(debt, 1, MAX_AMOUNT);
        vm.prank(WORKER);
        registry.setApprovalForAll(operator, true);
        _fund(agent, debt);
        _owe(agent, creditor, debt);

        _testRepay(operator, agent, debt);
        _assertBalance(agent, 0, 0, "agent");
        _assertDebt(agent, creditor, 0, "agent");
    }

    function testFuzzRepayForAnother(uint256 free, uint256 debt, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, debt < free ? debt : free);
        _fund(REQUESTER, free);
        _owe(agent, creditor, debt);

        _testRepay(REQUESTER, accountOf(REQUESTER), amount);
        _assertBalance(accountOf(REQUESTER), free - amount, 0, "payer");
        _assertBalance(agent, 0, 0, "agent");
        _assertDebt(agent, creditor, debt - amount, "agent");
    }

    function _testRepay(address caller, Account payer, uint256 amount) internal {
        uint256 held = token.balanceOf(address(ledger));
        vm.expectEmit(address(ledger));
        emit ILedger.DebtPaid(agent, creditor, payer, amount);
        vm.prank(caller);
        ledger.repay(payer, agent, amount);
        _assertBalance(creditor, amount, 0, "creditor");
        _assertHolds(held, "tokens held");
    }

    function testFuzzRepayMoreThanOwed(uint256 debt, uint256 amount) public {
        debt = bound(debt, 0, MAX_DEBT);
        amount = bound(amount, debt + 1, type(uint256).max);
        if (debt != 0) _owe(agent, creditor, debt);
        _fund(agent, MAX_AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(ILedger.Overpaid.selector, agent, debt, amount));
        vm.prank(WORKER);
        ledger.repay(agent, agent, amount);
    }

    function testFuzzRepayMoreThanFree(uint256 free, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        amount = bound(amount, free + 1, MAX_DEBT);
        _fundAndLock(agent, free, 1);
        _owe(agent, creditor, MAX_DEBT);
        vm.expectRevert(_insufficientFree(agent, free, amount));
        vm.prank(WORKER);
        ledger.repay(agent, agent, amount);
    }

    /// Nobody pays an agent's debt, or another's, with credits that are not its own.
    function testFuzzRepayNotOwner(address caller) public {
        vm.assume(caller != WORKER && caller != REQUESTER && caller != address(0));
        _fund(agent, 1);
        _fund(REQUESTER, 1);
        _owe(agent, creditor, 1);
        _expectNotOwner(caller, agent);
        ledger.repay(agent, agent, 1);
        _expectNotOwner(caller, accountOf(REQUESTER));
        ledger.repay(accountOf(REQUESTER), agent, 1);
    }

    /// Attack: whoever only acts for a solvent agent spends its credits on a debt of its own.
    function testFuzzRepayAnothersDebtByOperator(address operator) public {
        vm.assume(operator != address(0) && operator != WORKER);
        vm.prank(WORKER);
        registry.approve(operator, agentId);
        _fund(agent, 1);
        Account debtor = accountOfAgent(_register(REQUESTER));
        _owe(debtor, creditor, 1);
        _expectNotOwner(operator, agent);
        ledger.repay(agent, debtor, 1);
    }

    /// Attack: a debtor favours another creditor, its accomplice, by paying an accomplice's debt.
    function testFuzzRepayForAnotherInDebt(uint256 debt) public {
        debt = bound(debt, 1, MAX_DEBT);
        _fund(agent, 1);
        _owe(agent, creditor, debt);
        Account debtor = accountOfAgent(_register(WORKER));
        _owe(debtor, accountOf(THIRD), 1);
        vm.expectRevert(_inDebt(agent, debt));
        vm.prank(WORKER);
        ledger.repay(agent, debtor, 1);
    }

    function testRepayZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(WORKER);
        ledger.repay(agent, agent, 0);
    }

    function _expectNotOwner(address caller, Account account) internal {
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotAccountOwner.selector, account, caller));
        vm.prank(caller);
    }
}
