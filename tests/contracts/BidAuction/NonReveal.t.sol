// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice Attack: bidders see others' prices and keep their own shut. Whichever of four do so, the auction ends as among
/// the others, they pay their bonds, the others are whole, and no credit is left behind.
contract NonRevealTest is AuctionTest {
    uint256 internal constant BIDDERS = 4;

    uint256[BIDDERS] internal agents;

    function testNonRevealByEverySubset() public {
        for (uint256 i = 0; i < BIDDERS; i++) {
            agents[i] = _registerBidder(WORKER, RESERVE);
            _commit(taskId, agents[i], _priceOf(i));
        }
        uint256 state = vm.snapshotState();
        for (uint256 opened = 0; opened < 1 << BIDDERS; opened++) {
            _testSubset(opened);
            vm.revertToState(state);
        }
    }

    function _testSubset(uint256 opened) internal {
        _warpToReveal(taskId);
        for (uint256 i = 0; i < BIDDERS; i++) if (_isIn(opened, i)) _reveal(taskId, agents[i], _priceOf(i));
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        for (uint256 i = 0; i < BIDDERS; i++) if (!_isIn(opened, i)) auction.forfeit(taskId, agents[i]);

        uint256 winner = _nextIn(opened, 0);
        uint256 second = _nextIn(opened, winner + 1);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.agentId, winner < BIDDERS ? agents[winner] : 0, "winner");
        if (winner < BIDDERS) {
            vm.assertEq(task.price, second < BIDDERS ? _priceOf(second) : RESERVE, "price");
        }
        uint256 burned = 0;
        for (uint256 i = 0; i < BIDDERS; i++) {
            if (_isIn(opened, i)) _assertBond(agents[i], i == winner, "bidder");
            else _assertBalance(accountOfAgent(agents[i]), 0, 0, "silent bidder");
            if (!_isIn(opened, i)) burned += BOND;
        }
        vm.assertEq(ledger.pendingBurn(), burned, "burned");
        _assertNothingIsLeft(winner, second);
    }

    function _assertNothingIsLeft(uint256 winner, uint256 second) internal {
        uint256 refund = _escrowOf(RESERVE);
        if (winner < BIDDERS) {
            _warpToDeadline(taskId);
            tasks.declareDefault(taskId);
            refund += BOND;
        }
        if (second < BIDDERS) {
            _warpToDeadline(taskId);
            tasks.closeDefaulted(taskId);
        }
        _assertBalance(accountOf(REQUESTER), refund, 0, "requester");
        for (uint256 i = 0; i < BIDDERS; i++) {
            vm.assertEq(_lockedOf(accountOfAgent(agents[i])), 0, "nothing is locked");
        }
    }

    function _priceOf(uint256 i) internal pure returns (uint256) {
        return ((i + 1) * RESERVE) / 8;
    }

    function _isIn(uint256 set, uint256 i) internal pure returns (bool) {
        return (set >> i) & 1 == 1;
    }

    /// @dev The cheapest from `i` on that opened; their number where nobody did.
    function _nextIn(uint256 opened, uint256 i) internal pure returns (uint256) {
        while (i < BIDDERS && !_isIn(opened, i)) i++;
        return i;
    }
}
