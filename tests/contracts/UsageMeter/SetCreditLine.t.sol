// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetCreditLineTest is MeterTest {
    function testFuzzSetCreditLine(address caller, uint64 first, uint64 second) public {
        uint64[3] memory lines = [first, second, 0];
        for (uint256 i = 0; i < lines.length; i++) {
            vm.expectEmit(address(meter));
            emit IUsageMeter.CreditLineSet(caller, agentId, 0, lines[i]);
            vm.prank(caller);
            meter.setCreditLine(agentId, lines[i]);
            vm.assertEq(meter.creditLineOf(caller, agentId), lines[i], "line");
        }
    }

    /// A line is its provider's own: it lets nobody owe another.
    function testFuzzLineOfAnother(address other) public {
        vm.assume(other != PROVIDER);
        vm.prank(other);
        meter.setCreditLine(agentId, CREDIT);
        _open(DEPOSIT);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), DEPOSIT, "available");
    }

    function testFuzzLowerLineChangesNoDebt(uint256 debt, uint256 line) public {
        debt = bound(debt, 1, LIMIT);
        line = bound(line, 0, debt - 1);
        _indebt(debt);
        _grant(line);
        _assertDebt(agent, provider, debt, "agent");
    }

    function testFuzzLineToNobody(uint256 unknown) public {
        vm.assume(unknown != agentId);
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.AgentNotFound.selector, unknown));
        meter.setCreditLine(unknown, CREDIT);
    }

    function testFuzzLineTooHigh(uint256 amount) public {
        amount = bound(amount, uint256(type(uint64).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 64, amount));
        meter.setCreditLine(agentId, amount);
    }
}
