// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {vm} from "../utils/Vm.sol";

contract AppendResponseTest is FeedbackTest {
    function setUp() public override {
        super.setUp();
        _settleAndGive(REQUESTER, 10, 0);
        _settleAndGive(REQUESTER, 20, 0);
        _settleAndGive(RIVAL, 90, 0);
    }

    function testFuzzAppendResponse(address responder, string memory uri, bytes32 digest) public {
        vm.assume(bytes(uri).length != 0 && responder != address(0));
        vm.expectEmit(address(incentives));
        emit IReputationRegistry.ResponseAppended(agentId, REQUESTER, 2, responder, uri, digest);
        vm.prank(responder);
        incentives.appendResponse(agentId, REQUESTER, 2, uri, digest);

        _assertCount(REQUESTER, 2, new address[](0), 1, "all");
        _assertCount(REQUESTER, 2, _only(responder), 1, "the responder's");
        _assertCount(REQUESTER, 1, new address[](0), 0, "to another feedback");
        (int128 value, , , , bool revoked) = incentives.readFeedback(agentId, REQUESTER, 2);
        vm.assertEq(int256(value), 20, "value");
        vm.assertFalse(revoked, "revoked");
    }

    /// The three ways to ask, with and without naming responders.
    function testGetResponseCount() public {
        _respond(WORKER, REQUESTER, 1);
        _respond(WORKER, REQUESTER, 1);
        _respond(THIRD, REQUESTER, 1);
        _respond(WORKER, REQUESTER, 2);
        _respond(THIRD, RIVAL, 1);
        address[] memory nobody = new address[](0);

        _assertCount(REQUESTER, 1, nobody, 3, "to one");
        _assertCount(REQUESTER, 1, _only(WORKER), 2, "to one, the worker's");
        _assertCount(REQUESTER, 0, nobody, 4, "to a client");
        _assertCount(REQUESTER, 0, _only(WORKER), 3, "to a client, the worker's");
        _assertCount(address(0), 0, nobody, 5, "to all");
        _assertCount(address(0), 9, _only(THIRD), 2, "to all, the third's");
        _assertCount(REQUESTER, 3, nobody, 0, "to none");
        _assertCount(OUTSIDER, 0, nobody, 0, "to a stranger");
    }

    function _respond(address responder, address client, uint64 index) internal {
        vm.prank(responder);
        incentives.appendResponse(agentId, client, index, "ipfs://response", 0);
    }

    function _assertCount(
        address client,
        uint64 index,
        address[] memory responders,
        uint256 expected,
        string memory label
    ) internal {
        vm.assertEq(
            uint256(incentives.getResponseCount(agentId, client, index, responders)),
            expected,
            label
        );
    }

    function testAppendResponseEmpty() public {
        vm.expectRevert(IReputationRegistry.EmptyResponseURI.selector);
        incentives.appendResponse(agentId, REQUESTER, 1, "", keccak256("response"));
    }

    function testFuzzAppendResponseToNothing(address client, uint64 index) public {
        vm.assume(client != REQUESTER && client != RIVAL);
        _expectNotFound(client, index);
        incentives.appendResponse(agentId, client, index, "ipfs://response", 0);
        _expectNotFound(REQUESTER, 0);
        incentives.appendResponse(agentId, REQUESTER, 0, "ipfs://response", 0);
        _expectNotFound(REQUESTER, 3);
        incentives.appendResponse(agentId, REQUESTER, 3, "ipfs://response", 0);
    }
}
