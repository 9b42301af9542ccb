// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {vm} from "../utils/Vm.sol";

contract MarkCommittedTest is MarketTest {
    function testMarkCommitted() public {
        uint256 taskId = _post(RESERVE);
        vm.assertFalse(auction.getAuction(taskId).committed, "before");
        vm.prank(address(race));
        auction.markCommitted(taskId);
        vm.assertTrue(auction.getAuction(taskId).committed, "after");
    }

    function testFuzzMarkCommittedAsAnother(address caller, uint256 taskId) public {
        vm.assume(caller != address(race));
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotRace.selector, caller));
        vm.prank(caller);
        auction.markCommitted(taskId);
    }
}
