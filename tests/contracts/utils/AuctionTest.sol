// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {TaskTest} from "./TaskTest.sol";
import {vm} from "./Vm.sol";

/// @notice One open task, and bidders whose quality a test can choose.
abstract contract AuctionTest is TaskTest {
    uint256 internal constant BOND = RESERVE / 10;

    uint256 internal taskId;
    uint256 internal biddingEnd;
    uint256 internal revealEnd;

    function setUp() public virtual override {
        super.setUp();
        taskId = _post(RESERVE);
        biddingEnd = tasks.termsOf(taskId).biddingEnd;
        revealEnd = tasks.termsOf(taskId).revealEnd;
    }

    /// @dev Adds an outcome to the agent's record, as if a task had been settled.
    function _report(uint256 agentId, uint256 price, uint256 score) internal {
        IIncentiveEngine.Outcome memory outcome = IIncentiveEngine.Outcome({
            agentId: agentId,
            epoch: registry.ownershipEpoch(agentId),
            skill: SKILL,
            client: REQUESTER,
            price: price,
            score: score,
            lateness: 0,
            weight: 25,
            settled: false
        });
        vm.prank(address(tasks));
        incentives.report(outcome);
    }

    /// @dev The bigger the price, the higher the quality.
    function _praise(uint256 agentId, uint256 price) internal {
        _report(agentId, price, 100);
    }

    function _digest(uint256 agentId, uint256 price) internal view returns (uint240) {
        return auction.commitmentOf(taskId, agentId, price, PROMISE, _salt(taskId, agentId));
    }

    /// @dev The commitment's first 48 bits, cut out as bytes.
    function _tieBreakOf(uint240 digest) internal pure returns (uint48) {
        return uint48(bytes6(bytes30(digest)));
    }

    function _assertCommitment(uint256 agentId, uint240 digest, uint256 quality) internal {
        IBidAuction.Commitment memory commitment = auction.getCommitment(taskId, agentId);
        vm.assertEq(commitment.digest, digest, "digest");
        vm.assertEq(commitment.quality, quality, "quality");
    }
}
