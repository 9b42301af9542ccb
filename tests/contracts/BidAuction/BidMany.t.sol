// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract BidManyTest is AuctionTest {
    uint256 internal constant COUNT = 4;

    uint256[COUNT] internal agents;

    function setUp() public override {
        super.setUp();
        _postMode(ITaskManager.AwardMode.OpenBid);
        for (uint256 i = 0; i < COUNT; i++) agents[i] = _registerBidder(WORKER, RESERVE);
    }

    /// Each of the items fails or not, on its own. Prices fall, so that every bid that is taken leads.
    function testFuzzBidMany(uint256 failing, address caller) public {
        failing = bound(failing, 0, 2 ** COUNT - 1);
        IBidAuction.RelayedBid[] memory batch = _batch();
        uint256 leader;
        for (uint256 i = 0; i < COUNT; i++) {
            vm.expectEmit(address(auction));
            if (_isIn(failing, i)) {
                batch[i].bid.price++;
                emit IBidAuction.RelaySkipped(
                    i,
                    abi.encodeWithSelector(IBidAuction.InvalidSignature.selector, WORKER)
                );
            } else {
                leader = agents[i];
                emit IBidAuction.BidRevealed(taskId, agents[i], RESERVE - i, PROMISE, MIN_QUALITY);
            }
        }
        vm.prank(caller);
        auction.bidMany(batch);
        vm.assertEq(auction.getRanking(taskId)[0].agentId, leader, "leader");
        for (uint256 i = 0; i < COUNT; i++) {
            vm.assertEq(auction.isNonceUsed(WORKER, i), !_isIn(failing, i), "nonce");
            _assertBond(agents[i], agents[i] == leader, "bidder");
        }
    }

    /// Attack: a relayer reorders a batch. It decides ties by that, and nothing else.
    function testFuzzBidManyReordered(uint256 first, bool backwards, uint256[COUNT] memory prices) public {
        IBidAuction.RelayedBid[] memory batch = _batch();
        for (uint256 i = 0; i < COUNT; i++) {
            batch[i] = _signed(WORKER_KEY, _offer(agents[i], bound(prices[i], 1, RESERVE), i));
        }
        uint256 state = vm.snapshotState();
        auction.bidMany(batch);
        IBidAuction.Bid[3] memory ranking = auction.getRanking(taskId);
        vm.revertToState(state);
        IBidAuction.RelayedBid[] memory other = new IBidAuction.RelayedBid[](COUNT);
        uint256 step = backwards ? COUNT - 1 : 1;
        for (uint256 i = 0; i < COUNT; i++) other[i] = batch[((first % COUNT) + i * step) % COUNT];
        auction.bidMany(other);
        for (uint256 i = 0; i < 3; i++) {
            vm.assertEq(auction.getRanking(taskId)[i].price, ranking[i].price, "price");
        }
    }

    /// What was sent before, by anyone, is left out.
    function testBidManyAgain() public {
        IBidAuction.RelayedBid[] memory batch = _batch();
        auction.bidFor(batch[1]);
        vm.expectEmit(address(auction));
        emit IBidAuction.RelaySkipped(1, abi.encodeWithSelector(IBidAuction.NonceUsed.selector, WORKER, 1));
        auction.bidMany(batch);
        _assertRanked(agents[3], agents[2], agents[1]);
    }

    function testBidManyEmpty() public {
        vm.expectRevert(IBidAuction.EmptyBatch.selector);
        auction.bidMany(new IBidAuction.RelayedBid[](0));
    }

    function _batch() internal view returns (IBidAuction.RelayedBid[] memory batch) {
        batch = new IBidAuction.RelayedBid[](COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            batch[i] = _signed(WORKER_KEY, _offer(agents[i], RESERVE - i, i));
        }
    }

    function _isIn(uint256 set, uint256 i) internal pure returns (bool) {
        return (set >> i) & 1 == 1;
    }
}
