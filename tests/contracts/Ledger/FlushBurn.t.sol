// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract FlushBurnTest is LedgerTest {
    function testFuzzFlushBurn(address caller, uint256 first, uint256 second, uint256 rest) public {
        first = bound(first, 1, MAX_AMOUNT);
        second = bound(second, 1, MAX_AMOUNT);
        rest = bound(rest, 0, MAX_AMOUNT);
        _fundAndLock(accountOf(REQUESTER), rest, first + second);
        vm.startPrank(address(tasks));
        ledger.burn(accountOf(REQUESTER), first);
        ledger.burn(accountOf(REQUESTER), second);
        vm.stopPrank();

        vm.expectEmit(address(ledger));
        emit ILedger.BurnFlushed(first + second);
        vm.prank(caller);
        ledger.flushBurn();

        vm.assertEq(ledger.pendingBurn(), 0, "pending burn");
        vm.assertEq(token.totalSupply(), rest, "supply");
        vm.assertEq(token.balanceOf(address(ledger)), rest, "tokens held");
        _assertBalance(accountOf(REQUESTER), rest, 0, "account");
    }

    function testFlushBurnNothing() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        ledger.flushBurn();
    }

    function testFlushBurnTwice() public {
        _fundAndLock(accountOf(REQUESTER), 0, 1);
        vm.prank(address(tasks));
        ledger.burn(accountOf(REQUESTER), 1);
        ledger.flushBurn();
        vm.expectRevert(ILedger.ZeroAmount.selector);
        ledger.flushBurn();
    }

    /// Tokens that somebody sent here without a deposit belong to no account, and are not burned either.
    function testFuzzDonationIsNobodys(uint256 donated) public {
        donated = bound(donated, 1, MAX_AMOUNT);
        _mint(OUTSIDER, donated);
        vm.prank(OUTSIDER);
        token.transfer(address(ledger), donated);

        vm.assertEq(ledger.pendingBurn(), 0, "pending burn");
        vm.expectRevert(ILedger.ZeroAmount.selector);
        ledger.flushBurn();
    }
}
