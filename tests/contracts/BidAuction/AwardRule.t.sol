// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice The auction against a naive one that looks at all bids at once: up to eight bidders of any quality, some
/// of whom do not open their bids, revealed in any order.
contract AwardRuleTest is AuctionTest {
    uint256 internal constant MAX_BIDDERS = 8;

    struct Bidder {
        uint256 agentId;
        uint256 price;
        uint256 quality;
        uint256 tieBreak;
        bool revealed;
    }

    Bidder[] internal bidders;

    function testFuzzAwardRule(uint256 count, uint256 seed, bool firstPrice) public {
        _play(bound(count, 1, MAX_BIDDERS), seed, firstPrice, RESERVE);
    }

    /// Few prices and no history: most auctions have ties, which the lower commitment hash wins.
    function testFuzzTies(uint256 count, uint256 seed, bool firstPrice) public {
        _play(bound(count, 2, MAX_BIDDERS), seed, firstPrice, 2);
    }

    function _play(uint256 count, uint256 seed, bool firstPrice, uint256 maxPrice) internal {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        if (firstPrice) params.mode = ITaskManager.AwardMode.SealedFirstPrice;
        taskId = _post(params);
        for (uint256 i = 0; i < count; i++) _enter(_draw(seed, i), maxPrice);
        _warpToReveal(taskId);
        uint256 first = _draw(seed, count) % count;
        for (uint256 i = 0; i < count; i++) _open(bidders[(first + i) % count]);
        _assertRanking();
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _assertAward(firstPrice);
    }

    function _draw(uint256 seed, uint256 i) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }

    /// @dev With ties wanted, qualities stay equal too; one bidder in four keeps its bid shut.
    function _enter(uint256 seed, uint256 maxPrice) internal {
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        uint256 price = bound(seed >> 8, 1, maxPrice);
        if (maxPrice == RESERVE) {
            for (uint256 i = 0; i < seed % 4; i++) _praise(agentId, (seed >> (16 * i)) % (1_000 * CREDIT));
        }
        bidders.push(
            Bidder({
                agentId: agentId,
                price: price,
                quality: incentives.qualityOf(agentId, SKILL),
                tieBreak: _tieBreakOf(_digest(agentId, price)),
                revealed: (seed >> 128) % 4 != 0
            })
        );
        _commit(taskId, agentId, price);
    }

    function _open(Bidder memory bidder) internal {
        if (bidder.revealed) _reveal(taskId, bidder.agentId, bidder.price);
    }

    /// @dev The bidder that exactly `rank` others beat; none where fewer opened their bids.
    function _naive(uint256 rank) internal view returns (Bidder memory none) {
        for (uint256 i = 0; i < bidders.length; i++) {
            if (!bidders[i].revealed) continue;
            uint256 better = 0;
            for (uint256 j = 0; j < bidders.length; j++) {
                if (bidders[j].revealed && j != i && _isBetter(bidders[j], bidders[i])) better++;
            }
            if (better == rank) return bidders[i];
        }
    }

    function _isBetter(Bidder memory a, Bidder memory b) internal pure returns (bool) {
        if (a.price * b.quality != b.price * a.quality) return a.price * b.quality < b.price * a.quality;
        return a.tieBreak < b.tieBreak;
    }

    function _assertRanking() internal {
        IBidAuction.Bid[3] memory ranking = auction.getRanking(taskId);
        for (uint256 rank = 0; rank < 3; rank++) {
            Bidder memory expected = _naive(rank);
            vm.assertEq(ranking[rank].agentId, expected.agentId, "agent");
            vm.assertEq(ranking[rank].price, expected.price, "price");
            vm.assertEq(ranking[rank].quality, expected.quality, "quality");
            vm.assertEq(ranking[rank].tieBreak, expected.tieBreak, "tie break");
        }
    }

    function _assertAward(bool firstPrice) internal {
        Bidder memory winner = _naive(0);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, winner.agentId, "winner");
        if (winner.agentId == 0)
            vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Expired), "state");
        else if (firstPrice) vm.assertEq(task.price, winner.price, "first price");
        else _assertSecondPrice(task.price, winner, _naive(1));

        for (uint256 i = 0; i < bidders.length; i++) {
            bool held = !bidders[i].revealed || bidders[i].agentId == winner.agentId;
            _assertBalance(accountOfAgent(bidders[i].agentId), held ? 0 : BOND, held ? BOND : 0, "bidder");
        }
    }

    /// @dev The highest price, within the reserve, at which the winner would not lose to the second.
    function _assertSecondPrice(uint256 price, Bidder memory winner, Bidder memory second) internal {
        vm.assertGe(price, winner.price, "not below its own price");
        vm.assertLe(price, RESERVE, "not above the reserve");
        if (second.agentId == 0) {
            vm.assertEq(price, RESERVE, "a single bidder is paid the reserve");
            return;
        }
        vm.assertLe(price * second.quality, second.price * winner.quality, "it still wins");
        bool loses = (price + 1) * second.quality > second.price * winner.quality;
        vm.assertTrue(loses || price == RESERVE, "one unit more and it loses");
    }
}
