// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {PermitTest} from "../utils/PermitTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DepositWithPermitTest is PermitTest, LedgerTest {
    uint256 internal constant AMOUNT = 10 * CREDIT;

    function testFuzzDepositWithPermit(uint256 amount, uint256 deadline) public {
        amount = bound(amount, 1, TOKEN_CAP);
        deadline = bound(deadline, START, type(uint256).max);
        Account account = accountOfAgent(_register(WORKER));
        _mint(REQUESTER, amount);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, address(ledger), amount, deadline);

        vm.expectEmit(address(ledger));
        emit ILedger.Deposited(account, REQUESTER, amount);
        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, account, amount, deadline, v, r, s);

        _assertBalance(account, amount, 0, "account");
        vm.assertEq(token.balanceOf(REQUESTER), 0, "tokens left");
        vm.assertEq(token.balanceOf(address(ledger)), amount, "tokens held");
        vm.assertEq(token.allowance(REQUESTER, address(ledger)), 0, "allowance left");
    }

    /// Attack: somebody uses the signature first. The allowance is then there, and nothing is lost.
    function testFuzzPermitUsedBefore(address attacker) public {
        vm.assume(attacker != address(0));
        (uint8 v, bytes32 r, bytes32 s) = _mintAndSign();
        vm.prank(attacker);
        token.permit(REQUESTER, address(ledger), AMOUNT, START, v, r, s);

        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), AMOUNT, START, v, r, s);
        _assertBalance(accountOf(REQUESTER), AMOUNT, 0, "account");
    }

    /// Attack: the signature does not name the account, so nobody but the signer may choose it.
    function testFuzzPermitOfAnotherOwner(address attacker) public {
        vm.assume(attacker != REQUESTER);
        _assumeOutside(attacker);
        (uint8 v, bytes32 r, bytes32 s) = _mintAndSign();

        vm.expectRevert(abi.encodeWithSelector(ILedger.NotMarket.selector, attacker));
        vm.prank(attacker);
        ledger.depositWithPermit(REQUESTER, accountOf(attacker), AMOUNT, START, v, r, s);
    }

    function testDepositWithPermitByMarket() public {
        (uint8 v, bytes32 r, bytes32 s) = _mintAndSign();
        vm.prank(address(tasks));
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), AMOUNT, START, v, r, s);
        _assertBalance(accountOf(REQUESTER), AMOUNT, 0, "account");
    }

    /// A worthless signature leaves the token's own reason.
    function testFuzzDepositWithBadSignature(uint8 v, bytes32 r, bytes32 s) public {
        _mint(REQUESTER, AMOUNT);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(ledger),
                0,
                AMOUNT
            )
        );
        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), AMOUNT, START, v, r, s);
    }

    function testDepositWithPermitAtItsDeadline() public {
        (uint8 v, bytes32 r, bytes32 s) = _mintAndSign();
        vm.warp(START + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(ledger),
                0,
                AMOUNT
            )
        );
        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), AMOUNT, START, v, r, s);

        vm.warp(START);
        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), AMOUNT, START, v, r, s);
        _assertBalance(accountOf(REQUESTER), AMOUNT, 0, "account");
    }

    function testDepositWithPermitZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(REQUESTER);
        ledger.depositWithPermit(REQUESTER, accountOf(REQUESTER), 0, START, 0, 0, 0);
    }

    function _mintAndSign() internal returns (uint8 v, bytes32 r, bytes32 s) {
        _mint(REQUESTER, AMOUNT);
        return _signPermit(REQUESTER_KEY, address(ledger), AMOUNT, START);
    }
}
