// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {IERC8004Reputation} from "../utils/IERC8004.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The reputation registry through the standard's eyes alone.
contract ReputationStandardTest is FeedbackTest {
    IERC8004Reputation internal reputation;

    function setUp() public override {
        super.setUp();
        reputation = IERC8004Reputation(address(incentives));
    }

    /// A function or an event that is spelt otherwise is another one.
    function testSelectors() public {
        bytes4[11] memory ours = [
            IReputationRegistry.giveFeedback.selector,
            IReputationRegistry.revokeFeedback.selector,
            IReputationRegistry.appendResponse.selector,
            IReputationRegistry.getSummary.selector,
            IReputationRegistry.readFeedback.selector,
            IReputationRegistry.readAllFeedback.selector,
            IReputationRegistry.getResponseCount.selector,
            IReputationRegistry.getClients.selector,
            IReputationRegistry.getLastIndex.selector,
            IReputationRegistry.getIdentityRegistry.selector,
            IReputationRegistry.getVersion.selector
        ];
        string[11] memory standard = [
            "giveFeedback(uint256,int128,uint8,string,string,string,string,bytes32)",
            "revokeFeedback(uint256,uint64)",
            "appendResponse(uint256,address,uint64,string,bytes32)",
            "getSummary(uint256,address[],string,string)",
            "readFeedback(uint256,address,uint64)",
            "readAllFeedback(uint256,address[],string,string,bool)",
            "getResponseCount(uint256,address,uint64,address[])",
            "getClients(uint256)",
            "getLastIndex(uint256,address)",
            "getIdentityRegistry()",
            "getVersion()"
        ];
        for (uint256 i = 0; i < 11; i++) {
            vm.assertEq(bytes32(ours[i]), bytes32(bytes4(keccak256(bytes(standard[i])))), standard[i]);
        }
    }

    function testEventSelectors() public {
        _assertEvent(
            IReputationRegistry.NewFeedback.selector,
            "NewFeedback(uint256,address,uint64,int128,uint8,string,string,string,string,string,bytes32)"
        );
        _assertEvent(IReputationRegistry.FeedbackRevoked.selector, "FeedbackRevoked(uint256,address,uint64)");
        _assertEvent(
            IReputationRegistry.ResponseAppended.selector,
            "ResponseAppended(uint256,address,uint64,address,string,bytes32)"
        );
    }

    function _assertEvent(bytes32 found, string memory signature) internal {
        vm.assertEq(found, keccak256(bytes(signature)), signature);
    }

    function testIdentityAndVersion() public {
        vm.assertEq(reputation.getIdentityRegistry(), address(registry), "identity registry");
        vm.assertEq(reputation.getVersion(), "2.0.0", "version");
    }

    /// A feedback's whole life, every event with the standard's topics and data.
    function testLifeOfAFeedback() public {
        _settle(REQUESTER);
        vm.expectEmit(address(reputation));
        emit IERC8004Reputation.NewFeedback(
            agentId,
            REQUESTER,
            1,
            9977,
            2,
            "starred",
            "starred",
            "research",
            "https://agent",
            "ipfs://feedback",
            keccak256("feedback")
        );
        vm.prank(REQUESTER);
        reputation.giveFeedback(
            agentId,
            9977,
            2,
            "starred",
            "research",
            "https://agent",
            "ipfs://feedback",
            keccak256("feedback")
        );
        vm.expectEmit(address(reputation));
        emit IERC8004Reputation.ResponseAppended(agentId, REQUESTER, 1, WORKER, "ipfs://thanks", "digest");
        vm.prank(WORKER);
        reputation.appendResponse(agentId, REQUESTER, 1, "ipfs://thanks", "digest");
        _assertRead(false);

        vm.expectEmit(address(reputation));
        emit IERC8004Reputation.FeedbackRevoked(agentId, REQUESTER, 1);
        vm.prank(REQUESTER);
        reputation.revokeFeedback(agentId, 1);
        _assertRead(true);
    }

    function _assertRead(bool expected) internal {
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool revoked) = reputation
            .readFeedback(agentId, REQUESTER, 1);
        vm.assertEq(
            abi.encode(value, decimals, tag1, tag2, revoked),
            abi.encode(int128(9977), uint8(2), "starred", "research", expected),
            "feedback"
        );
        (address[] memory clients, , int128[] memory values, , , , ) = reputation.readAllFeedback(
            agentId,
            new address[](0),
            "starred",
            "research",
            true
        );
        vm.assertEq(clients[0], REQUESTER, "client");
        vm.assertEq(int256(values[0]), 9977, "value");
        (uint64 count, int128 summary, ) = reputation.getSummary(agentId, _only(REQUESTER), "starred", "");
        vm.assertEq(uint256(count), expected ? 0 : 1, "count");
        vm.assertEq(int256(summary), expected ? int256(0) : int256(9977), "summary");
        vm.assertEq(uint256(reputation.getLastIndex(agentId, REQUESTER)), 1, "last index");
        vm.assertEq(abi.encode(reputation.getClients(agentId)), abi.encode(_only(REQUESTER)), "all clients");
        uint64 responses = reputation.getResponseCount(agentId, REQUESTER, 1, new address[](0));
        vm.assertEq(uint256(responses), 1, "responses");
    }
}
