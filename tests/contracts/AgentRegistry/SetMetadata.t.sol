// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract SetMetadataTest is RegistryTest {
    function testFuzzSetMetadata(string memory key, bytes memory first, bytes memory second) public {
        _testSet(WORKER, key, first);
        _approveBoth();
        _testSet(RIVAL, key, second);
        _testSet(THIRD, key, first);
    }

    function _testSet(address caller, string memory key, bytes memory value) internal {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(agentId, key, key, value);
        vm.prank(caller);
        registry.setMetadata(agentId, key, value);
        vm.assertEq(registry.getMetadata(agentId, key), value, "value");
    }

    function testFuzzMetadataOfAnotherAgentIsUntouched(string memory key, bytes memory value) public {
        uint256 other = _register(WORKER);
        vm.prank(WORKER);
        registry.setMetadata(agentId, key, value);
        vm.assertEq(registry.getMetadata(other, key), bytes(""), "other's value");
    }

    function testFuzzSetMetadataReservedKey(bytes memory value) public {
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.ReservedMetadataKey.selector, "agentWallet"));
        vm.prank(WORKER);
        registry.setMetadata(agentId, "agentWallet", value);
    }

    function testFuzzSetMetadataNotAuthorized(address caller) public {
        _expectNotAuthorized(caller);
        registry.setMetadata(agentId, "key", "value");
    }

    function testFuzzSetMetadataOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setMetadata(unknown, "key", "value");
    }
}
