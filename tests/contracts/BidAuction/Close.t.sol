// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {vm} from "../utils/Vm.sol";

contract CloseTest is MarketTest {
    function testClose() public {
        uint256 taskId = _post(RESERVE);
        IBidAuction.Auction memory terms = auction.getAuction(taskId);
        vm.prank(address(tasks));
        auction.close(taskId);
        terms.biddingEnd = 0;
        vm.assertEq(abi.encode(auction.getAuction(taskId)), abi.encode(terms), "terms");
    }

    function testCloseWithCommitments() public {
        uint256 taskId = _post(RESERVE);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        _commit(taskId, agentId, RESERVE);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.HasCommitments.selector, taskId));
        vm.prank(address(tasks));
        auction.close(taskId);
    }

    /// Attack: somebody takes a task off the market that is not its own.
    function testFuzzCloseAsAnother(address caller) public {
        vm.assume(caller != address(tasks));
        uint256 taskId = _post(RESERVE);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotTaskManager.selector, caller));
        vm.prank(caller);
        auction.close(taskId);
    }
}
