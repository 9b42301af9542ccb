// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {vm} from "../utils/Vm.sol";

contract OpenTest is MarketTest {
    function testFuzzOpen(uint256 taskId, uint48 reserve, uint32 biddingEnd, bytes16 skill) public {
        IBidAuction.Auction memory terms = IBidAuction.Auction({
            reserve: reserve,
            biddingEnd: biddingEnd,
            revealWindow: 0,
            skill: skill,
            mode: ITaskManager.AwardMode.OpenBid,
            bondPercent: uint8(BOND_PERCENT),
            committed: false
        });
        vm.prank(address(tasks));
        auction.open(taskId, terms);
        vm.assertEq(abi.encode(auction.getAuction(taskId)), abi.encode(terms), "terms");
    }

    /// Attack: somebody changes the terms of an auction under way.
    function testFuzzOpenAsAnother(address caller) public {
        vm.assume(caller != address(tasks));
        uint256 taskId = _post(RESERVE);
        IBidAuction.Auction memory terms = auction.getAuction(taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.NotTaskManager.selector, caller));
        vm.prank(caller);
        auction.open(taskId, terms);
    }
}
