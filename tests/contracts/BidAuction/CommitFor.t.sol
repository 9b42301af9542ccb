// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CommitForTest is AuctionTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        agentId = _registerBidder(WORKER, RESERVE);
    }

    function testFuzzCommitFor(address caller, uint200 digest, uint256 validUntil) public {
        vm.assume(digest != 0);
        validUntil = bound(validUntil, block.timestamp + 1, FOREVER);
        IBidAuction.SignedCommitment memory commitment = _of(digest, 0);
        commitment.validUntil = validUntil;
        IBidAuction.RelayedCommitment memory relayed = _signed(WORKER_KEY, commitment);

        vm.expectEmit(address(auction));
        emit IBidAuction.BidCommitted(taskId, agentId, digest, MIN_QUALITY, false);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), BOND);
        vm.prank(caller);
        auction.commitFor(relayed);
        vm.assertEq(auction.getCommitment(taskId, agentId), digest, "digest");
        vm.assertTrue(auction.getAuction(taskId).committed, "has a bid");
        _assertBond(agentId, true, "bidder");
    }

    function testFuzzCommitForReplaces(uint200 first, uint200 second) public {
        vm.assume(first != 0 && second != 0);
        auction.commitFor(_sign(first, 0));
        vm.expectEmit(address(auction));
        emit IBidAuction.BidCommitted(taskId, agentId, second, MIN_QUALITY, true);
        auction.commitFor(_sign(second, first));
        vm.assertEq(auction.getCommitment(taskId, agentId), second, "digest");
        _assertBond(agentId, true, "one bond");
    }

    /// Attack: a relayer withholds a commitment until its signer has sent another, reorders two, or sends one twice.
    function testFuzzCommitForOutOfOrder(uint200 first, uint200 second, uint200 third) public {
        vm.assume(first != 0 && second != 0 && third != 0);
        vm.assume(first != second && second != third && first != third);
        IBidAuction.RelayedCommitment memory a = _sign(first, 0);
        IBidAuction.RelayedCommitment memory b = _sign(second, first);
        IBidAuction.RelayedCommitment memory c = _sign(third, second);
        _expectChanged(b, first, 0);
        auction.commitFor(a);
        _expectChanged(a, 0, first);
        _expectChanged(c, second, first);
        auction.commitFor(b);
        _expectChanged(a, 0, second);
        _expectChanged(b, first, second);

        // The signer tired of waiting, and has bid by itself.
        vm.prank(WORKER);
        auction.commit(taskId, agentId, first);
        _expectChanged(c, second, first);
        vm.assertEq(auction.getCommitment(taskId, agentId), first, "digest");
    }

    function _expectChanged(
        IBidAuction.RelayedCommitment memory relayed,
        uint200 expected,
        uint200 actual
    ) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.CommitmentChanged.selector, taskId, agentId, expected, actual)
        );
        auction.commitFor(relayed);
    }

    function testCommitForAroundTheExpiry() public {
        uint256 validUntil = block.timestamp + 10 minutes;
        IBidAuction.SignedCommitment memory commitment = _of(1, 0);
        commitment.validUntil = validUntil;
        IBidAuction.RelayedCommitment memory relayed = _signed(WORKER_KEY, commitment);
        uint256 state = vm.snapshotState();
        vm.warp(validUntil - 1);
        auction.commitFor(relayed);
        vm.revertToState(state);
        for (uint256 time = validUntil; time <= validUntil + 1; time++) {
            vm.warp(time);
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.SignatureExpired.selector, validUntil, time));
            auction.commitFor(relayed);
        }
    }

    function testCommitForAroundTheEnd() public {
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        vm.warp(biddingEnd);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.BiddingClosed.selector, taskId, biddingEnd, biddingEnd)
        );
        auction.commitFor(relayed);
        vm.warp(biddingEnd - 1);
        auction.commitFor(relayed);
        vm.assertEq(auction.getCommitment(taskId, agentId), 1, "digest");
    }

    /// Attack: whoever carries the signature changes what it says.
    function testFuzzCommitForTampered(uint8 field, uint200 other) public {
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        vm.assume(other > 1);
        if (field % 6 == 0) relayed.commitment.taskId = other;
        if (field % 6 == 1) relayed.commitment.agentId = other;
        if (field % 6 == 2) relayed.commitment.digest = other;
        if (field % 6 == 3) relayed.commitment.replaces = other;
        if (field % 6 == 4) relayed.commitment.validUntil -= other;
        if (field % 6 == 5) relayed.signer = vm.addr(other);
        if (field % 6 == 0) vm.assume(other != taskId);
        vm.assume(relayed.commitment.agentId == agentId || other != agentId);
        _expectInvalid(relayed);
    }

    /// Attack: the signature is sent to a market with the same ids, or to this one on another chain.
    function testFuzzCommitForReplayed(uint64 chain) public {
        vm.assume(chain != 0 && chain != block.chainid);
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        uint256 home = block.chainid;
        vm.chainId(chain);
        _expectInvalid(relayed);
        vm.chainId(home);
        AuctionTest.setUp();
        vm.assertEq(_registerBidder(WORKER, RESERVE), agentId, "same agent id");
        _expectInvalid(relayed);
        auction.commitFor(_sign(1, 0));
    }

    /// Attack: a bid on one thing is passed off as a commitment to another.
    function testCommitForByBidsSignature() public {
        IBidAuction.SignedBid memory offer = _offer(agentId, 1, 0);
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        relayed.signature = _signed(WORKER_KEY, offer).signature;
        _expectInvalid(relayed);
    }

    function _expectInvalid(IBidAuction.RelayedCommitment memory relayed) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.InvalidSignature.selector, relayed.signer));
        auction.commitFor(relayed);
    }

    /// Attack: who owned the agent once signed for it, and the bid is sent after the sale.
    function testCommitForByFormerOwner() public {
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        _sell(agentId, RIVAL);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, WORKER));
        auction.commitFor(relayed);
    }

    function testFuzzCommitForByStranger(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.CannotBid.selector, agentId, vm.addr(key)));
        auction.commitFor(_signed(key, _of(1, 0)));
    }

    function testCommitForByContractWallet() public {
        address wallet = address(new ERC1271Wallet(WORKER));
        _sell(agentId, RIVAL);
        vm.prank(RIVAL);
        registry.approve(wallet, agentId);
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        relayed.signer = wallet;
        auction.commitFor(relayed);
        vm.assertEq(auction.getCommitment(taskId, agentId), 1, "digest");

        relayed = _signed(RIVAL_KEY, _of(2, 1));
        relayed.signer = wallet;
        _expectInvalid(relayed);
    }

    function testCommitForEmpty() public {
        IBidAuction.RelayedCommitment memory relayed = _sign(0, 0);
        vm.expectRevert(IBidAuction.EmptyCommitment.selector);
        auction.commitFor(relayed);
    }

    function testCommitForWrongMode() public {
        _postMode(ITaskManager.AwardMode.OpenBid);
        IBidAuction.RelayedCommitment memory relayed = _sign(1, 0);
        vm.expectRevert(_wrongMode(ITaskManager.AwardMode.OpenBid));
        auction.commitFor(relayed);
    }

    function _of(
        uint200 digest,
        uint200 replaces
    ) internal view returns (IBidAuction.SignedCommitment memory) {
        return IBidAuction.SignedCommitment(taskId, agentId, digest, replaces, FOREVER);
    }

    function _sign(
        uint200 digest,
        uint200 replaces
    ) internal view returns (IBidAuction.RelayedCommitment memory) {
        return _signed(WORKER_KEY, _of(digest, replaces));
    }
}
