// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract GetSummaryTest is FeedbackTest {
    /// Against the plain definition: the mean at eighteen decimals, cut to those that most have, the fewest of them.
    function testFuzzGetSummary(int64[5] memory values, uint8[5] memory decimals) public {
        int256 sum = 0;
        uint256[19] memory counts;
        for (uint256 i = 0; i < 5; i++) {
            decimals[i] = uint8(bound(decimals[i], 0, 18));
            _settleAndGive(i % 2 == 0 ? REQUESTER : RIVAL, values[i], decimals[i]);
            sum += int256(values[i]) * int256(10 ** (18 - decimals[i]));
            counts[decimals[i]]++;
        }
        uint256 mode = 0;
        for (uint256 i = 0; i < 19; i++) if (counts[i] > counts[mode]) mode = i;
        int256 mean = sum / 5 / int256(10 ** (18 - mode));
        _assertSummary(_both(), 5, mean, mode, "all");
        _assertSummary(_only(OUTSIDER), 0, 0, 0, "none");
    }

    function testGetSummaryByNumbers() public {
        _settleAndGive(REQUESTER, 9977, 2);
        _assertSummary(_only(REQUESTER), 1, 9977, 2, "one");
        _settleAndGive(REQUESTER, 100, 0);
        _assertSummary(_only(REQUESTER), 2, 99, 0, "a tie goes to the fewer decimals");
        _settleAndGive(RIVAL, -50, 2);
        _assertSummary(_both(), 3, 6642, 2, "with a bad one");
        _assertSummary(_only(RIVAL), 1, -50, 2, "the bad one");
    }

    function testGetSummaryByTags() public {
        for (uint256 i = 0; i < 3; i++) _settle(REQUESTER);
        _give(REQUESTER, 10, 0, "starred", "research");
        _give(REQUESTER, 20, 0, "starred", "writing");
        _give(REQUESTER, 60, 0, "uptime", "research");
        _assertTagged("", "", 3, 30);
        _assertTagged("starred", "", 2, 15);
        _assertTagged("", "research", 2, 35);
        _assertTagged("starred", "research", 1, 10);
        _assertTagged("uptime", "writing", 0, 0);
    }

    function _assertTagged(
        string memory tag1,
        string memory tag2,
        uint256 expectedCount,
        int256 expected
    ) internal {
        (uint64 count, int128 value, ) = incentives.getSummary(agentId, _only(REQUESTER), tag1, tag2);
        vm.assertEq(uint256(count), expectedCount, "count");
        vm.assertEq(int256(value), expected, "value");
    }

    /// A client named twice counts twice, as deployed.
    function testGetSummaryOfTheSameClientTwice() public {
        _settleAndGive(REQUESTER, 10, 0);
        address[] memory clients = _both();
        clients[1] = REQUESTER;
        _assertSummary(clients, 2, 10, 0, "twice");
    }

    /// The biggest values fit at the decimals they came with; where those of the mode are too many, some are given up.
    function testGetSummaryOfHugeValues() public {
        _settleAndGive(REQUESTER, MAX_VALUE, 18);
        _assertSummary(_only(REQUESTER), 1, MAX_VALUE, 18, "the highest");
        _settleAndGive(REQUESTER, -MAX_VALUE, 18);
        _assertSummary(_only(REQUESTER), 2, 0, 18, "cancelled");
        _settleAndGive(RIVAL, MAX_VALUE, 0);
        int256 third = int256(MAX_VALUE) / 3;
        _assertSummary(_both(), 3, third, 0, "no decimals left");
        _settleAndGive(RIVAL, -MAX_VALUE, 0);
        _settleAndGive(RIVAL, -7e30, 0);
        _settleAndGive(RIVAL, 0, 18);
        _settleAndGive(RIVAL, 0, 18);
        _assertSummary(_both(), 7, -1e38, 8, "eight decimals left");
    }

    function testGetSummaryWithoutClients() public {
        _settleAndGive(REQUESTER, 10, 0);
        vm.expectRevert(IReputationRegistry.NoClients.selector);
        incentives.getSummary(agentId, new address[](0), "", "");
    }
}
