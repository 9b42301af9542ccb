// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract SetEncryptionKeyTest is RegistryTest {
    function testFuzzSetEncryptionKey(bytes32[3] memory keys) public {
        vm.assertEq(registry.getEncryptionKey(agentId), 0, "no key at first");
        _approveBoth();
        _testSet(WORKER, keys[0]);
        _testSet(RIVAL, keys[1]);
        _testSet(THIRD, keys[2]);
        _testSet(WORKER, 0);
    }

    function _testSet(address caller, bytes32 key) internal {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.EncryptionKeySet(agentId, key);
        vm.prank(caller);
        registry.setEncryptionKey(agentId, key);

        vm.assertEq(registry.getEncryptionKey(agentId), key, "key");
        vm.assertEq(registry.getEncryptionKey(agentId + 1), 0, "key of another");
    }

    /// The old owner could go on reading what is written to the agent.
    function testFuzzTransferRemovesEncryptionKey(bytes32 key) public {
        vm.assume(key != 0);
        vm.prank(WORKER);
        registry.setEncryptionKey(agentId, key);

        vm.expectEmit(address(registry));
        emit IAgentRegistry.EncryptionKeySet(agentId, 0);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.assertEq(registry.getEncryptionKey(agentId), 0, "key");
    }

    function testTransferWithoutEncryptionKeyEmitsNone() public {
        vm.recordLogs();
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.assertEq(vm.getRecordedLogs().length, 2, "the transfer and the wallet");
    }

    function testFuzzSetEncryptionKeyNotAuthorized(address caller, bytes32 key) public {
        _expectNotAuthorized(caller);
        registry.setEncryptionKey(agentId, key);
    }

    function testFuzzSetEncryptionKeyOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setEncryptionKey(unknown, "key");
    }
}
