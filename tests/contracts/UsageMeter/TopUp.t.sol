// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TopUpTest is MeterTest {
    function testFuzzTopUp(uint256 first, uint256 spent, uint256 second) public {
        first = bound(first, 1, MAX_AMOUNT);
        spent = bound(spent, 1, first);
        second = bound(second, 1, MAX_AMOUNT);
        _open(first);
        _redeem(spent);
        _fund(agent, second);

        vm.expectEmit(address(meter));
        emit IUsageMeter.ToppedUp(_id(), second);
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, second);

        _assertChannel(first - spent + second, spent, "channel");
        _assertBalance(agent, 0, 0, "agent");
        _assertBalance(deposits, 0, first - spent + second, "deposits");
    }

    function testFuzzTopUpCannotAct(address caller) public {
        vm.assume(caller != WORKER);
        _open(DEPOSIT);
        _expectCannotAct(caller);
        meter.topUp(agentId, SIGNER, PROVIDER, 1);
    }

    function testTopUpNotOpen() public {
        _expectNotOpen();
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, 1);
    }

    function testTopUpWhileLeaving() public {
        _open(DEPOSIT);
        _startExit();
        vm.expectRevert(
            abi.encodeWithSelector(IUsageMeter.Leaving.selector, _id(), START + CHALLENGE_WINDOW)
        );
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, 1);
    }

    /// Attack: an id is sold with an open channel, and the buyer's programme goes on paying into it.
    function testTopUpOfFormerOwnersChannel() public {
        _open(DEPOSIT);
        _fund(agent, DEPOSIT);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.OwnerChanged.selector, _id(), 0, 1));
        vm.prank(RIVAL);
        meter.topUp(agentId, SIGNER, PROVIDER, DEPOSIT);
    }

    function testFuzzTopUpMoreThanFree(uint256 amount) public {
        amount = bound(amount, 1, type(uint256).max);
        _open(DEPOSIT);
        vm.expectRevert(_insufficientFree(agent, 0, amount));
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, amount);
    }

    function testTopUpZeroAmount() public {
        _open(DEPOSIT);
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, 0);
    }
}
