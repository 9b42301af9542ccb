// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {IReputationRegistry} from "../../../contracts/interfaces/IReputationRegistry.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice One agent of WORKER, and clients that a test lets speak of it.
abstract contract FeedbackTest is MarketTest {
    int128 internal constant MAX_VALUE = 1e38;

    uint256 internal agentId;

    function setUp() public virtual override {
        super.setUp();
        agentId = _register(WORKER);
    }

    function _outcome(address client, bool settled) internal view returns (IIncentiveEngine.Outcome memory) {
        return
            IIncentiveEngine.Outcome({
                agentId: agentId,
                epoch: registry.ownershipEpoch(agentId),
                skill: SKILL,
                client: client,
                price: CREDIT,
                score: 100,
                lateness: 0,
                weight: 0,
                settled: settled
            });
    }

    function _report(IIncentiveEngine.Outcome memory outcome) internal {
        vm.prank(address(tasks));
        incentives.report(outcome);
    }

    /// @dev A settled task of the client's and the agent's, which moves no reputation.
    function _settle(address client) internal {
        _report(_outcome(client, true));
    }

    function _give(
        address client,
        int128 value,
        uint8 decimals,
        string memory tag1,
        string memory tag2
    ) internal {
        vm.prank(client);
        incentives.giveFeedback(agentId, value, decimals, tag1, tag2, "", "", 0);
    }

    function _give(address client, int128 value) internal {
        _give(client, value, 0, "", "");
    }

    function _settleAndGive(address client, int128 value, uint8 decimals) internal {
        _settle(client);
        _give(client, value, decimals, "", "");
    }

    function _sell(address from, address to) internal {
        vm.prank(from);
        registry.transferFrom(from, to, agentId);
    }

    function _only(address client) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = client;
    }

    /// @dev REQUESTER and RIVAL, the clients of most tests.
    function _both() internal view returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (REQUESTER, RIVAL);
    }

    function _expectNoRight(address client) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IReputationRegistry.NoFeedbackRight.selector, agentId, client)
        );
    }

    function _expectNotFound(address client, uint64 index) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IReputationRegistry.FeedbackNotFound.selector, agentId, client, index)
        );
    }

    function _assertSummary(
        address[] memory clients,
        uint256 count,
        int256 value,
        uint256 decimals,
        string memory label
    ) internal {
        (uint64 foundCount, int128 foundValue, uint8 foundDecimals) = incentives.getSummary(
            agentId,
            clients,
            "",
            ""
        );
        vm.assertEq(uint256(foundCount), count, string.concat(label, ": count"));
        vm.assertEq(int256(foundValue), value, string.concat(label, ": value"));
        vm.assertEq(uint256(foundDecimals), decimals, string.concat(label, ": decimals"));
    }
}
