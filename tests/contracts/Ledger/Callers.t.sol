// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "../utils/LedgerTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The set of contracts that move locked credits is fixed: no role, no admin and no vote changes it.
contract LedgerCallersTest is LedgerTest {
    function testMarketIsAsDeployed() public {
        vm.assertEq(address(ledger.tasks()), address(tasks), "tasks");
        vm.assertEq(address(ledger.auction()), address(auction), "auction");
        vm.assertEq(address(ledger.messages()), address(messages), "messages");
        vm.assertEq(address(ledger.meter()), address(meter), "meter");
        vm.assertEq(address(ledger.pool()), vm.computeCreateAddress(ADMIN, 7), "pool");
        vm.assertEq(address(ledger.race()), vm.computeCreateAddress(ADMIN, 9), "race");
    }

    /// Each of them, and none but them, may make every move.
    function testMarketMoves() public {
        address[6] memory market = _market();
        (Account requester, Account worker) = (accountOf(REQUESTER), accountOf(WORKER));
        for (uint256 i = 0; i < market.length; i++) {
            _fund(requester, 10);
            vm.startPrank(market[i]);
            ledger.lock(requester, 9);
            ledger.unlock(requester, 1);
            ledger.pay(requester, worker, 7);
            ledger.burn(requester, 1);
            ledger.hold(requester, worker, 2);
            vm.stopPrank();
            _assertBalance(requester, 0, 0, "requester");
            _assertBalance(worker, 7 * (i + 1), 2 * (i + 1), "worker");
        }
        vm.assertEq(ledger.pendingBurn(), market.length, "pending burn");
    }

    function testOthersDoNot() public {
        address[6] memory others = [
            address(incentives),
            address(registry),
            address(marketplace),
            address(actions),
            address(ledger),
            ADMIN
        ];
        for (uint256 i = 0; i < others.length; i++) _testOutside(others[i]);
    }

    function _testOutside(address caller) internal {
        Account own = accountOf(caller);
        bytes[5] memory moves = [
            abi.encodeCall(ledger.lock, (own, 1)),
            abi.encodeCall(ledger.unlock, (own, 1)),
            abi.encodeCall(ledger.pay, (own, own, 1)),
            abi.encodeCall(ledger.burn, (own, 1)),
            abi.encodeCall(ledger.hold, (own, own, 1))
        ];
        for (uint256 i = 0; i < moves.length; i++) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(ledger).call(moves[i]);
            vm.assertFalse(done, "moved");
            vm.assertEq(reason, abi.encodeWithSelector(ILedger.NotMarket.selector, caller), "reason");
        }
    }
}
