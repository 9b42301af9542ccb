// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice `pledge`, `startUnpledge` and `unpledge`: three steps of one thing.
contract PledgeTest is MeterTest {
    uint256 internal constant RELEASE = START + CHALLENGE_WINDOW;

    function testFuzzPledge(uint256 free, uint256 first, uint256 second) public {
        free = bound(free, 2, MAX_AMOUNT);
        first = bound(first, 1, free - 1);
        second = bound(second, 1, free - first);
        _fund(agent, free);
        _testPledge(first, first);
        _testPledge(second, first + second);
        _assertBalance(agent, free - first - second, first + second, "agent");
    }

    function _testPledge(uint256 amount, uint256 total) internal {
        vm.expectEmit(address(meter));
        emit IUsageMeter.Pledged(agentId, amount);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(agent, amount);
        vm.prank(WORKER);
        meter.pledge(agentId, amount);
        _assertPledge(total, 0);
    }

    function testFuzzUnpledge(uint256 amount, uint256 time) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        time = bound(time, RELEASE, RELEASE + 365 days);
        _pledge(amount);
        vm.expectEmit(address(meter));
        emit IUsageMeter.UnpledgeStarted(agentId, RELEASE);
        _startUnpledge();
        _assertPledge(amount, RELEASE);

        vm.warp(time);
        vm.expectEmit(address(meter));
        emit IUsageMeter.Unpledged(agentId, amount);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(agent, amount);
        vm.prank(WORKER);
        meter.unpledge(agentId);
        _assertPledge(0, 0);
        _assertBalance(agent, amount, 0, "agent");
    }

    function testUnpledgeBeforeItsTime() public {
        _pledge(CREDIT);
        _expectStillPledged(0);
        meter.unpledge(agentId);
        _startUnpledge();
        vm.warp(RELEASE - 1);
        _expectStillPledged(RELEASE);
        meter.unpledge(agentId);
        vm.warp(RELEASE + 1);
        vm.prank(WORKER);
        meter.unpledge(agentId);
        _assertBalance(agent, CREDIT, 0, "agent");
    }

    /// Whoever pledges more takes its notice back; whoever gives notice again waits again.
    function testNoticeTakenBack() public {
        _pledge(CREDIT);
        _startUnpledge();
        vm.warp(START + 1);
        _startUnpledge();
        _assertPledge(CREDIT, RELEASE + 1);
        vm.warp(RELEASE + 1);
        _pledge(CREDIT);
        _expectStillPledged(0);
        meter.unpledge(agentId);
    }

    function testFuzzUnpledgeInDebt(uint256 debt) public {
        debt = bound(debt, 1, CREDIT);
        _pledge(CREDIT);
        _startUnpledge();
        _open(1);
        _redeem(1 + debt);
        vm.warp(RELEASE);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.AgentIndebted.selector, agentId, debt));
        vm.prank(WORKER);
        meter.unpledge(agentId);
    }

    function testNothingPledged() public {
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NothingPledged.selector, agentId));
        vm.prank(WORKER);
        meter.startUnpledge(agentId);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NothingPledged.selector, agentId));
        vm.prank(WORKER);
        meter.unpledge(agentId);
    }

    /// A pledge is the agent's, and stays with who pledged it.
    function testPledgedAgentCannotBeSold() public {
        _pledge(CREDIT);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.AgentHasLockedCredits.selector, agentId, CREDIT)
        );
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
    }

    function testFuzzPledgeCannotAct(address caller) public {
        vm.assume(caller != WORKER);
        _pledge(CREDIT);
        _expectCannotAct(caller);
        meter.pledge(agentId, 1);
        _expectCannotAct(caller);
        meter.startUnpledge(agentId);
        _expectCannotAct(caller);
        meter.unpledge(agentId);
    }

    /// Amounts beyond 64 bits are cut in the sum; the Ledger refuses them before that matters.
    function testFuzzPledgeMoreThanFree(uint256 amount) public {
        amount = bound(amount, 1, type(uint256).max);
        _pledge(CREDIT);
        vm.expectRevert(_insufficientFree(agent, 0, amount));
        vm.prank(WORKER);
        meter.pledge(agentId, amount);
    }

    function testPledgeZeroAmount() public {
        vm.expectRevert(ILedger.ZeroAmount.selector);
        vm.prank(WORKER);
        meter.pledge(agentId, 0);
    }

    function _startUnpledge() internal {
        vm.prank(WORKER);
        meter.startUnpledge(agentId);
    }

    function _expectStillPledged(uint256 releaseAt) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IUsageMeter.StillPledged.selector, agentId, releaseAt, block.timestamp)
        );
        vm.prank(WORKER);
    }

    function _assertPledge(uint256 amount, uint256 releaseAt) internal {
        IUsageMeter.Pledge memory pledged = meter.pledgeOf(agentId);
        vm.assertEq(pledged.amount, amount, "pledged");
        vm.assertEq(pledged.releaseAt, releaseAt, "release");
    }
}
