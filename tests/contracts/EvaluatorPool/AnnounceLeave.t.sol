// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract AnnounceLeaveTest is PoolTest {
    function testFuzzAnnounceLeave(uint256 seat, uint256 time) public {
        seat = bound(seat, 0, SEATS - 1);
        time = bound(time, block.timestamp, type(uint40).max);
        vm.warp(time);
        address holder = _holderOf(seat);
        IEvaluatorPool.Seat memory expected = panels.seatOf(seat);
        expected.leavingSince = uint40(time);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.SeatLeaving(seat, holder, time + LEAVE_DELAY);
        _announceLeave(seat);

        vm.assertEq(abi.encode(panels.seatOf(seat)), abi.encode(expected), "record");
        vm.assertEq(panels.seatCount(), SEATS - 1, "seats");
        _assertBalance(accountOf(holder), 0, SEAT_STAKE, "evaluator");
    }

    function testFuzzAnnounceLeaveNotHolder(uint256 seat, address caller) public {
        seat = seat % 2 == 0 ? bound(seat, 0, SEATS - 1) : bound(seat, SEATS, type(uint256).max);
        vm.assume(caller != _holderOf(seat));
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.NotHolder.selector, seat, caller));
        vm.prank(caller);
        panels.announceLeave(seat);
    }

    function testFuzzAnnounceLeaveTwice(uint256 elapsed) public {
        address holder = _holderOf(3);
        _announceLeave(3);
        uint256 end = block.timestamp + LEAVE_DELAY;
        vm.warp(block.timestamp + bound(elapsed, 0, 365 days));
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.AlreadyLeaving.selector, 3, end));
        vm.prank(holder);
        panels.announceLeave(3);
    }

    /// A slash has announced it already.
    function testAnnounceLeaveAfterASlash() public {
        uint256[] memory seats = _panel(3);
        _score(seats, _scores(2, 50));
        _tally();
        address holder = _holderOf(seats[2]);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEvaluatorPool.AlreadyLeaving.selector,
                seats[2],
                block.timestamp + LEAVE_DELAY
            )
        );
        vm.prank(holder);
        panels.announceLeave(seats[2]);
    }
}
