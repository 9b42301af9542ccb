// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {FickleWallet} from "../mocks/FickleWallet.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CommitManyTest is AuctionTest {
    uint256 internal constant COUNT = 5;

    uint256[COUNT] internal agents;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < COUNT; i++) agents[i] = _registerBidder(WORKER, RESERVE);
    }

    /// Each of the items fails or not, on its own.
    function testFuzzCommitMany(uint256 failing, address caller) public {
        failing = bound(failing, 0, 2 ** COUNT - 1);
        IBidAuction.RelayedCommitment[] memory batch = _batch();
        for (uint256 i = 0; i < COUNT; i++) if (_isIn(failing, i)) batch[i].signer = RIVAL;
        for (uint256 i = 0; i < COUNT; i++) {
            vm.expectEmit(address(auction));
            if (_isIn(failing, i)) {
                emit IBidAuction.RelaySkipped(i, _invalid(RIVAL));
            } else {
                emit IBidAuction.BidCommitted(taskId, agents[i], uint200(i + 1), MIN_QUALITY, false);
            }
        }
        vm.prank(caller);
        auction.commitMany(batch);

        for (uint256 i = 0; i < COUNT; i++) {
            bool failed = _isIn(failing, i);
            vm.assertEq(auction.getCommitment(taskId, agents[i]), failed ? 0 : i + 1, "digest");
            _assertBond(agents[i], !failed, "bidder");
        }
    }

    /// A batch that is sent again, or was sent in part, changes nothing that is there already.
    function testFuzzCommitManyAgain(uint256 sent) public {
        IBidAuction.RelayedCommitment[] memory batch = _batch();
        sent = bound(sent, 0, COUNT - 1);
        auction.commitFor(batch[sent]);
        vm.expectEmit(address(auction));
        emit IBidAuction.RelaySkipped(
            sent,
            abi.encodeWithSelector(IBidAuction.CommitmentChanged.selector, taskId, agents[sent], 0, sent + 1)
        );
        auction.commitMany(batch);
        auction.commitMany(batch);
        for (uint256 i = 0; i < COUNT; i++) {
            vm.assertEq(auction.getCommitment(taskId, agents[i]), i + 1, "digest");
            _assertBond(agents[i], true, "one bond");
        }
    }

    /// An agent without credits fails alone, and in full.
    function testCommitManyWithoutCredits() public {
        vm.prank(WORKER);
        ledger.withdraw(accountOfAgent(agents[2]), WORKER, BOND);
        vm.expectEmit(address(auction));
        emit IBidAuction.RelaySkipped(
            2,
            abi.encodeWithSelector(ILedger.InsufficientFree.selector, accountOfAgent(agents[2]), 0, BOND)
        );
        auction.commitMany(_batch());
        vm.assertEq(auction.getCommitment(taskId, agents[2]), 0, "digest of the poor");
        vm.assertEq(auction.getCommitment(taskId, agents[3]), 4, "digest of the next");
    }

    /// Attack: a contract wallet stands by its signature when the relayer looks, and not when it sends.
    function testCommitManyWithFickleWallet() public {
        FickleWallet wallet = new FickleWallet();
        vm.prank(WORKER);
        registry.approve(address(wallet), agents[0]);
        IBidAuction.RelayedCommitment[] memory batch = _batch();
        batch[0].signer = address(wallet);
        uint256 state = vm.snapshotState();
        wallet.setWilling(true);
        auction.commitMany(batch);
        vm.assertEq(auction.getCommitment(taskId, agents[0]), 1, "willing");
        vm.revertToState(state);

        vm.expectEmit(address(auction));
        emit IBidAuction.RelaySkipped(0, _invalid(address(wallet)));
        auction.commitMany(batch);
        vm.assertEq(auction.getCommitment(taskId, agents[0]), 0, "unwilling");
        for (uint256 i = 1; i < COUNT; i++) {
            vm.assertEq(auction.getCommitment(taskId, agents[i]), i + 1, "the others");
        }
        // What it stood by once it cannot take back.
        wallet.setWilling(true);
        auction.commitMany(batch);
        wallet.setWilling(false);
        auction.commitMany(batch);
        vm.assertEq(auction.getCommitment(taskId, agents[0]), 1, "bound");
    }

    function testCommitManyEmpty() public {
        vm.expectRevert(IBidAuction.EmptyBatch.selector);
        auction.commitMany(new IBidAuction.RelayedCommitment[](0));
    }

    function _batch() internal view returns (IBidAuction.RelayedCommitment[] memory batch) {
        batch = new IBidAuction.RelayedCommitment[](COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            batch[i] = _signed(
                WORKER_KEY,
                IBidAuction.SignedCommitment(taskId, agents[i], uint200(i + 1), 0, FOREVER)
            );
        }
    }

    function _invalid(address signer) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBidAuction.InvalidSignature.selector, signer);
    }

    function _isIn(uint256 set, uint256 i) internal pure returns (bool) {
        return (set >> i) & 1 == 1;
    }
}
