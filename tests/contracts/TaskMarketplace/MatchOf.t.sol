// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {ITaskMarketplace} from "../../../contracts/interfaces/ITaskMarketplace.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MatchOfTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _register(WORKER);
    }

    function testFuzzMatchOf(uint8 weight, uint256 price, uint256 score) public {
        weight = uint8(bound(weight, 0, 100));
        _claim(agentId, SKILL, weight);
        _report(agentId, bound(price, 4, MAX_RESERVE), bound(score, 0, 100));

        ITaskMarketplace.Match memory found = marketplace.matchOf(agentId, taskId);
        vm.assertEq(found.weight, weight, "weight");
        vm.assertEq(found.reputation, incentives.reputationOf(agentId, SKILL), "reputation");
        vm.assertEq(found.quality, incentives.qualityOf(agentId, SKILL), "quality");
        vm.assertEq(found.score, (weight * (found.reputation + found.quality)) / 200, "score");
        vm.assertLe(found.score, BPS, "highest score");
    }

    /// By how well newcomers are done by: a quarter of what the best can have.
    function testMatchOfNewcomer() public {
        _claim(agentId, SKILL, 100);
        vm.assertEq(marketplace.matchOf(agentId, taskId).score, BPS / 4, "score");
    }

    /// Whoever claims as much and has any past, however bad, is no worse off than a new identity.
    function testFuzzMatchOfNewcomerIsNeverBetter(uint8 weight, uint256 price, uint256 score) public {
        weight = uint8(bound(weight, 0, 100));
        uint256 newcomer = _register(RIVAL);
        _claim(agentId, SKILL, weight);
        vm.prank(RIVAL);
        registry.setSkills(newcomer, _skill(SKILL, weight));
        _report(agentId, bound(price, 4, MAX_RESERVE), bound(score, 0, 100));
        uint256 known = marketplace.matchOf(agentId, taskId).score;
        vm.assertGe(known, marketplace.matchOf(newcomer, taskId).score, "score");
    }

    function testFuzzMatchOfAnotherSkill(bytes16 tag) public {
        vm.assume(tag != SKILL && tag != 0);
        _claim(agentId, tag, 100);
        _praise(agentId, RESERVE);
        vm.assertEq(marketplace.matchOf(agentId, taskId).score, 0, "score");
    }

    function testFuzzMatchOfUnknownAgent(uint256 unknown) public {
        vm.assume(unknown != agentId);
        vm.assertEq(marketplace.matchOf(unknown, taskId).score, 0, "score");
    }

    function testFuzzMatchOfUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        marketplace.matchOf(agentId, unknown);
    }

    function _claim(uint256 agent, bytes16 tag, uint8 weight) internal {
        vm.prank(WORKER);
        registry.setSkills(agent, _skill(tag, weight));
    }

    function _skill(bytes16 tag, uint8 weight) internal pure returns (IAgentRegistry.Skill[] memory skills) {
        skills = new IAgentRegistry.Skill[](1);
        skills[0] = IAgentRegistry.Skill({tag: tag, weight: weight});
    }
}
