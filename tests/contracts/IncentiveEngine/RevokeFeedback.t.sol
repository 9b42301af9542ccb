// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {vm} from "../utils/Vm.sol";

contract RevokeFeedbackTest is FeedbackTest {
    function setUp() public override {
        super.setUp();
        _settleAndGive(REQUESTER, 10, 0);
        _settleAndGive(REQUESTER, 20, 0);
        _settleAndGive(RIVAL, 90, 0);
    }

    function testRevokeFeedback() public {
        _assertSummary(_both(), 3, 40, 0, "before");
        vm.expectEmit(address(incentives));
        emit IReputationRegistry.FeedbackRevoked(agentId, REQUESTER, 2);
        vm.prank(REQUESTER);
        incentives.revokeFeedback(agentId, 2);

        (int128 value, , , , bool revoked) = incentives.readFeedback(agentId, REQUESTER, 2);
        vm.assertTrue(revoked, "revoked");
        vm.assertEq(int256(value), 20, "value");
        (, , , , revoked) = incentives.readFeedback(agentId, REQUESTER, 1);
        vm.assertFalse(revoked, "the other");
        _assertSummary(_both(), 2, 50, 0, "after");
        vm.assertEq(uint256(incentives.getLastIndex(agentId, REQUESTER)), 2, "last index");
    }

    /// Else a client could speak once more for each word it takes back.
    function testRevokeFeedbackGivesNoRightBack() public {
        vm.prank(REQUESTER);
        incentives.revokeFeedback(agentId, 2);
        vm.assertEq(uint256(incentives.feedbackRightsOf(agentId, REQUESTER)), 0, "rights");
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 1);
    }

    function testRevokeFeedbackTwice() public {
        vm.startPrank(REQUESTER);
        incentives.revokeFeedback(agentId, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReputationRegistry.AlreadyRevoked.selector, agentId, REQUESTER, 1)
        );
        incentives.revokeFeedback(agentId, 1);
        vm.stopPrank();
    }

    function testFuzzRevokeFeedbackUnknownIndex(uint64 index) public {
        vm.assume(index == 0 || index > 2);
        _expectNotFound(REQUESTER, index);
        vm.prank(REQUESTER);
        incentives.revokeFeedback(agentId, index);
    }

    /// Nobody takes back what another said: not the agent's owner either.
    function testFuzzRevokeFeedbackOfAnother(address caller) public {
        vm.assume(caller != REQUESTER && caller != RIVAL);
        _expectNotFound(caller, 1);
        vm.prank(caller);
        incentives.revokeFeedback(agentId, 1);
    }
}
