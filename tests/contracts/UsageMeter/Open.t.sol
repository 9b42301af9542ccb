// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {UsageMeter} from "../../../contracts/UsageMeter.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract OpenTest is MeterTest {
    function testFuzzOpen(uint256 free, uint256 amount, uint8 transfers) public {
        free = bound(free, 1, MAX_AMOUNT);
        amount = bound(amount, 1, free);
        for (uint256 i = 0; i < transfers; i++) {
            vm.prank(WORKER);
            registry.transferFrom(WORKER, WORKER, agentId);
        }
        _fund(agent, free);

        vm.expectEmit(address(meter));
        emit IUsageMeter.ChannelOpened(_id(), agentId, PROVIDER, SIGNER, 0, transfers, amount);
        vm.expectEmit(address(ledger));
        emit ILedger.Held(agent, deposits, amount);
        vm.prank(WORKER);
        bytes32 id = meter.open(agentId, SIGNER, PROVIDER, amount);

        vm.assertEq(id, _id(), "id");
        vm.assertEq(meter.channelId(agentId, SIGNER, PROVIDER), id, "id of the open channel");
        IUsageMeter.Channel memory channel = _channel();
        IUsageMeter.Channel memory expected = IUsageMeter.Channel(uint64(amount), 0, 0, transfers, 0, true);
        vm.assertEq(abi.encode(channel), abi.encode(expected), "channel");
        _assertBalance(agent, free - amount, 0, "agent");
        _assertBalance(deposits, 0, amount, "deposits");
        _assertHolds(free, "tokens held");
    }

    /// Whoever may bid with the agent's credits may think with them.
    function testFuzzOpenByOperator(address operator) public {
        vm.assume(operator != address(0) && operator != WORKER);
        vm.prank(WORKER);
        registry.setApprovalForAll(operator, true);
        _fund(agent, DEPOSIT);
        vm.prank(operator);
        meter.open(agentId, SIGNER, PROVIDER, DEPOSIT);
        _assertChannel(DEPOSIT, 0, "channel");
    }

    function testFuzzOpenCannotAct(address caller) public {
        vm.assume(caller != WORKER);
        _fund(agent, DEPOSIT);
        _expectCannotAct(caller);
        meter.open(agentId, SIGNER, PROVIDER, DEPOSIT);
    }

    function testOpenTwice() public {
        bytes32 id = _open(DEPOSIT);
        _fund(agent, DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.AlreadyOpen.selector, id));
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, PROVIDER, DEPOSIT);
    }

    function testOpenZeroAddress() public {
        vm.expectRevert(IUsageMeter.ZeroAddress.selector);
        vm.prank(WORKER);
        meter.open(agentId, address(0), PROVIDER, DEPOSIT);
        vm.expectRevert(IUsageMeter.ZeroAddress.selector);
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, address(0), DEPOSIT);
    }

    function testOpenZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, PROVIDER, 0);
    }

    /// Amounts beyond 64 bits are cut in the channel; the Ledger refuses them before that matters.
    function testFuzzOpenMoreThanFree(uint256 free, uint256 amount) public {
        free = bound(free, 0, MAX_AMOUNT);
        amount = bound(amount, free + 1, type(uint256).max);
        if (free != 0) _fund(agent, free);
        vm.expectRevert(_insufficientFree(agent, free, amount));
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, PROVIDER, amount);
    }

    /* DEPLOYMENT */

    function testFuzzWindowOutOfBounds(uint256 window) public {
        window = bound(window, 7 days + 1, type(uint256).max);
        _testOutOfBounds(window);
        _testOutOfBounds(window % 5);
    }

    function testWindowAtBounds() public {
        vm.assertEq(new UsageMeter(_nextWiring(), 5).challengeWindow(), 5, "shortest");
        vm.assertEq(new UsageMeter(_nextWiring(), 7 days).challengeWindow(), 7 days, "longest");
    }

    function _testOutOfBounds(uint256 window) internal {
        Wiring memory wiring = _nextWiring();
        vm.expectRevert(
            abi.encodeWithSelector(IUsageMeter.ChallengeWindowOutOfBounds.selector, window, 5, 7 days)
        );
        new UsageMeter(wiring, window);
    }

    function _nextWiring() internal view returns (Wiring memory wiring) {
        wiring.meter = UsageMeter(vm.computeCreateAddress(address(this), vm.getNonce(address(this))));
    }
}
