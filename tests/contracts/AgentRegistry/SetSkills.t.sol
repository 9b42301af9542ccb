// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetSkillsTest is RegistryTest {
    function testFuzzSetSkills(bytes16[4] memory tags, uint8[4] memory weights) public {
        IAgentRegistry.Skill[] memory skills = new IAgentRegistry.Skill[](4);
        for (uint256 i = 0; i < 4; i++) {
            // Two tags may be the same: the later weight counts.
            bytes16 tag = tags[i] == 0 ? SKILL : tags[i];
            skills[i] = IAgentRegistry.Skill({tag: tag, weight: uint8(bound(weights[i], 0, 100))});
            vm.expectEmit(address(registry));
            emit IAgentRegistry.SkillSet(agentId, tag, skills[i].weight);
        }
        vm.prank(WORKER);
        registry.setSkills(agentId, skills);

        for (uint256 i = 0; i < 4; i++) {
            vm.assertEq(_weightOf(skills[i].tag), _lastWeight(skills, skills[i].tag), "weight");
        }
    }

    function _lastWeight(
        IAgentRegistry.Skill[] memory skills,
        bytes16 tag
    ) internal pure returns (uint256 weight) {
        for (uint256 i = 0; i < skills.length; i++) if (skills[i].tag == tag) weight = skills[i].weight;
    }

    function testFuzzSetSkillsWithdraws(bytes16 tag) public {
        vm.assume(tag != 0);
        vm.startPrank(WORKER);
        registry.setSkills(agentId, _one(tag, 100));
        registry.setSkills(agentId, _one(tag, 0));
        vm.stopPrank();
        vm.assertEq(_weightOf(tag), 0, "weight");
    }

    function testSetSkillsByOperatorAndApproved() public {
        _approveBoth();
        vm.prank(RIVAL);
        registry.setSkills(agentId, _one(SKILL, 1));
        vm.prank(THIRD);
        registry.setSkills(agentId, _one(SKILL, 2));
        vm.assertEq(_weightOf(SKILL), 2, "weight");
    }

    function testFuzzSetSkillsWeightTooHigh(bytes16 tag, uint8 weight) public {
        vm.assume(tag != 0);
        weight = uint8(bound(weight, 101, type(uint8).max));
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.WeightTooHigh.selector, tag, weight));
        vm.prank(WORKER);
        registry.setSkills(agentId, _one(tag, weight));
    }

    function testFuzzSetSkillsEmptyTag(uint8 weight) public {
        vm.expectRevert(IAgentRegistry.EmptySkillTag.selector);
        vm.prank(WORKER);
        registry.setSkills(agentId, _one(0, weight));
    }

    function testFuzzSetSkillsNotAuthorized(address caller) public {
        _expectNotAuthorized(caller);
        registry.setSkills(agentId, _one(SKILL, 1));
    }

    function testFuzzSetSkillsOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setSkills(unknown, _one(SKILL, 1));
    }

    function _weightOf(bytes16 tag) internal view returns (uint256) {
        return registry.skillWeight(agentId, tag);
    }

    function _one(bytes16 tag, uint8 weight) internal pure returns (IAgentRegistry.Skill[] memory skills) {
        skills = new IAgentRegistry.Skill[](1);
        skills[0] = IAgentRegistry.Skill({tag: tag, weight: weight});
    }
}
