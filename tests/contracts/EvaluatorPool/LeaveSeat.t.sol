// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract LeaveSeatTest is PoolTest {
    uint256 private constant LAST = SEATS - 1;

    /// The last seat takes the place; anyone may call.
    function testFuzzLeaveSeat(uint256 seat, address caller, uint256 late) public {
        seat = bound(seat, 0, LAST);
        (address holder, address mover) = (_holderOf(seat), _holderOf(LAST));
        _announceLeave(seat);
        vm.warp(block.timestamp + LEAVE_DELAY + bound(late, 0, 365 days));

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.SeatLeft(seat, holder, SEAT_STAKE);
        if (seat != LAST) {
            vm.expectEmit(address(panels));
            emit IEvaluatorPool.SeatMoved(LAST, seat);
        }
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOf(holder), SEAT_STAKE);
        vm.prank(caller);
        panels.leaveSeat(seat);

        _assertBalance(accountOf(holder), SEAT_STAKE, 0, "leaver");
        vm.assertEq(_holderOf(LAST), address(0), "last place");
        vm.assertEq(_holderOf(seat), seat == LAST ? address(0) : mover, "filled place");
        vm.assertEq(panels.seatCount(), SEATS - 1, "seats");
        vm.assertEq(_takeSeat(OUTSIDER), LAST, "next seat");
    }

    function testLeaveSeatAroundTheDelay() public {
        _announceLeave(0);
        uint256 end = block.timestamp + LEAVE_DELAY;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.LeaveTooEarly.selector, 0, end, end - 1));
        panels.leaveSeat(0);
        _testLeaveAt(end);
        _testLeaveAt(end + 1);
    }

    function _testLeaveAt(uint256 time) internal {
        uint256 state = vm.snapshotState();
        vm.warp(time);
        panels.leaveSeat(0);
        vm.assertEq(panels.seatCount(), SEATS - 1, "left");
        vm.revertToState(state);
    }

    function testFuzzLeaveSeatNotLeaving(uint256 seat) public {
        seat = seat % 2 == 0 ? bound(seat, 0, LAST) : bound(seat, SEATS, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.NotLeaving.selector, seat));
        panels.leaveSeat(seat);
    }

    /// Who sits on a panel stays until it is tallied, and is paid for it.
    function testLeaveSeatOnDuty() public {
        uint256[] memory seats = _panel(3);
        _announceLeave(seats[0]);
        address holder = _holderOf(seats[0]);
        _score(seats, _scores(3, 50));
        vm.warp(block.timestamp + LEAVE_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.SeatOnDuty.selector, seats[0], 1));
        panels.leaveSeat(seats[0]);
        _tally();
        panels.leaveSeat(seats[0]);
        _assertBalance(accountOf(holder), SEAT_STAKE + SEAT_PAY, 0, "leaver");
    }

    /// A slashed seat is on leave at once, and its holder gets the rest of the stake.
    function testLeaveSlashedSeat() public {
        uint256[] memory seats = _panel(3);
        address holder = _holderOf(seats[2]);
        _score(seats, _scores(2, 50));
        _tally();
        vm.assertEq(panels.stakeOf(seats[2]), SEAT_STAKE - SLASH, "stake");
        vm.warp(block.timestamp + LEAVE_DELAY);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.SeatLeft(seats[2], holder, SEAT_STAKE - SLASH);
        panels.leaveSeat(seats[2]);
        _assertBalance(accountOf(holder), SEAT_STAKE - SLASH, 0, "leaver");
    }

    /// Silent on five panels at once: the stake bears four slashes, and nothing is left to unlock.
    function testLeaveSeatWithoutStake() public {
        for (uint256 i = 1; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = LAST; i > 0; i--) panels.leaveSeat(i);
        for (uint256 caseId = 1; caseId <= 5; caseId++) {
            _convene(_case(caseId, 1));
            _unseal(caseId);
        }
        vm.roll(block.number + 2);
        for (uint256 caseId = 1; caseId <= 5; caseId++) panels.draw(address(client), caseId);
        vm.warp(block.timestamp + 2 * WINDOW);
        address holder = _holderOf(0);
        for (uint256 caseId = 1; caseId <= 5; caseId++) panels.tally(address(client), caseId);
        vm.assertEq(panels.stakeOf(0), 0, "stake");
        vm.assertEq(panels.seatOf(0).slashes, 4, "slashes");
        vm.assertEq(ledger.pendingBurn(), SEAT_STAKE, "burned");

        vm.roll(block.number + 2);
        for (uint256 caseId = 1; caseId <= 5; caseId++) panels.draw(address(client), caseId);
        vm.warp(block.timestamp + LEAVE_DELAY);
        panels.leaveSeat(0);
        vm.assertEq(_holderOf(0), address(0), "place");
        _assertBalance(accountOf(holder), 0, 0, "leaver");
    }

    /// While a draw is pending no seat moves: the place stays empty.
    function testLeaveSeatWhileADrawIsPending() public {
        _announceLeave(2);
        vm.warp(block.timestamp + LEAVE_DELAY);
        _convene(_case(CASE, 3));
        _unseal(CASE);
        address last = _holderOf(LAST);
        panels.leaveSeat(2);
        vm.assertEq(_holderOf(2), address(0), "gap");
        vm.assertEq(_holderOf(LAST), last, "last seat");
    }

    /// A seat on a panel does not move either.
    function testLeaveSeatWhileTheLastIsOnDuty() public {
        _panel(9);
        uint256 young = _takeSeat(OUTSIDER);
        _announceLeave(young);
        uint256 younger = _takeSeat(RIVAL);
        _announceLeave(younger);
        vm.warp(block.timestamp + LEAVE_DELAY);
        panels.leaveSeat(younger);
        panels.leaveSeat(young);
        vm.assertEq(_takeSeat(THIRD), SEATS, "both places are gone");
        _announceLeave(SEATS);
        _takeSeat(RIVAL);
        vm.warp(block.timestamp + LEAVE_DELAY);
        _dutyFor(SEATS + 1);
        panels.leaveSeat(SEATS);
        vm.assertEq(_holderOf(SEATS), address(0), "gap");
        vm.assertEq(_holderOf(SEATS + 1), RIVAL, "last seat");
    }

    /// @dev Draws all, so that this seat is drawn too.
    function _dutyFor(uint256 seat) internal {
        for (uint256 caseId = 100; panels.seatOf(seat).duties == 0; caseId++) {
            _convene(_case(caseId, 9));
            _unseal(caseId);
            _rollToDraw(caseId);
            panels.draw(address(client), caseId);
        }
    }
}
