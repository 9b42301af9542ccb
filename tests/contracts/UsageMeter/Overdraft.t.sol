// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice Vouchers for more than the deposit.
contract OverdraftTest is MeterTest {
    function testFuzzOverdraft(uint256 line, uint256 pledged, uint48 limit, uint256 more) public {
        line = bound(line, 0, MAX_AMOUNT);
        pledged = bound(pledged, 0, MAX_AMOUNT);
        more = bound(more, 1, 3 * MAX_AMOUNT);
        _setOverdraftLimit(limit);
        _grant(line);
        if (pledged != 0) _pledge(pledged);
        _open(DEPOSIT);
        uint256 allowance = line + pledged < limit ? line + pledged : limit;
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT + allowance, "available");

        _testOverdraft(more, more < allowance ? more : allowance);
        _assertBalance(agent, 0, pledged, "agent");
    }

    /// @dev Redeems `more` than the deposit, of which `owed` must become debt.
    function _testOverdraft(uint256 more, uint256 owed) internal {
        uint256 sum = _channel().redeemed + _channel().deposit + more;
        uint256 deposit = _channel().deposit;
        uint256 before = _freeOf(provider);
        vm.expectEmit(address(meter));
        emit IUsageMeter.Redeemed(_id(), sum, ROOT);
        vm.expectEmit(address(meter));
        emit IUsageMeter.Overdrawn(_id(), owed, more - owed);
        vm.assertEq(_redeem(sum), deposit, "paid");

        _assertChannel(0, sum, "channel");
        _assertDebt(agent, provider, owed, "agent");
        _assertBalance(provider, before + deposit, 0, "provider");
        vm.assertEq(meter.isIndebted(agentId), owed != 0, "indebted");
        if (owed == 0) return;
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), 0, "available in debt");
        vm.assertEq(meter.pledgeOf(agentId).owedSince, block.timestamp, "owed since");
    }

    /// Attack: free thinking on identities thrown away. With neither pledge nor line there is nothing to owe.
    function testFuzzThrowAwayIdentities(uint8 count, uint256 more) public {
        more = bound(more, 1, MAX_AMOUNT);
        for (uint256 i = 0; i < count % 8; i++) {
            _newIdentity();
            vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), 1, "available");
            _testOverdraft(more, 0);
        }
    }

    function _newIdentity() internal {
        agentId = _register(WORKER);
        agent = accountOfAgent(agentId);
        _open(1);
    }

    /// One call may overdraw: who owes, owes no more until it has paid.
    function testFuzzOverdrawTwice(uint256 more) public {
        more = bound(more, 1, MAX_AMOUNT);
        _grant(MAX_AMOUNT);
        _open(DEPOSIT);
        _testOverdraft(CREDIT, CREDIT);
        vm.expectEmit(address(meter));
        emit IUsageMeter.Overdrawn(_id(), 0, more);
        vm.assertEq(_redeem(DEPOSIT + CREDIT + more), 0, "paid");
        _assertDebt(agent, provider, CREDIT, "agent");
    }

    /// What was lost stays lost: a later deposit is for later calls.
    function testFuzzLostForGood(uint256 lost, uint256 later) public {
        lost = bound(lost, 1, MAX_AMOUNT);
        later = bound(later, 1, MAX_AMOUNT);
        _open(DEPOSIT);
        _testOverdraft(lost, 0);
        _fund(agent, later);
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, later);
        _assertChannel(later, DEPOSIT + lost, "channel");
        vm.assertEq(_redeem(DEPOSIT + lost + later), later, "paid");
    }

    /// Attack: two providers let the agent think on the same pledge. The first is the creditor, the other has its loss.
    function testFuzzTwoProviders(uint256 pledged, uint256 line) public {
        pledged = bound(pledged, 1, MAX_AMOUNT);
        line = bound(line, 1, MAX_AMOUNT);
        _setOverdraftLimit(type(uint48).max);
        _pledge(pledged);
        _open(DEPOSIT);
        _fund(agent, DEPOSIT);
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, RIVAL, DEPOSIT);
        vm.prank(RIVAL);
        meter.setCreditLine(agentId, line);
        vm.assertEq(meter.available(agentId, SIGNER, RIVAL), DEPOSIT + pledged + line, "other's");
        _testOverdraft(pledged, pledged);

        IUsageMeter.Claim memory claim = _claim(DEPOSIT + pledged);
        bytes memory signature = _signTo(SIGNER_KEY, RIVAL, claim);
        vm.expectEmit(address(meter));
        emit IUsageMeter.Overdrawn(_idOf(agentId, SIGNER, RIVAL), 0, pledged);
        vm.assertEq(meter.redeem(RIVAL, claim, signature), DEPOSIT, "paid to the other");
        _assertDebt(agent, provider, pledged, "agent");
        _assertBalance(accountOf(RIVAL), DEPOSIT, 0, "the other");
    }

    /// Attack: an id is sold with a channel open. The seller's signer spends what is in it, and puts the buyer in no debt.
    function testFuzzSoldWithOpenChannel(uint256 more) public {
        more = bound(more, 1, MAX_AMOUNT);
        _grant(MAX_AMOUNT);
        _open(DEPOSIT);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), 0, "available");
        _grant(MAX_AMOUNT);
        _testOverdraft(more, 0);
    }

    /// The buyer takes out what the seller's signer has left.
    function testSoldWithOpenChannelAndLeft() public {
        _open(DEPOSIT);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.prank(RIVAL);
        meter.startExit(agentId, SIGNER, PROVIDER);
        vm.warp(START + CHALLENGE_WINDOW);
        meter.close(agentId, SIGNER, PROVIDER);
        vm.prank(RIVAL);
        ledger.withdraw(agent, RIVAL, DEPOSIT);
        vm.assertEq(token.balanceOf(RIVAL), DEPOSIT, "tokens");
    }

    /// A line is for the owner that it was granted to.
    function testLineDoesNotTravel() public {
        _grant(CREDIT);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.assertEq(meter.creditLineOf(PROVIDER, agentId), 0, "line");
        _fund(agent, DEPOSIT);
        vm.prank(RIVAL);
        meter.open(agentId, SIGNER, PROVIDER, DEPOSIT);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT, "available");
        _testOverdraft(CREDIT, 0);
    }

    /// Attack: a pledge is pulled away from under vouchers. Under notice it counts for them, and for no new ones.
    function testFuzzPledgeUnderNotice(uint256 pledged) public {
        pledged = bound(pledged, 1, LIMIT);
        _pledge(pledged);
        _open(DEPOSIT);
        vm.prank(WORKER);
        meter.startUnpledge(agentId);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT, "available");
        vm.warp(START + CHALLENGE_WINDOW - 1);
        _testOverdraft(pledged, pledged);
    }
}
