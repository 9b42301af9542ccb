// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract UnsetAgentWalletTest is RegistryTest {
    function testUnsetAgentWallet() public {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(agentId, "agentWallet", "agentWallet", "");
        vm.prank(WORKER);
        registry.unsetAgentWallet(agentId);

        vm.assertEq(registry.getAgentWallet(agentId), address(0), "wallet");
        vm.assertEq(registry.getMetadata(agentId, "agentWallet"), bytes(""), "wallet bytes");
        vm.assertTrue(registry.canAct(agentId, WORKER), "owner acts");
        vm.assertFalse(registry.canAct(agentId, address(0)), "nobody acts");
    }

    function testFuzzUnsetAgentWalletNotAuthorized(address caller) public {
        _expectNotAuthorized(caller);
        registry.unsetAgentWallet(agentId);
    }

    function testFuzzUnsetAgentWalletOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.unsetAgentWallet(unknown);
    }
}
