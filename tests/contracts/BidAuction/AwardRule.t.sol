// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice The auction against a naive one that looks at all bids at once: up to eight bidders of any quality, sealed,
/// some of whom do not open their bids, revealed in any order; or in the open, with improvements. Then the winner
/// defaults, and what the runner-up is paid is what it would have been paid had the winner never bid.
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
    uint256 internal made;
    ITaskManager.AwardMode internal mode;

    function testFuzzAwardRule(uint256 count, uint256 seed, bool firstPrice) public {
        _playSealed(bound(count, 1, MAX_BIDDERS), seed, firstPrice, RESERVE);
    }

    /// Few prices and no history: most auctions have ties, which the lower commitment hash wins.
    function testFuzzTies(uint256 count, uint256 seed, bool firstPrice) public {
        _playSealed(bound(count, 2, MAX_BIDDERS), seed, firstPrice, 2);
    }

    function testFuzzOpenBids(uint256 count, uint256 seed) public {
        _playOpen(bound(count, 1, MAX_BIDDERS), seed, RESERVE);
    }

    function testFuzzOpenTies(uint256 count, uint256 seed) public {
        _playOpen(bound(count, 2, MAX_BIDDERS), seed, 4);
    }

    function _playSealed(uint256 count, uint256 seed, bool firstPrice, uint256 maxPrice) internal {
        mode =
            firstPrice ? ITaskManager.AwardMode.SealedFirstPrice : ITaskManager.AwardMode.SealedSecondPrice;
        _postMode(mode);
        for (uint256 i = 0; i < count; i++) _enter(_draw(seed, i), maxPrice);
        _warpToReveal(taskId);
        uint256 first = _draw(seed, count) % count;
        for (uint256 i = 0; i < count; i++) _open(bidders[(first + i) % count]);
        _finish();
    }

    /// @dev Two rounds of bids, between which records change; only lower prices are bid in the second.
    function _playOpen(uint256 count, uint256 seed, uint256 maxPrice) internal {
        mode = ITaskManager.AwardMode.OpenBid;
        _postMode(mode);
        for (uint256 i = 0; i < count; i++) {
            _enter(_draw(seed, i), maxPrice);
            _bidOpen(bidders[i], bidders[i].price);
        }
        _assertRanking();
        for (uint256 i = 0; i < count; i++) {
            uint256 own = _draw(seed, count + i);
            Bidder storage bidder = bidders[own % count];
            if (maxPrice == RESERVE)
                _report(bidder.agentId, ((own >> 8) % (100 * CREDIT)) + 1, (own >> 64) % 101);
            if (bidder.price > 1) _bidOpen(bidder, bound(own >> 128, 1, bidder.price - 1));
            _assertRanking();
        }
        _finish();
    }

    function _finish() internal {
        _assertRanking();
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _assertAward();
        if (_naive(1).agentId != 0) _takeOver();
    }

    function _draw(uint256 seed, uint256 i) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }

    /// @dev With ties wanted, qualities stay equal too; of sealed bids one in four is kept shut.
    function _enter(uint256 seed, uint256 maxPrice) internal {
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        uint256 price = bound(seed >> 8, 1, maxPrice);
        if (maxPrice == RESERVE) {
            for (uint256 i = 0; i < seed % 4; i++) _praise(agentId, (seed >> (16 * i)) % (1_000 * CREDIT));
        }
        bool isOpen = mode == ITaskManager.AwardMode.OpenBid;
        bidders.push(
            Bidder({
                agentId: agentId,
                price: price,
                quality: incentives.qualityOf(agentId, SKILL),
                tieBreak: _tieBreakOf(_digest(agentId, price)),
                revealed: isOpen || (seed >> 128) % 4 != 0
            })
        );
        if (!isOpen) _commit(taskId, agentId, price);
    }

    function _open(Bidder memory bidder) internal {
        if (bidder.revealed) _reveal(taskId, bidder.agentId, bidder.price);
    }

    /// @dev Of equal bids the earlier wins.
    function _bidOpen(Bidder storage bidder, uint256 price) internal {
        bidder.price = price;
        bidder.tieBreak = ++made;
        _bid(bidder.agentId, price);
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
        }
        _assertBonds();
    }

    /// @dev A bond is held of the leader, and of whoever has not opened its bid.
    function _assertBonds() internal {
        uint256 leader = _naive(0).agentId;
        for (uint256 i = 0; i < bidders.length; i++) {
            bool held = !bidders[i].revealed || bidders[i].agentId == leader;
            _assertBond(bidders[i].agentId, held, "bidder");
        }
    }

    function _assertAward() internal {
        Bidder memory winner = _naive(0);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, winner.agentId, "winner");
        if (winner.agentId == 0) _assertState(ITaskManager.TaskState.Expired);
        else _assertPrice(task.price, winner, _naive(1));
        _assertBonds();
    }

    function _takeOver() internal {
        (Bidder memory defaulter, Bidder memory heir) = (_naive(0), _naive(1));
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        vm.prank(WORKER);
        auction.takeOver(taskId, heir.agentId);
        // The naive auction, held again without the defaulter.
        for (uint256 i = 0; i < bidders.length; i++) {
            if (bidders[i].agentId == defaulter.agentId) bidders[i].revealed = false;
        }
        vm.assertEq(_naive(0).agentId, heir.agentId, "heir");
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, heir.agentId, "successor");
        _assertPrice(task.price, heir, _naive(1));
        _assertBond(heir.agentId, true, "successor");
        _assertBalance(accountOfAgent(defaulter.agentId), 0, 0, "defaulter");
    }

    /// @dev Second price: the highest price, within the reserve, at which the winner would not lose to the second.
    function _assertPrice(uint256 price, Bidder memory winner, Bidder memory second) internal {
        vm.assertGe(price, winner.price, "not below its own price");
        vm.assertLe(price, RESERVE, "not above the reserve");
        if (mode != ITaskManager.AwardMode.SealedSecondPrice) {
            vm.assertEq(price, winner.price, "its own price");
        } else if (second.agentId == 0) {
            vm.assertEq(price, RESERVE, "a single bidder is paid the reserve");
        } else {
            vm.assertLe(price * second.quality, second.price * winner.quality, "it still wins");
            bool loses = (price + 1) * second.quality > second.price * winner.quality;
            vm.assertTrue(loses || price == RESERVE, "one unit more and it loses");
        }
    }
}
