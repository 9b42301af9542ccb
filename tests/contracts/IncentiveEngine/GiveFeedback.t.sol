// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract GiveFeedbackTest is FeedbackTest {
    function testFuzzGiveFeedback(
        int128 value,
        uint8 decimals,
        string memory tag1,
        string memory tag2,
        string memory uri,
        bytes32 digest
    ) public {
        value = _bounded(value);
        decimals = uint8(bound(decimals, 0, 18));
        _settle(REQUESTER);

        vm.expectEmit(address(incentives));
        emit IReputationRegistry.NewFeedback(
            agentId,
            REQUESTER,
            1,
            value,
            decimals,
            tag1,
            tag1,
            tag2,
            "https://",
            uri,
            digest
        );
        vm.prank(REQUESTER);
        incentives.giveFeedback(agentId, value, decimals, tag1, tag2, "https://", uri, digest);

        IReputationRegistry.Feedback memory expected = IReputationRegistry.Feedback({
            value: value,
            valueDecimals: decimals,
            isRevoked: false,
            epoch: 0,
            responses: 0,
            tag1: tag1,
            tag2: tag2
        });
        vm.assertEq(
            abi.encode(incentives.getFeedback(agentId, REQUESTER, 1)),
            abi.encode(expected),
            "feedback"
        );
        _assertGiven(REQUESTER, 1, 0);
    }

    /// Indexes count from 1 for each pair of agent and client.
    function testFuzzGiveFeedbackCounts(uint8 settlements, uint8 feedbacks) public {
        settlements = uint8(bound(settlements, 1, 20));
        feedbacks = uint8(bound(feedbacks, 1, settlements));
        for (uint256 i = 0; i < settlements; i++) _settle(REQUESTER);
        _assertGiven(REQUESTER, 0, settlements);
        for (uint256 i = 0; i < feedbacks; i++) _give(REQUESTER, int128(int256(i)));
        _settleAndGive(RIVAL, 1, 0);

        _assertGiven(REQUESTER, feedbacks, settlements - feedbacks);
        _assertGiven(RIVAL, 1, 0);
        vm.assertEq(abi.encode(incentives.getClients(agentId)), abi.encode(_both()), "clients");
        for (uint64 i = 1; i <= feedbacks; i++) {
            (int128 value, , , , ) = incentives.readFeedback(agentId, REQUESTER, i);
            vm.assertEq(int256(value), int256(uint256(i)) - 1, "value");
        }
    }

    function testGiveFeedbackValueBounds() public {
        _settleAndGive(REQUESTER, MAX_VALUE, 18);
        _settleAndGive(REQUESTER, -MAX_VALUE, 18);
        _settle(REQUESTER);
        _expectOutOfBounds(MAX_VALUE + 1);
        _expectOutOfBounds(-MAX_VALUE - 1);
        _expectOutOfBounds(type(int128).max);
        _expectOutOfBounds(type(int128).min);
    }

    function _expectOutOfBounds(int128 value) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IReputationRegistry.ValueOutOfBounds.selector,
                value,
                -MAX_VALUE,
                MAX_VALUE
            )
        );
        _give(REQUESTER, value);
    }

    function testFuzzGiveFeedbackTooManyDecimals(uint8 decimals) public {
        decimals = uint8(bound(decimals, 19, type(uint8).max));
        _settle(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.TooManyDecimals.selector, decimals, 18));
        _give(REQUESTER, 1, decimals, "", "");
    }

    function testFuzzGiveFeedbackWithoutSettlement(address client, int128 value) public {
        value = _bounded(value);
        _settle(REQUESTER);
        vm.assume(client != REQUESTER);
        _expectNoRight(client);
        _give(client, value);
    }

    function testFuzzGiveFeedbackOnUnknownAgent(uint256 unknown) public {
        vm.assume(unknown != agentId);
        agentId = unknown;
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 1);
    }

    function testGiveFeedbackTwiceForOneSettlement() public {
        _settleAndGive(REQUESTER, 1, 0);
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 2);
    }

    /// A right is used up by one agent: it does not count for another of the same owner's.
    function testGiveFeedbackOnAnotherAgent() public {
        _settle(REQUESTER);
        agentId = _register(WORKER);
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 1);
    }

    function testGiveFeedbackByOwnerOperatorAndApproved() public {
        vm.startPrank(WORKER);
        registry.setApprovalForAll(RIVAL, true);
        registry.approve(THIRD, agentId);
        vm.stopPrank();
        _expectSelf(WORKER);
        _expectSelf(RIVAL);
        _expectSelf(THIRD);
    }

    /// The right stays: a client that was made an operator against its will is silent only as long.
    function testGiveFeedbackByFormerOperator() public {
        vm.prank(WORKER);
        registry.setApprovalForAll(REQUESTER, true);
        _expectSelf(REQUESTER);
        vm.prank(WORKER);
        registry.setApprovalForAll(REQUESTER, false);
        _give(REQUESTER, -1);
        _assertSummary(_only(REQUESTER), 1, -1, 0, "spoken");
    }

    function _expectSelf(address client) internal {
        _settle(client);
        vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.SelfFeedback.selector, agentId, client));
        _give(client, 100);
        _assertGiven(client, 0, 1);
    }

    /// What is said after a sale is said of the seller's work, and the buyer starts without a word.
    function testGiveFeedbackAfterTheAgentChangedHands() public {
        _settleAndGive(REQUESTER, 100, 0);
        _settle(REQUESTER);
        _sell(WORKER, RIVAL);
        _assertSummary(_only(REQUESTER), 0, 0, 0, "the buyer's, at first");

        _give(REQUESTER, 7);
        vm.assertEq(uint256(incentives.getFeedback(agentId, REQUESTER, 2).epoch), 0, "the seller's epoch");
        _assertSummary(_only(REQUESTER), 0, 0, 0, "the buyer's, after it");
        _settleAndGive(REQUESTER, 50, 0);
        vm.assertEq(uint256(incentives.getFeedback(agentId, REQUESTER, 3).epoch), 1, "the buyer's epoch");
        _assertSummary(_only(REQUESTER), 1, 50, 0, "the buyer's own");
    }

    /// A right from the seller's time cannot be spent on the buyer once both settled with the same client.
    function testRightsLapseWithTheNextOwnersFirstSettlement() public {
        for (uint256 i = 0; i < 3; i++) _settle(REQUESTER);
        _give(REQUESTER, 1);
        _sell(WORKER, RIVAL);
        _assertGiven(REQUESTER, 1, 2);
        _settle(REQUESTER);
        _assertGiven(REQUESTER, 1, 1);
        _give(REQUESTER, 2);
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 3);
    }

    /// Who sold an agent may speak of it, as its client of old, but of its own work.
    function testGiveFeedbackByFormerOwner() public {
        _settle(WORKER);
        _sell(WORKER, RIVAL);
        _give(WORKER, 100);
        _assertSummary(_only(WORKER), 0, 0, 0, "the buyer's");
    }

    function _assertGiven(address client, uint256 given, uint256 rights) internal {
        vm.assertEq(uint256(incentives.getLastIndex(agentId, client)), given, "last index");
        vm.assertEq(uint256(incentives.feedbackRightsOf(agentId, client)), rights, "rights");
    }

    function _bounded(int128 value) internal pure returns (int128) {
        return value < -MAX_VALUE || value > MAX_VALUE ? value / 10 : value;
    }
}
