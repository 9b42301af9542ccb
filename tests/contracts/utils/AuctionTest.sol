// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RelayTest} from "./RelayTest.sol";
import {vm} from "./Vm.sol";

/// @notice One task that takes bids, and bidders whose quality a test can choose.
abstract contract AuctionTest is RelayTest {
    uint256 internal constant BOND = RESERVE / 10;
    uint256 internal constant DELIVERY = 2 hours;

    uint256 internal taskId;
    uint256 internal biddingEnd;
    uint256 internal revealEnd;

    function setUp() public virtual override {
        super.setUp();
        _postMode(ITaskManager.AwardMode.SealedSecondPrice);
    }

    /// @dev The task of the test from now on.
    function _postMode(ITaskManager.AwardMode mode) internal {
        taskId = _post(_paramsOf(mode));
        biddingEnd = auction.getAuction(taskId).biddingEnd;
        revealEnd = _revealEnd(taskId);
    }

    function _paramsOf(
        ITaskManager.AwardMode mode
    ) internal view returns (ITaskManager.TaskParams memory params) {
        params = _params(RESERVE);
        params.mode = mode;
        if (mode == ITaskManager.AwardMode.OpenBid || mode == ITaskManager.AwardMode.Direct) {
            params.revealWindow = 0;
        }
        if (mode == ITaskManager.AwardMode.Race) params.evaluator = address(pool);
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
            weight: uint8(NAMED_WEIGHT),
            settled: false
        });
        vm.prank(address(tasks));
        incentives.report(outcome);
    }

    /// @dev The bigger the price, the higher the quality.
    function _praise(uint256 agentId, uint256 price) internal {
        _report(agentId, price, 100);
    }

    function _digest(uint256 agentId, uint256 price) internal view returns (uint200) {
        return auction.commitmentOf(taskId, agentId, price, PROMISE, _salt(taskId, agentId));
    }

    /// @dev The commitment's first 64 bits, cut out as bytes.
    function _tieBreakOf(uint200 digest) internal pure returns (uint64) {
        return uint64(bytes8(bytes25(digest)));
    }

    function _bid(uint256 agentId, uint256 price) internal {
        _bidAs(registry.ownerOf(agentId), agentId, price);
    }

    /// @dev Asks nothing first, so that an error can be expected of it.
    function _bidAs(address caller, uint256 agentId, uint256 price) internal {
        vm.prank(caller);
        auction.bid(taskId, agentId, price, PROMISE);
    }

    function _offer(
        uint256 agentId,
        uint256 price,
        uint256 nonce
    ) internal view returns (IBidAuction.SignedBid memory) {
        return IBidAuction.SignedBid(taskId, agentId, price, PROMISE, FOREVER, nonce);
    }

    function _sell(uint256 agentId, address to) internal {
        address owner = registry.ownerOf(agentId);
        vm.prank(owner);
        registry.transferFrom(owner, to, agentId);
    }

    function _wrongMode(ITaskManager.AwardMode mode) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IBidAuction.WrongMode.selector, taskId, mode);
    }

    function _state() internal view returns (ITaskManager.TaskState) {
        return tasks.stateOf(taskId);
    }

    function _assertState(ITaskManager.TaskState state) internal {
        vm.assertEq(uint256(_state()), uint256(state), "state");
    }

    /// @dev A bidder that has its bond and nothing else, locked or not.
    function _assertBond(uint256 agentId, bool held, string memory label) internal {
        _assertBalance(accountOfAgent(agentId), held ? 0 : BOND, held ? BOND : 0, label);
    }

    function _assertRanked(uint256 first, uint256 second, uint256 third) internal {
        IBidAuction.Bid[3] memory ranking = auction.getRanking(taskId);
        vm.assertEq(ranking[0].agentId, first, "first");
        vm.assertEq(ranking[1].agentId, second, "second");
        vm.assertEq(ranking[2].agentId, third, "third");
    }
}
