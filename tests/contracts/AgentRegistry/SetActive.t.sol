// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract SetActiveTest is RegistryTest {
    function testFuzzSetActive(bool[3] memory values) public {
        _approveBoth();
        _testSet(WORKER, values[0]);
        _testSet(RIVAL, values[1]);
        _testSet(THIRD, values[2]);
    }

    function _testSet(address caller, bool active) internal {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.ActiveSet(agentId, active);
        vm.prank(caller);
        registry.setActive(agentId, active);

        vm.assertEq(registry.isActive(agentId), active, "active");
        vm.assertEq(registry.canBid(agentId, WORKER), active, "can bid");
        vm.assertTrue(registry.canAct(agentId, WORKER), "can act");
        vm.assertEq(registry.getAgentWallet(agentId), WORKER, "wallet");
    }

    function testFuzzSetActiveNotAuthorized(address caller) public {
        _expectNotAuthorized(caller);
        registry.setActive(agentId, false);
    }

    function testFuzzSetActiveOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setActive(unknown, false);
    }
}
