// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ForfeitTest is AuctionTest {
    function testFuzzForfeit(uint256 reserve, address caller, bool finalizedFirst, uint256 elapsed) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        taskId = _post(reserve);
        uint256 agentId = _registerBidder(WORKER, reserve);
        uint256 bond = MarketMath.bondOf(reserve);
        _commit(taskId, agentId, reserve);
        vm.warp(tasks.termsOf(taskId).revealEnd + bound(elapsed, 0, 365 days));
        if (finalizedFirst) auction.finalize(taskId);

        vm.expectEmit(address(auction));
        emit IBidAuction.BondForfeited(taskId, agentId, bond);
        vm.expectEmit(address(ledger));
        emit ILedger.Burned(accountOfAgent(agentId), bond);
        vm.prank(caller);
        auction.forfeit(taskId, agentId);

        _assertCommitment(agentId, 0, 0);
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

    function testFuzzForfeitOnUnknownTask(uint256 unknown) public {
        vm.assume(unknown != taskId);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
        auction.forfeit(unknown, 1);
    }

    /// Attack: bidders see others' prices and keep their own shut. Whichever of the three do so, the auction ends, they
    /// pay their bonds, the others are whole, and no credit is left behind.
    function testNonRevealByEverySubset() public {
        uint256[3] memory agents;
        for (uint256 i = 0; i < 3; i++) {
            agents[i] = _registerBidder(WORKER, RESERVE);
            _commit(taskId, agents[i], RESERVE / (4 - i));
        }
        uint256 state = vm.snapshotState();
        for (uint256 opened = 0; opened < 8; opened++) {
            _testSubset(agents, opened);
            vm.revertToState(state);
        }
    }

    function _testSubset(uint256[3] memory agents, uint256 opened) internal {
        _warpToReveal(taskId);
        for (uint256 i = 0; i < 3; i++) {
            if ((opened >> i) & 1 == 1) _reveal(taskId, agents[i], RESERVE / (4 - i));
        }
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        uint256 burned = 0;
        for (uint256 i = 0; i < 3; i++) {
            if ((opened >> i) & 1 == 1) continue;
            auction.forfeit(taskId, agents[i]);
            burned += BOND;
        }
        vm.assertEq(ledger.pendingBurn(), burned, "burned");
        uint256 winner = _firstOf(opened);
        vm.assertEq(tasks.getTask(taskId).agentId, winner < 3 ? agents[winner] : 0, "winner");
        for (uint256 i = 0; i < 3; i++) {
            bool loser = (opened >> i) & 1 == 1 && i != winner;
            _assertBalance(accountOfAgent(agents[i]), loser ? BOND : 0, i == winner ? BOND : 0, "bidder");
        }

        if (winner < 3) {
            _warpToDeadline(taskId);
            tasks.declareDefault(taskId);
        }
        uint256 refund = _escrowOf(RESERVE) + (winner < 3 ? BOND : 0);
        _assertBalance(accountOf(REQUESTER), refund, 0, "requester");
        for (uint256 i = 0; i < 3; i++)
            vm.assertEq(_lockedOf(accountOfAgent(agents[i])), 0, "nothing is locked");
    }

    /// @dev The cheapest that opened; 3 where nobody did.
    function _firstOf(uint256 opened) internal pure returns (uint256 i) {
        while (i < 3 && (opened >> i) & 1 == 0) i++;
    }
}
