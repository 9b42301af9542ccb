// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetParentAgentTest is RegistryTest {
    uint256 internal constant FAMILY = 6;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 1; i < FAMILY; i++) _register(WORKER);
    }

    function testFuzzSetParentAgent(uint256 child, uint256 parent) public {
        child = bound(child, 2, FAMILY);
        parent = bound(parent, 1, child - 1);
        vm.assertEq(registry.getParentAgent(child), 0, "no parent at first");

        vm.expectEmit(address(registry));
        emit IAgentRegistry.ParentAgentSet(child, parent);
        _set(child, parent);

        vm.assertEq(registry.getParentAgent(child), parent, "parent");
        vm.assertEq(registry.getParentAgent(parent), 0, "parent's parent");
    }

    /// Whatever is tried, who goes from parent to parent comes to an end.
    function testFuzzSetParentAgentMakesNoCycle(uint8[12] memory seeds) public {
        for (uint256 i = 0; i < seeds.length; i += 2) {
            uint256 child = bound(seeds[i], 1, FAMILY);
            uint256 parent = bound(seeds[i + 1], 1, FAMILY);
            vm.prank(WORKER);
            (bool done, ) = address(registry).call(abi.encodeCall(registry.setParentAgent, (child, parent)));
            if (done) vm.assertEq(registry.getParentAgent(child), parent, "parent");
        }
        for (uint256 child = 1; child <= FAMILY; child++) {
            uint256 ancestor = child;
            for (uint256 i = 0; i < FAMILY; i++) ancestor = registry.getParentAgent(ancestor);
            vm.assertEq(ancestor, 0, "the first ancestor has no parent");
        }
    }

    function testFuzzSetParentAgentNotOlder(uint256 child, uint256 parent) public {
        child = bound(child, 1, FAMILY);
        parent = bound(parent, child, FAMILY);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.InvalidParent.selector, child, parent));
        _set(child, parent);
    }

    function testFuzzSetParentAgentTwice(uint256 other) public {
        other = bound(other, 1, FAMILY - 1);
        _set(FAMILY, 2);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.ParentAlreadySet.selector, FAMILY, 2));
        _set(FAMILY, other);
    }

    /// Operators and approved manage an agent, but its descent is its owner's word.
    function testFuzzSetParentAgentNotOwner(address caller) public {
        vm.assume(caller != WORKER);
        _approveBoth();
        address[3] memory callers = [caller, RIVAL, THIRD];
        for (uint256 i = 0; i < callers.length; i++) {
            _expectNotOwner(2, callers[i]);
            vm.prank(callers[i]);
            registry.setParentAgent(2, agentId);
        }
    }

    function testSetParentAgentOfAnotherOwner() public {
        uint256 foreign = _register(RIVAL);
        uint256 child = _register(WORKER);
        _expectNotOwner(foreign, WORKER);
        _set(child, foreign);
    }

    function testFuzzSetParentAgentOfUnknown(uint256 unknown) public {
        if (unknown != 0) unknown = bound(unknown, FAMILY + 1, type(uint256).max);
        _expectNonexistent(unknown);
        registry.setParentAgent(unknown, agentId);
        _expectNonexistent(unknown);
        registry.setParentAgent(FAMILY, unknown);
    }

    function testTransferKeepsDescent() public {
        _set(FAMILY, 1);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, FAMILY);
        vm.assertEq(registry.getParentAgent(FAMILY), 1, "parent");
    }

    function _set(uint256 child, uint256 parent) internal {
        vm.prank(WORKER);
        registry.setParentAgent(child, parent);
    }

    function _expectNotOwner(uint256 agent, address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NotAgentOwner.selector, agent, caller));
    }
}
