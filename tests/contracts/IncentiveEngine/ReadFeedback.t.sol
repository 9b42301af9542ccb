// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReadFeedbackTest is FeedbackTest {
    /// @dev The columns that `readAllFeedback` returns.
    struct Columns {
        address[] clients;
        uint64[] indexes;
        int128[] values;
        uint8[] decimals;
        string[] tag1s;
        string[] tag2s;
        bool[] revoked;
    }

    function setUp() public override {
        super.setUp();
        _settle(REQUESTER);
        _give(REQUESTER, 10, 1, "starred", "research");
        _settle(REQUESTER);
        _give(REQUESTER, -20, 2, "uptime", "");
        _settle(RIVAL);
        _give(RIVAL, 30, 3, "starred", "writing");
        vm.prank(REQUESTER);
        incentives.revokeFeedback(agentId, 2);
    }

    function testReadFeedback() public {
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool revoked) = incentives
            .readFeedback(agentId, REQUESTER, 2);
        vm.assertEq(int256(value), -20, "value");
        vm.assertEq(uint256(decimals), 2, "decimals");
        vm.assertEq(tag1, "uptime", "first tag");
        vm.assertEq(tag2, "", "second tag");
        vm.assertTrue(revoked, "revoked");
    }

    function testFuzzReadFeedbackUnknown(address client, uint64 index) public {
        if (client == REQUESTER || client == RIVAL) index = uint64(bound(index, 3, type(uint64).max));
        _expectNotFound(client, index);
        incentives.readFeedback(agentId, client, index);
        _expectNotFound(client, index);
        incentives.getFeedback(agentId, client, index);
        _expectNotFound(REQUESTER, 0);
        incentives.readFeedback(agentId, REQUESTER, 0);
    }

    function testReadAllFeedback() public {
        Columns memory all = _readAll(new address[](0), "", "", true);
        vm.assertEq(all.clients.length, 3, "rows");
        vm.assertEq(abi.encode(all.clients[0], all.clients[2]), abi.encode(REQUESTER, RIVAL), "clients");
        _assertRow(all, 0, 1, 10, 1, "starred", "research", false);
        _assertRow(all, 1, 2, -20, 2, "uptime", "", true);
        _assertRow(all, 2, 1, 30, 3, "starred", "writing", false);
    }

    function testReadAllFeedbackFiltered() public {
        address[] memory nobody = new address[](0);
        vm.assertEq(_readAll(nobody, "", "", false).clients.length, 2, "not revoked");
        vm.assertEq(_readAll(_only(REQUESTER), "", "", true).clients.length, 2, "of one client");
        vm.assertEq(_readAll(nobody, "starred", "", true).clients.length, 2, "first tag");
        vm.assertEq(_readAll(nobody, "starred", "writing", true).clients[0], RIVAL, "both tags");
        vm.assertEq(_readAll(nobody, "", "none", true).clients.length, 0, "unknown tag");
        vm.assertEq(_readAll(_only(OUTSIDER), "", "", true).clients.length, 0, "unknown client");
    }

    /// The record starts anew with each owner, and an index keeps its meaning.
    function testReadAllFeedbackOfTheCurrentOwner() public {
        _sell(WORKER, THIRD);
        vm.assertEq(_readAll(new address[](0), "", "", true).clients.length, 0, "the buyer's");
        _settleAndGive(RIVAL, 5, 0);
        Columns memory all = _readAll(new address[](0), "", "", true);
        vm.assertEq(all.clients.length, 1, "rows");
        _assertRow(all, 0, 2, 5, 0, "", "", false);
        (int128 value, , , , ) = incentives.readFeedback(agentId, RIVAL, 1);
        vm.assertEq(int256(value), 30, "the seller's, by index");
        vm.assertEq(abi.encode(incentives.getClients(agentId)), abi.encode(_both()), "clients");
    }

    function testFuzzBrowseClients(uint256 start, uint256 limit) public {
        _settleAndGive(THIRD, 1, 0);
        address[] memory all = incentives.getClients(agentId);
        vm.assertEq(all.length, 3, "clients");
        vm.assertEq(abi.encode(incentives.browseClients(agentId, 0, 3)), abi.encode(all), "one page");
        start = bound(start, 0, 5);
        address[] memory page = incentives.browseClients(agentId, start, limit);
        uint256 rest = start < 3 ? 3 - start : 0;
        vm.assertEq(page.length, limit < rest ? limit : rest, "length");
        for (uint256 i = 0; i < page.length; i++) vm.assertEq(page[i], all[start + i], "client");
    }

    function _readAll(
        address[] memory clients,
        string memory tag1,
        string memory tag2,
        bool revoked
    ) internal view returns (Columns memory found) {
        (
            found.clients,
            found.indexes,
            found.values,
            found.decimals,
            found.tag1s,
            found.tag2s,
            found.revoked
        ) = incentives.readAllFeedback(agentId, clients, tag1, tag2, revoked);
    }

    function _assertRow(
        Columns memory found,
        uint256 row,
        uint256 index,
        int256 value,
        uint256 decimals,
        string memory tag1,
        string memory tag2,
        bool revoked
    ) internal {
        vm.assertEq(uint256(found.indexes[row]), index, "index");
        vm.assertEq(int256(found.values[row]), value, "value");
        vm.assertEq(uint256(found.decimals[row]), decimals, "decimals");
        vm.assertEq(found.tag1s[row], tag1, "first tag");
        vm.assertEq(found.tag2s[row], tag2, "second tag");
        vm.assertEq(found.revoked[row], revoked, "revoked");
    }
}
