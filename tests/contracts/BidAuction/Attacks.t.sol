// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What somebody could try in an auction; further attacks are in the files beside this one.
contract AuctionAttacksTest is AuctionTest {
    uint256 internal constant RUNGS = 5;
    uint256 internal constant CROWD = 40;
    uint256 internal constant GRINDS = 32;

    uint256[RUNGS] internal rungs;

    /* LADDERS */

    /// A bidder seals a ladder of prices, waits until the rival's is open, and opens the highest rung that wins. It is paid
    /// what its lowest alone would have been paid, and each rung kept shut costs it a bond.
    function testFuzzBiddersLadder(uint256 rivalPrice) public {
        rivalPrice = bound(rivalPrice, _rung(0) + 1, RESERVE);
        uint256 rival = _seal(rivalPrice);
        uint256 state = vm.snapshotState();
        _ladder();
        uint256 chosen = 0;
        while (chosen + 1 < RUNGS && _rung(chosen + 1) < rivalPrice) chosen++;
        _warpToReveal(taskId);
        _reveal(taskId, rival, rivalPrice);
        _reveal(taskId, rungs[chosen], _rung(chosen));
        _finish();
        uint256 paid = tasks.getTask(taskId).price;
        for (uint256 i = 0; i < RUNGS; i++) if (i != chosen) auction.forfeit(taskId, rungs[i]);
        vm.assertEq(ledger.pendingBurn(), (RUNGS - 1) * BOND, "burned");

        vm.revertToState(state);
        uint256 alone = _seal(_rung(0));
        _warpToReveal(taskId);
        _reveal(taskId, rival, rivalPrice);
        _reveal(taskId, alone, _rung(0));
        _finish();
        vm.assertEq(tasks.getTask(taskId).price, paid, "price");
    }

    /// A requester seals a ladder to press the price down to just above the lowest bid, which it sees first. The worker is
    /// paid its own bid or more all the same, and each rung that had to stay shut costs a bond.
    function testFuzzRequestersLadder(uint256 lowest) public {
        lowest = bound(lowest, 1, RESERVE);
        uint256 worker = _seal(lowest);
        _ladder();
        _warpToReveal(taskId);
        _reveal(taskId, worker, lowest);
        uint256 shut = 0;
        for (uint256 i = 0; i < RUNGS; i++) {
            if (_rung(i) <= lowest) shut++;
            else _reveal(taskId, rungs[i], _rung(i));
        }
        _finish();
        vm.assertEq(tasks.getTask(taskId).agentId, worker, "winner");
        vm.assertGe(tasks.getTask(taskId).price, lowest, "price");
        for (uint256 i = 0; i < shut; i++) auction.forfeit(taskId, rungs[i]);
        vm.assertEq(ledger.pendingBurn(), shut * BOND, "burned");
    }

    /* CROWDS AND TIES */

    /// Many bids of next to nothing: each holds a whole bond until it is outbid, and a late one costs its sender no more gas
    /// than an early one.
    function testManyTinyBids() public {
        _postMode(ITaskManager.AwardMode.OpenBid);
        uint256[] memory agents = new uint256[](CROWD);
        uint256[] memory used = new uint256[](CROWD);
        for (uint256 i = 0; i < CROWD; i++) agents[i] = _registerBidder(RIVAL, RESERVE);
        for (uint256 i = 0; i < CROWD; i++) {
            used[i] = gasleft();
            _bidAs(RIVAL, agents[i], CROWD - i);
            used[i] -= gasleft();
            _assertBond(agents[i], true, "leader");
            if (i != 0) _assertBond(agents[i - 1], false, "outbid");
        }
        // The first few find empty places behind them.
        vm.assertLe(used[CROWD - 1] * 100, used[4] * 101, "gas");
        _assertRanked(agents[CROWD - 1], agents[CROWD - 2], agents[CROWD - 3]);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        vm.assertEq(tasks.getTask(taskId).agentId, agents[CROWD - 1], "winner");
    }

    /// A bidder tries salts until its commitment is low enough to win every tie. All it wins is the task at its own bid.
    function testFuzzSaltGrinding(uint256 price, uint256 seed) public {
        price = bound(price, 1, RESERVE);
        uint256 honest = _seal(price);
        uint256 grinder = _registerBidder(RIVAL, RESERVE);
        (bytes32 best, uint200 lowest) = (0, type(uint200).max);
        for (uint256 i = 0; i < GRINDS || lowest >= auction.getCommitment(taskId, honest); i++) {
            bytes32 salt = keccak256(abi.encode(seed, i));
            uint200 digest = auction.commitmentOf(taskId, grinder, price, PROMISE, salt);
            if (digest < lowest) (best, lowest) = (salt, digest);
        }
        vm.prank(RIVAL);
        auction.commit(taskId, grinder, lowest);
        _warpToReveal(taskId);
        _reveal(taskId, honest, price);
        auction.reveal(taskId, grinder, price, PROMISE, best);
        _finish();
        vm.assertEq(tasks.getTask(taskId).agentId, grinder, "winner");
        vm.assertEq(tasks.getTask(taskId).price, price, "price");
    }

    /* RELAYERS */

    /// A relayer sits on a signed commitment and brings it when the bidder has bid by itself: it replaces nothing. Nor can
    /// it keep a bid shut whose opening anybody else has.
    function testFuzzRelayerWithholds(uint200 held, uint256 price) public {
        price = bound(price, 1, RESERVE);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        vm.assume(held != 0 && held != _digest(agentId, price));
        IBidAuction.RelayedCommitment memory relayed = _signed(
            WORKER_KEY,
            IBidAuction.SignedCommitment(taskId, agentId, held, 0, FOREVER)
        );
        _commit(taskId, agentId, price);
        uint200 own = _digest(agentId, price);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.CommitmentChanged.selector, taskId, agentId, 0, own)
        );
        auction.commitFor(relayed);
        vm.assertEq(auction.getCommitment(taskId, agentId), own, "commitment");
        _warpToReveal(taskId);
        _reveal(taskId, agentId, price);
        _assertRanked(agentId, 0, 0);
    }

    /* INTERNAL */

    function _seal(uint256 price) internal returns (uint256 agentId) {
        agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, price);
    }

    function _ladder() internal {
        for (uint256 i = 0; i < RUNGS; i++) rungs[i] = _seal(_rung(i));
    }

    function _rung(uint256 i) internal pure returns (uint256) {
        return ((i + 1) * RESERVE) / (RUNGS + 1);
    }

    function _finish() internal {
        _warpToFinalize(taskId);
        auction.finalize(taskId);
    }
}
