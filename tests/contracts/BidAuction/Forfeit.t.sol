// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ForfeitTest is AuctionTest {
    function testFuzzForfeit(uint256 reserve, address caller, bool finalizedFirst, uint256 elapsed) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        taskId = _post(reserve);
        uint256 agentId = _registerBidder(WORKER, reserve);
        uint256 bond = _bondOf(reserve);
        _commit(taskId, agentId, reserve);
        vm.warp(_revealEnd(taskId) + bound(elapsed, 0, 365 days));
        if (finalizedFirst) auction.finalize(taskId);

        vm.expectEmit(address(auction));
        emit IBidAuction.BondForfeited(taskId, agentId, bond);
        vm.expectEmit(address(ledger));
        emit ILedger.Burned(accountOfAgent(agentId), bond);
        vm.prank(caller);
        auction.forfeit(taskId, agentId);

        vm.assertEq(auction.getCommitment(taskId, agentId), 0, "commitment");
        _assertBalance(accountOfAgent(agentId), 0, 0, "bidder");
        vm.assertEq(ledger.pendingBurn(), bond, "pending burn");
    }

    function testForfeitAroundTheEnd() public {
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, RESERVE);
        vm.warp(revealEnd - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.RevealStillOpen.selector, taskId, revealEnd, revealEnd - 1)
        );
        auction.forfeit(taskId, agentId);

        uint256 state = vm.snapshotState();
        vm.warp(revealEnd);
        auction.forfeit(taskId, agentId);
        vm.revertToState(state);
        vm.warp(revealEnd + 1);
        auction.forfeit(taskId, agentId);
        _assertBalance(accountOfAgent(agentId), 0, 0, "bidder");
    }

    function testForfeitTwice() public {
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, RESERVE);
        vm.warp(revealEnd);
        auction.forfeit(taskId, agentId);
        _expectNoCommitment(agentId);
    }

    function testForfeitOfRevealedBid() public {
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, RESERVE);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        vm.warp(revealEnd);
        _expectNoCommitment(agentId);
    }

    function testFuzzForfeitWithoutCommitment(uint256 agentId) public {
        vm.warp(revealEnd);
        _expectNoCommitment(agentId);
    }

    function _expectNoCommitment(uint256 agentId) internal {
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NoCommitment.selector, taskId, agentId));
        auction.forfeit(taskId, agentId);
    }

    /// Open bids have nothing to forfeit, and a leader's bond is the task's.
    function testForfeitOfOpenBid() public {
        _postMode(ITaskManager.AwardMode.OpenBid);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _bid(agentId, RESERVE);
        vm.warp(revealEnd);
        _expectNoCommitment(agentId);
        auction.finalize(taskId);
        _expectNoCommitment(agentId);
    }

    function testFuzzForfeitOnUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.TaskNotOpen.selector, unknown));
        auction.forfeit(unknown, 1);
    }
}
