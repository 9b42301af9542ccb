// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SeizeTest is MeterTest {
    uint256 internal constant GRACE_END = START + CHALLENGE_WINDOW;

    function testFuzzSeize(uint256 pledged, uint256 debt, uint256 bond) public {
        pledged = bound(pledged, 1, LIMIT);
        debt = bound(debt, 1, LIMIT);
        bond = bound(bond, 1, MAX_AMOUNT);
        uint256 amount = pledged < debt ? pledged : debt;
        _fundAndLock(agent, 0, bond);
        _pledge(pledged);
        _indebt(debt);
        vm.warp(GRACE_END);

        vm.expectEmit(address(meter));
        emit IUsageMeter.PledgeSeized(agentId, PROVIDER, amount);
        vm.expectEmit(address(ledger));
        emit ILedger.DebtPaid(agent, provider, agent, amount);
        vm.prank(PROVIDER);
        vm.assertEq(meter.seize(agentId), amount, "seized");

        vm.assertEq(meter.pledgeOf(agentId).amount, pledged - amount, "pledge left");
        _assertDebt(agent, provider, debt - amount, "agent");
        _assertBalance(agent, 0, bond + pledged - amount, "agent");
        _assertBalance(provider, 1 + amount, 0, "provider");
    }

    /// The agent has a challenge window to pay in another way.
    function testSeizeAroundTheGrace() public {
        _pledge(CREDIT);
        _indebt(CREDIT);
        vm.warp(GRACE_END - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IUsageMeter.GraceNotOver.selector, agentId, GRACE_END, GRACE_END - 1)
        );
        vm.prank(PROVIDER);
        meter.seize(agentId);
        vm.warp(GRACE_END + 1);
        vm.prank(PROVIDER);
        vm.assertEq(meter.seize(agentId), CREDIT, "seized");
    }

    function testFuzzSeizeNotCreditor(address caller) public {
        vm.assume(caller != PROVIDER);
        _pledge(CREDIT);
        _indebt(CREDIT);
        vm.warp(GRACE_END);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NotCreditor.selector, agentId, caller));
        vm.prank(caller);
        meter.seize(agentId);
    }

    /// Who is paid is no creditor any more.
    function testSeizeAfterPayment() public {
        _pledge(CREDIT);
        _indebt(CREDIT);
        _fund(agent, CREDIT);
        vm.prank(WORKER);
        ledger.repay(agent, agent, CREDIT);
        vm.warp(GRACE_END);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NotCreditor.selector, agentId, PROVIDER));
        vm.prank(PROVIDER);
        meter.seize(agentId);
    }

    function testSeizeNothing() public {
        _indebt(CREDIT);
        vm.warp(GRACE_END);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NothingPledged.selector, agentId));
        vm.prank(PROVIDER);
        meter.seize(agentId);
    }
}
