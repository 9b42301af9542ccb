// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract BidForTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        _postMode(ITaskManager.AwardMode.OpenBid);
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzBidFor(address caller, uint256 price, uint256 promised, uint256 nonce) public {
        IBidAuction.SignedBid memory offer = _offer(agentId, bound(price, 1, RESERVE), nonce);
        offer.promised = bound(promised, 1, type(uint32).max);
        IBidAuction.RelayedBid memory relayed = _signed(WORKER_KEY, offer);
        vm.assertFalse(auction.isNonceUsed(WORKER, nonce), "nonce before");

        vm.expectEmit(address(auction));
        emit IBidAuction.BidRevealed(taskId, agentId, offer.price, offer.promised, MIN_QUALITY);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), BOND);
        vm.prank(caller);
        auction.bidFor(relayed);

        IBidAuction.Bid memory best = auction.getRanking(taskId)[0];
        vm.assertEq(best.agentId, agentId, "agent");
        vm.assertEq(best.price, offer.price, "price");
        vm.assertEq(best.promised, offer.promised, "promise");
        vm.assertTrue(auction.isNonceUsed(WORKER, nonce), "nonce after");
        vm.assertFalse(auction.isNonceUsed(WORKER, nonce ^ 1), "its neighbour");
        vm.assertFalse(auction.isNonceUsed(RIVAL, nonce), "another's");
        _assertBond(agentId, true, "bidder");
    }

    /// Nonces need no order.
    function testFuzzBidForInAnyOrder(uint256 first, uint256 second) public {
        vm.assume(first != second);
        auction.bidFor(_sign(RESERVE, first));
        auction.bidFor(_sign(RESERVE - 1, second));
        vm.assertEq(auction.getRanking(taskId)[0].price, RESERVE - 1, "price");
    }

    /// Attack: a signed bid is sent twice, or another one under the same nonce.
    function testFuzzBidForReplayed(uint256 nonce) public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, nonce);
        auction.bidFor(relayed);
        _expectUsed(relayed, nonce);
        _expectUsed(_sign(RESERVE - 1, nonce), nonce);
    }

    function testFuzzBidForInvalidatedNonce(uint256 nonce) public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, nonce);
        vm.prank(WORKER);
        auction.invalidateNonces(nonce / 256, 1 << (nonce % 256));
        _expectUsed(relayed, nonce);
    }

    function _expectUsed(IBidAuction.RelayedBid memory relayed, uint256 nonce) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NonceUsed.selector, WORKER, nonce));
        auction.bidFor(relayed);
    }

    /// A bid that fails leaves its nonce.
    function testBidForFailedKeepsNonce() public {
        auction.bidFor(_sign(RESERVE / 2, 0));
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBidAuction.NotAnImprovement.selector,
                taskId,
                agentId,
                RESERVE,
                RESERVE / 2
            )
        );
        auction.bidFor(relayed);
        vm.assertFalse(auction.isNonceUsed(WORKER, 1), "nonce");
    }

    function testBidForAroundTheExpiry() public {
        uint256 validUntil = block.timestamp + 10 minutes;
        IBidAuction.SignedBid memory offer = _offer(agentId, RESERVE, 0);
        offer.validUntil = validUntil;
        IBidAuction.RelayedBid memory relayed = _signed(WORKER_KEY, offer);
        uint256 state = vm.snapshotState();
        vm.warp(validUntil - 1);
        auction.bidFor(relayed);
        vm.revertToState(state);
        for (uint256 time = validUntil; time <= validUntil + 1; time++) {
            vm.warp(time);
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.SignatureExpired.selector, validUntil, time));
            auction.bidFor(relayed);
        }
    }

    function testBidForAroundTheEnd() public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.warp(biddingEnd);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.BiddingClosed.selector, taskId, biddingEnd, biddingEnd)
        );
        auction.bidFor(relayed);
        vm.warp(biddingEnd - 1);
        auction.bidFor(relayed);
        _assertRanked(agentId, 0, 0);
    }

    /// Attack: whoever carries the signature changes what it says.
    function testFuzzBidForTampered(uint8 field, uint128 other) public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.assume(other != 0 && other != taskId && other != agentId);
        vm.assume(other != RESERVE && other != PROMISE);
        if (field % 7 == 0) relayed.bid.taskId = other;
        if (field % 7 == 1) relayed.bid.agentId = other;
        if (field % 7 == 2) relayed.bid.price = other;
        if (field % 7 == 3) relayed.bid.promised = other;
        if (field % 7 == 4) relayed.bid.validUntil -= other;
        if (field % 7 == 5) relayed.bid.nonce = other;
        if (field % 7 == 6) relayed.signer = vm.addr(other);
        _expectInvalid(relayed);
    }

    /// Attack: the signature is sent to a market with the same ids, or to this one on another chain.
    function testFuzzBidForReplayedElsewhere(uint64 chain) public {
        vm.assume(chain != 0 && chain != block.chainid);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        uint256 home = block.chainid;
        vm.chainId(chain);
        _expectInvalid(relayed);
        vm.chainId(home);
        AuctionTest.setUp();
        _postMode(ITaskManager.AwardMode.OpenBid);
        vm.assertEq(_registerBidder(WORKER, RESERVE), agentId, "same agent id");
        _expectInvalid(relayed);
        auction.bidFor(_sign(RESERVE, 0));
    }

    function _expectInvalid(IBidAuction.RelayedBid memory relayed) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.InvalidSignature.selector, relayed.signer));
        auction.bidFor(relayed);
    }

    /// Attack: who owned the agent once signed for it, and the bid is sent after the sale.
    function testBidForByFormerOwner() public {
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        _sell(agentId, RIVAL);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, WORKER));
        auction.bidFor(relayed);
    }

    function testFuzzBidForByStranger(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, vm.addr(key)));
        auction.bidFor(_signed(key, _offer(agentId, RESERVE, 0)));
    }

    function testBidForByContractWallet() public {
        address wallet = address(new ERC1271Wallet(WORKER));
        vm.prank(WORKER);
        registry.approve(wallet, agentId);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        relayed.signer = wallet;
        auction.bidFor(relayed);
        vm.assertTrue(auction.isNonceUsed(wallet, 0), "the wallet's nonce");
        vm.assertFalse(auction.isNonceUsed(WORKER, 0), "not the key's");
    }

    function testBidForWrongMode() public {
        _postMode(ITaskManager.AwardMode.Direct);
        IBidAuction.RelayedBid memory relayed = _sign(RESERVE, 0);
        vm.expectRevert(_wrongMode(ITaskManager.AwardMode.Direct));
        auction.bidFor(relayed);
    }

    function testFuzzBidForOutOfBounds(uint256 price) public {
        if (price != 0) price = bound(price, RESERVE + 1, type(uint256).max);
        IBidAuction.RelayedBid memory relayed = _sign(price, 0);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.PriceOutOfBounds.selector, price, RESERVE));
        auction.bidFor(relayed);
    }

    function _sign(uint256 price, uint256 nonce) internal view returns (IBidAuction.RelayedBid memory) {
        return _signed(WORKER_KEY, _offer(agentId, price, nonce));
    }
}
