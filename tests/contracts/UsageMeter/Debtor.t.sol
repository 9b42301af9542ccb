// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice An agent in debt, in every role it can play.
contract DebtorTest is MeterTest {
    uint256 internal constant BOND = RESERVE / 10;

    /// It thinks no more, and its credits go nowhere.
    function testFuzzRefusedEverything(uint256 debt) public {
        debt = bound(debt, 1, LIMIT);
        _indebt(debt);
        _fund(agent, DEPOSIT);
        bytes memory inDebt = _inDebt(agent, debt);
        vm.startPrank(WORKER);
        vm.expectRevert(inDebt);
        ledger.withdraw(agent, WORKER, 1);
        vm.expectRevert(inDebt);
        ledger.transfer(agent, accountOf(WORKER), 1);
        vm.expectRevert(inDebt);
        meter.open(agentId, SIGNER, RIVAL, 1);
        vm.expectRevert(inDebt);
        meter.topUp(agentId, SIGNER, PROVIDER, 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentInDebt.selector, agentId, debt));
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.stopPrank();
        vm.assertTrue(meter.isIndebted(agentId), "indebted");
        _assertBalance(agent, DEPOSIT, 0, "agent");
    }

    /// It can still earn, and what it earns pays the debt first.
    function testFuzzRewardPaysTheDebtFirst(uint256 debt) public {
        debt = bound(debt, 1, LIMIT);
        _indebt(debt);
        uint256 taskId = _post(RESERVE);
        _fund(agent, BOND);
        _commit(taskId, agentId, RESERVE);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _submit(taskId, RESULT);
        uint256 reward = RESERVE - MarketMath.feeOf(RESERVE, FEE_BPS);
        uint256 paid = debt < reward ? debt : reward;

        vm.expectEmit(address(ledger));
        emit ILedger.DebtPaid(agent, provider, agent, paid);
        _evaluate(taskId, 100);
        _assertBalance(agent, reward - paid + BOND, 0, "agent");
        _assertBalance(provider, 1 + paid, 0, "provider");
        _assertDebt(agent, provider, debt - paid, "agent");
    }

    /// As a bidder it bonds like any other, and a bond that comes back is its own.
    function testFuzzOutbidInDebt(uint256 debt) public {
        debt = bound(debt, 1, LIMIT);
        _indebt(debt);
        uint256 taskId = _post(RESERVE);
        _fund(agent, BOND);
        uint256 rival = _registerBidder(RIVAL, RESERVE);
        _commit(taskId, agentId, RESERVE);
        _commit(taskId, rival, RESERVE / 2);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        _reveal(taskId, rival, RESERVE / 2);
        _assertBalance(agent, BOND, 0, "agent");
        _assertDebt(agent, provider, debt, "agent");
    }

    /// As a worker that does not deliver it loses its bond to the requester, whomever it owes.
    function testFuzzDefaultsInDebt(uint256 debt) public {
        debt = bound(debt, 1, LIMIT);
        _indebt(debt);
        uint256 taskId = _post(RESERVE);
        _fund(agent, BOND);
        _commit(taskId, agentId, RESERVE);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        _assertBalance(agent, 0, 0, "agent");
        _assertBalance(accountOf(REQUESTER), _escrowOf(RESERVE) + BOND, 0, "requester");
        _assertDebt(agent, provider, debt, "agent");
    }

    /// It gets out of debt by its wallet's hand, and thinks again.
    function testFuzzRepaysAndThinksAgain(uint256 debt) public {
        debt = bound(debt, 1, LIMIT);
        _indebt(debt);
        _fund(agent, debt + DEPOSIT);
        vm.startPrank(WORKER);
        ledger.repay(agent, agent, debt);
        meter.topUp(agentId, SIGNER, PROVIDER, DEPOSIT);
        vm.stopPrank();
        vm.assertFalse(meter.isIndebted(agentId), "indebted");
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT + debt, "available");
    }

    function testForgivenThinksAgain() public {
        _indebt(CREDIT);
        vm.prank(PROVIDER);
        ledger.forgive(agent);
        vm.assertFalse(meter.isIndebted(agentId), "indebted");
        _fund(agent, DEPOSIT);
        vm.prank(WORKER);
        meter.topUp(agentId, SIGNER, PROVIDER, DEPOSIT);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT + CREDIT, "available");
    }
}
