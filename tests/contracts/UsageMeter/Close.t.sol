// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseTest is MeterTest {
    function testFuzzClose(address caller, uint256 amount, uint256 spent) public {
        amount = bound(amount, 2, MAX_AMOUNT);
        spent = bound(spent, 1, amount - 1);
        _open(amount);
        _redeem(spent);
        _startExit();
        vm.warp(START + CHALLENGE_WINDOW);
        _testClose(caller, amount - spent);
        _assertBalance(agent, amount - spent, 0, "agent");
        _assertBalance(provider, spent, 0, "provider");
    }

    /// The provider gives up the window, which is there for its sake.
    function testFuzzCloseByProvider(uint256 amount) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        _open(amount);
        _testClose(PROVIDER, amount);
        _assertBalance(agent, amount, 0, "agent");
    }

    function _testClose(address caller, uint256 rest) internal {
        vm.expectEmit(address(meter));
        emit IUsageMeter.ChannelClosed(_id(), rest);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(deposits, agent, rest);
        vm.prank(caller);
        vm.assertEq(meter.close(agentId, SIGNER, PROVIDER), rest, "rest");

        IUsageMeter.Channel memory expected = IUsageMeter.Channel(0, 0, 0, 0, 1, false);
        vm.assertEq(abi.encode(_channel()), abi.encode(expected), "channel");
        _assertBalance(deposits, 0, 0, "deposits");
    }

    function testFuzzCloseEmpty(uint256 amount) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        _open(amount);
        _redeem(amount);
        vm.prank(PROVIDER);
        vm.assertEq(meter.close(agentId, SIGNER, PROVIDER), 0, "rest");
        vm.assertFalse(_channel().open, "open");
    }

    /// What comes back to an agent that owes another provider goes to that one first.
    function testFuzzCloseInDebt(uint256 amount, uint256 debt) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        debt = bound(debt, 1, MAX_AMOUNT);
        _open(amount);
        _owe(agent, accountOf(RIVAL), debt);
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
        uint256 paid = debt < amount ? debt : amount;
        _assertBalance(agent, amount - paid, 0, "agent");
        _assertBalance(accountOf(RIVAL), paid, 0, "creditor");
        _assertDebt(agent, accountOf(RIVAL), debt - paid, "agent");
    }

    function testFuzzCloseBeforeItsTime(address caller) public {
        vm.assume(caller != PROVIDER);
        _open(DEPOSIT);
        _testNotOver(caller, 0, START);
        _startExit();
        uint256 end = START + CHALLENGE_WINDOW;
        _testNotOver(caller, end, START);
        _testNotOver(caller, end, end - 1);
        vm.warp(end + 1);
        vm.prank(caller);
        meter.close(agentId, SIGNER, PROVIDER);
    }

    function _testNotOver(address caller, uint256 end, uint256 time) internal {
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.ExitNotOver.selector, _id(), end, time));
        vm.prank(caller);
        meter.close(agentId, SIGNER, PROVIDER);
    }

    function testCloseNotOpen() public {
        _expectNotOpen();
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
        _open(DEPOSIT);
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
        epoch = 1;
        _expectNotOpen();
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
    }

    /// The next channel is another, whose sum begins at zero.
    function testOpenAgain() public {
        bytes32 first = _open(DEPOSIT);
        _redeem(DEPOSIT);
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
        epoch = 1;
        bytes32 second = _open(DEPOSIT);
        vm.assertEq(second, _id(), "id");
        vm.assertNotEq(uint256(first), uint256(second), "ids");
        _assertChannel(DEPOSIT, 0, "channel");
        vm.assertEq(_redeem(1), 1, "paid");
    }
}
