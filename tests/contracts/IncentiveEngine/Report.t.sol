// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReportTest is MarketTest {
    uint256 internal constant VALUE_CAP = 1_000 * CREDIT;
    uint256 internal constant EXPERIENCE_SCALE = 100 * CREDIT;

    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _register(WORKER);
    }

    /// The sums, the events and both readings, after each of three outcomes.
    function testFuzzReport(
        uint256[3] memory prices,
        uint256[3] memory scores,
        uint256[3] memory lateness,
        uint256[3] memory weights
    ) public {
        (uint256 experience, uint256 merit) = (0, 0);
        for (uint256 i = 0; i < 3; i++) {
            IIncentiveEngine.Outcome memory outcome = _outcome(
                bound(prices[i], 1, type(uint88).max),
                bound(scores[i], 0, 100),
                bound(lateness[i], 0, 100)
            );
            outcome.weight = uint8(bound(weights[i], 1, 100));
            uint256 weight = ((outcome.price > VALUE_CAP ? VALUE_CAP : outcome.price) * outcome.weight) / 100;
            experience += weight;
            merit += (weight * outcome.score * (200 - outcome.lateness)) / 20_000;

            vm.expectEmit(address(incentives));
            emit IIncentiveEngine.ReputationUpdated(
                agentId,
                SKILL,
                0,
                outcome.score,
                outcome.lateness,
                experience,
                merit
            );
            _report(outcome);
            _assertRecord(experience, merit);
        }
    }

    function _assertRecord(uint256 experience, uint256 merit) internal {
        IIncentiveEngine.Record memory record = incentives.recordOf(agentId, SKILL);
        vm.assertEq(record.experience, experience, "experience");
        vm.assertEq(record.merit, merit, "merit");
        uint256 reputation = experience == 0 ? 0 : (merit * 10_000) / experience;
        vm.assertEq(incentives.reputationOf(agentId, SKILL), reputation, "reputation");
        uint256 quality = 5_000 + (5_000 * merit) / (experience + EXPERIENCE_SCALE);
        vm.assertEq(incentives.qualityOf(agentId, SKILL), quality, "quality");
        uint32 epoch = registry.ownershipEpoch(agentId);
        vm.assertEq(incentives.qualityOf(agentId, epoch, SKILL), quality, "quality in the epoch");
        vm.assertLe(quality, MAX_QUALITY, "quality within bounds");
    }

    function testFuzzReportNotTaskManager(address caller) public {
        vm.assume(caller != address(tasks));
        IIncentiveEngine.Outcome memory outcome = _outcome(CREDIT, 100, 0);
        vm.expectRevert(abi.encodeWithSelector(IIncentiveEngine.NotTaskManager.selector, caller));
        vm.prank(caller);
        incentives.report(outcome);
    }

    /// Where nobody judged, or only the agent's own side, nothing is learned and nothing is said.
    function testFuzzReportWithoutWeight(uint256 price, uint256 score, uint256 lateness) public {
        _report(_outcome(CREDIT, 80, 0));
        IIncentiveEngine.Outcome memory outcome = _outcome(
            bound(price, 1, type(uint88).max),
            bound(score, 0, 100),
            bound(lateness, 0, 100)
        );
        outcome.weight = 0;
        vm.recordLogs();
        _report(outcome);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertRecord(CREDIT / 4, CREDIT / 5);
    }

    /// A settlement allows its client one feedback, whatever its weight; what was not settled allows none.
    function testFuzzReportSettled(address client, uint8 weight, bool settled) public {
        IIncentiveEngine.Outcome memory outcome = _outcome(CREDIT, 100, 0);
        (outcome.client, outcome.weight, outcome.settled) = (client, uint8(bound(weight, 0, 100)), settled);
        if (settled) {
            vm.expectEmit(address(incentives));
            emit IReputationRegistry.FeedbackAllowed(agentId, client, 0);
        }
        _report(outcome);
        vm.assertEq(uint256(incentives.feedbackRightsOf(agentId, client)), settled ? 1 : 0, "rights");
        _report(outcome);
        vm.assertEq(uint256(incentives.feedbackRightsOf(agentId, client)), settled ? 2 : 0, "more rights");
        vm.assertEq(uint256(incentives.getLastIndex(agentId, client)), 0, "last index");
    }

    /// An outcome belongs to the epoch it is reported for, and no other epoch reads it.
    function testFuzzReportTouchesOneEpoch(uint32 epoch, uint256 price) public {
        vm.assume(epoch != 0);
        IIncentiveEngine.Outcome memory outcome = _outcome(bound(price, CREDIT, type(uint88).max), 100, 0);
        outcome.epoch = epoch;
        _report(outcome);
        _assertRecord(0, 0);
        vm.assertGt(incentives.qualityOf(agentId, epoch, SKILL), MIN_QUALITY, "quality in the epoch");
    }

    /// The figures of the design, by a panel and by a named evaluator: V0 is half of the span.
    function testReportByWeight() public {
        IIncentiveEngine.Outcome memory outcome = _outcome(EXPERIENCE_SCALE, 100, 0);
        outcome.weight = 100;
        _report(outcome);
        _assertRecord(EXPERIENCE_SCALE, EXPERIENCE_SCALE);
        vm.assertEq(incentives.qualityOf(agentId, SKILL), 7_500, "by a panel");
        agentId = _register(RIVAL);
        _report(_outcome(4 * EXPERIENCE_SCALE, 100, 0));
        vm.assertEq(incentives.qualityOf(agentId, SKILL), 7_500, "by a named evaluator");
    }

    /// The figures of the design: perfect work for the capped value, on time and in the last second.
    function testReportByNumbers() public {
        _report(_outcome(1_000_000 * CREDIT, 100, 0));
        _assertRecord(250 * CREDIT, 250 * CREDIT);
        vm.assertEq(incentives.reputationOf(agentId, SKILL), 10_000, "reputation");
        vm.assertEq(incentives.qualityOf(agentId, SKILL), 8_571, "quality");
        _report(_outcome(1_000 * CREDIT, 100, 100));
        _assertRecord(500 * CREDIT, 375 * CREDIT);
        vm.assertEq(incentives.reputationOf(agentId, SKILL), 7_500, "reputation");
    }

    function testNewcomerIsAtTheFloor() public {
        vm.assertEq(incentives.qualityOf(agentId, SKILL), MIN_QUALITY, "quality");
        vm.assertEq(incentives.reputationOf(agentId, SKILL), 0, "reputation");
    }

    /// A fresh identity is never better than a bad one: the worst record is still at the floor.
    function testFuzzBadRecordIsNoWorseThanNone(uint256 price, uint256 lateness) public {
        _report(_outcome(bound(price, 1, type(uint88).max), 0, bound(lateness, 0, 100)));
        vm.assertEq(incentives.qualityOf(agentId, SKILL), MIN_QUALITY, "quality");
        vm.assertEq(incentives.reputationOf(agentId, SKILL), 0, "reputation");
    }

    /// Better or earlier work never counts less.
    function testFuzzReportIsMonotone(
        uint256 price,
        uint256[2] memory scores,
        uint256[2] memory lateness
    ) public {
        price = bound(price, 1, type(uint88).max);
        scores[0] = bound(scores[0], 0, 100);
        scores[1] = bound(scores[1], scores[0], 100);
        lateness[0] = bound(lateness[0], 0, 100);
        lateness[1] = bound(lateness[1], 0, lateness[0]);
        uint256 other = _register(RIVAL);
        _report(_outcome(price, scores[0], lateness[0]));
        IIncentiveEngine.Outcome memory better = _outcome(price, scores[1], lateness[1]);
        better.agentId = other;
        _report(better);
        vm.assertGe(incentives.qualityOf(other, SKILL), incentives.qualityOf(agentId, SKILL), "quality");
    }

    function testFuzzReportTouchesOneSkillOfOneAgent(bytes16 skill, uint256 price) public {
        vm.assume(skill != SKILL);
        uint256 other = _register(WORKER);
        _report(_outcome(bound(price, 4, type(uint88).max), 100, 0));
        vm.assertEq(incentives.recordOf(agentId, skill).experience, 0, "other skill");
        vm.assertEq(incentives.recordOf(other, SKILL).experience, 0, "other agent");
    }

    /// A buyer gets the identity and its credits, never its name. What it earns itself counts again.
    function testFuzzTransferResetsReputation(uint256 price) public {
        price = bound(price, 400, type(uint88).max);
        _report(_outcome(price, 100, 0));
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        _assertRecord(0, 0);

        vm.expectEmit(true, true, true, false, address(incentives));
        emit IIncentiveEngine.ReputationUpdated(agentId, SKILL, 1, 0, 0, 0, 0);
        _report(_outcome(CREDIT, 50, 0));
        _assertRecord(CREDIT / 4, CREDIT / 8);

        // Nor does it come back with the old owner.
        vm.prank(RIVAL);
        registry.transferFrom(RIVAL, WORKER, agentId);
        _assertRecord(0, 0);
    }

    function _outcome(
        uint256 price,
        uint256 score,
        uint256 lateness
    ) internal view returns (IIncentiveEngine.Outcome memory) {
        return
            IIncentiveEngine.Outcome({
                agentId: agentId,
                epoch: registry.ownershipEpoch(agentId),
                skill: SKILL,
                client: REQUESTER,
                price: price,
                score: score,
                lateness: lateness,
                weight: 25,
                settled: false
            });
    }

    function _report(IIncentiveEngine.Outcome memory outcome) internal {
        vm.prank(address(tasks));
        incentives.report(outcome);
    }
}
