// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DepositTest is LedgerTest {
    function testFuzzDeposit(address holder, uint256 minted, uint256 amount) public {
        vm.assume(holder != address(0));
        _testDeposit(accountOf(holder), minted, amount);
    }

    function testFuzzDepositToAgent(uint256 minted, uint256 amount) public {
        _testDeposit(accountOfAgent(_register(WORKER)), minted, amount);
    }

    function _testDeposit(Account account, uint256 minted, uint256 amount) internal {
        minted = bound(minted, 1, TOKEN_CAP);
        amount = bound(amount, 1, minted);
        _mint(REQUESTER, minted);
        vm.startPrank(REQUESTER);
        token.approve(address(ledger), amount);

        vm.expectEmit(address(ledger));
        emit ILedger.Deposited(account, REQUESTER, amount);
        ledger.deposit(account, amount);
        vm.stopPrank();

        _assertBalance(account, amount, 0, "account");
        vm.assertEq(token.balanceOf(REQUESTER), minted - amount, "tokens left");
        _assertHolds(amount, "tokens held");
    }

    function testFuzzDepositTwiceAdds(uint256 first, uint256 second) public {
        first = bound(first, 1, MAX_AMOUNT);
        second = bound(second, 1, MAX_AMOUNT);
        _fund(WORKER, first);
        _fund(WORKER, second);
        _assertBalance(accountOf(WORKER), first + second, 0, "account");
    }

    /// A deposit is the account's own: it pays no debt.
    function testFuzzDepositInDebt(uint256 debt, uint256 amount) public {
        debt = bound(debt, 1, MAX_DEBT);
        amount = bound(amount, 1, MAX_AMOUNT);
        _owe(accountOf(WORKER), accountOf(RIVAL), debt);
        _fund(WORKER, amount);
        _assertBalance(accountOf(WORKER), amount, 0, "account");
        _assertBalance(accountOf(RIVAL), 0, 0, "creditor");
        _assertDebt(accountOf(WORKER), accountOf(RIVAL), debt, "account");
    }

    function testDepositZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(REQUESTER);
        ledger.deposit(accountOf(REQUESTER), 0);
    }

    function testDepositToNobody() public {
        _testInvalid(Account.wrap(0));
    }

    function testFuzzDepositToUnknownAgent(uint256 agentId) public {
        uint256 known = _register(WORKER);
        agentId = bound(agentId, 0, AGENT_FLAG - 1);
        vm.assume(agentId != known);
        _testInvalid(accountOfAgent(agentId));
    }

    /// Numbers beyond an address that carry no agent flag, or carry more than it.
    function testFuzzDepositToMalformedAccount(uint256 number) public {
        number = bound(number, AGENT_FLAG, type(uint256).max);
        vm.assume(number != AGENT_FLAG + _register(WORKER));
        _testInvalid(Account.wrap(number));
    }

    function _testInvalid(Account account) internal {
        vm.expectRevert(abi.encodeWithSelector(ILedger.InvalidAccount.selector, account));
        ledger.deposit(account, 1);
    }

    function testFuzzDepositWithoutAllowance(uint256 allowed, uint256 amount) public {
        amount = bound(amount, 1, TOKEN_CAP);
        allowed = bound(allowed, 0, amount - 1);
        _mint(REQUESTER, amount);
        vm.startPrank(REQUESTER);
        token.approve(address(ledger), allowed);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(ledger),
                allowed,
                amount
            )
        );
        ledger.deposit(accountOf(REQUESTER), amount);
    }

    /// Amounts above 96 bits are cut in the ledger's own sum; the token refuses them before that matters.
    function testFuzzDepositMoreThanHeld(uint256 minted, uint256 amount) public {
        minted = bound(minted, 0, TOKEN_CAP);
        amount = bound(amount, minted + 1, type(uint256).max);
        _mint(REQUESTER, minted);
        vm.startPrank(REQUESTER);
        token.approve(address(ledger), type(uint256).max);

        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, REQUESTER, minted, amount)
        );
        ledger.deposit(accountOf(REQUESTER), amount);
    }
}
