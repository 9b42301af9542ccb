// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract SetAgentURITest is RegistryTest {
    function testFuzzSetAgentURI(string memory first, string memory second) public {
        _testSet(WORKER, first);
        _approveBoth();
        _testSet(RIVAL, second);
        _testSet(THIRD, first);
    }

    function _testSet(address caller, string memory uri) internal {
        vm.expectEmit(address(registry));
        emit IERC4906.MetadataUpdate(agentId);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.URIUpdated(agentId, uri, caller);
        vm.prank(caller);
        registry.setAgentURI(agentId, uri);
        vm.assertEq(registry.tokenURI(agentId), uri, "URI");
    }

    function testFuzzSetAgentURINotAuthorized(address caller, string memory uri) public {
        _expectNotAuthorized(caller);
        registry.setAgentURI(agentId, uri);
    }

    function testFuzzSetAgentURIOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setAgentURI(unknown, "ipfs://card");
    }
}
