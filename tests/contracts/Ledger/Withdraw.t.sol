// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract WithdrawTest is LedgerTest {
    function testFuzzWithdraw(address to, uint256 free, uint256 locked, uint256 amount) public {
        _testWithdraw(accountOf(REQUESTER), to, free, locked, amount);
    }

    function testFuzzWithdrawFromAgent(address to, uint256 free, uint256 locked, uint256 amount) public {
        _testWithdraw(accountOfAgent(_register(REQUESTER)), to, free, locked, amount);
    }

    function _testWithdraw(
        Account account,
        address to,
        uint256 free,
        uint256 locked,
        uint256 amount
    ) internal {
        vm.assume(to != address(0) && to != address(ledger));
        free = bound(free, 1, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        _fundAndLock(account, free, locked);

        vm.expectEmit(address(ledger));
        emit ILedger.Withdrawn(account, to, amount);
        vm.prank(REQUESTER);
        ledger.withdraw(account, to, amount);

        _assertBalance(account, free - amount, locked, "account");
        vm.assertEq(token.balanceOf(to), amount, "tokens received");
        _assertHolds(free - amount + locked, "tokens held");
    }

    function testFuzzWithdrawMoreThanFree(uint256 free, uint256 locked, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        amount = bound(amount, free + 1, type(uint256).max);
        Account account = accountOf(REQUESTER);
        _fundAndLock(account, free, locked);

        vm.expectRevert(_insufficientFree(account, free, amount));
        vm.prank(REQUESTER);
        ledger.withdraw(account, REQUESTER, amount);
    }

    function testFuzzWithdrawNotOwner(address caller) public {
        vm.assume(caller != REQUESTER);
        _testNotOwner(accountOf(REQUESTER), caller);
    }

    /// Neither a wallet nor an operator owns an agent's credits: a key kept hot for work cannot take them.
    function testFuzzWithdrawFromAgentNotOwner(address caller) public {
        vm.assume(caller != REQUESTER && caller != address(0));
        uint256 agentId = _register(REQUESTER);
        vm.prank(REQUESTER);
        registry.approve(caller, agentId);
        _testNotOwner(accountOfAgent(agentId), caller);
    }

    function _testNotOwner(Account account, address caller) internal {
        _fund(account, CREDIT);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotAccountOwner.selector, account, caller));
        vm.prank(caller);
        ledger.withdraw(account, caller, CREDIT);
    }

    /// Old owners lose an agent's credits with the agent.
    function testWithdrawFollowsTransfer() public {
        uint256 agentId = _register(REQUESTER);
        Account account = accountOfAgent(agentId);
        _fund(account, CREDIT);
        vm.prank(REQUESTER);
        registry.transferFrom(REQUESTER, WORKER, agentId);

        vm.expectRevert(abi.encodeWithSelector(ILedger.NotAccountOwner.selector, account, REQUESTER));
        vm.prank(REQUESTER);
        ledger.withdraw(account, REQUESTER, CREDIT);

        vm.prank(WORKER);
        ledger.withdraw(account, WORKER, CREDIT);
        vm.assertEq(token.balanceOf(WORKER), CREDIT, "tokens received");
    }

    function testFuzzWithdrawFromUnknownAgent(uint256 agentId) public {
        agentId = bound(agentId, 0, AGENT_FLAG - 1);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, agentId));
        ledger.withdraw(accountOfAgent(agentId), REQUESTER, 1);
    }

    /// A number above an address whose low bits are the caller's is another account, and an empty one.
    function testFuzzWithdrawFromMalformedAccount(uint96 high) public {
        uint256 number = (uint256(high) << 160) | uint160(REQUESTER);
        vm.assume(high != 0 && number & AGENT_FLAG == 0);
        Account account = Account.wrap(number);
        _fund(REQUESTER, CREDIT);

        vm.expectRevert(_insufficientFree(account, 0, 1));
        vm.prank(REQUESTER);
        ledger.withdraw(account, REQUESTER, 1);
    }

    function testFuzzWithdrawInDebt(uint256 free, uint256 debt, uint256 amount) public {
        free = bound(free, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, free);
        Account account = accountOfAgent(_register(REQUESTER));
        _fund(account, free);
        _owe(account, accountOf(RIVAL), debt);

        vm.expectRevert(_inDebt(account, debt));
        vm.prank(REQUESTER);
        ledger.withdraw(account, REQUESTER, amount);
    }

    function testWithdrawZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(REQUESTER);
        ledger.withdraw(accountOf(REQUESTER), REQUESTER, 0);
    }

    function testWithdrawToNobody() public {
        _fund(REQUESTER, 1);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        vm.prank(REQUESTER);
        ledger.withdraw(accountOf(REQUESTER), address(0), 1);
    }
}
