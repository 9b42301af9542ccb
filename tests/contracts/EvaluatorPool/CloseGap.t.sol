// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CloseGapTest is PoolTest {
    uint256 private constant LAST = SEATS - 1;

    /// @dev Seats that were left while a draw was pending.
    function _makeGaps(uint256 first, uint256 count) internal {
        for (uint256 i = 0; i < count; i++) _announceLeave(first + i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        _convene(_case(CASE, 1));
        _unseal(CASE);
        for (uint256 i = 0; i < count; i++) panels.leaveSeat(first + i);
    }

    /// @dev Ends what kept the gaps open, without a verdict.
    function _endCase() internal {
        for (uint256 round = 1; round <= 2; round++) {
            _draw();
            vm.warp(block.timestamp + 2 * WINDOW);
            _tally();
        }
    }

    function testFuzzCloseGap(uint256 place, address caller) public {
        place = bound(place, 0, LAST - 1);
        _makeGaps(place, 1);
        _endCase();
        IEvaluatorPool.Seat memory last = panels.seatOf(LAST);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.SeatMoved(LAST, place);
        vm.prank(caller);
        panels.closeGap(place);
        vm.assertEq(abi.encode(panels.seatOf(place)), abi.encode(last), "moved");
        vm.assertEq(_holderOf(LAST), address(0), "last place");
        vm.assertEq(_takeSeat(OUTSIDER), LAST, "next seat");
    }

    /// Empty places at the end go first, and nothing moves.
    function testCloseGapsAtTheEnd() public {
        _makeGaps(LAST - 1, 2);
        _endCase();
        panels.closeGap(LAST - 1);
        panels.closeGap(LAST - 1);
        vm.assertEq(_takeSeat(OUTSIDER), LAST - 1, "next seat");
        vm.assertEq(panels.seatCount(), SEATS - 1 - 2, "seats, two of which were slashed");
    }

    function testFuzzCloseGapOutOfBounds(uint256 place) public {
        place = bound(place, SEATS, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.PlaceOutOfBounds.selector, place, SEATS));
        panels.closeGap(place);
    }

    function testFuzzCloseGapThatIsTaken(uint256 place) public {
        place = bound(place, 0, LAST);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.SeatIsTaken.selector, place, _holderOf(place)));
        panels.closeGap(place);
    }

    function testCloseGapWhileADrawIsPending() public {
        _makeGaps(2, 1);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.DrawsPending.selector, 1));
        panels.closeGap(2);
    }

    function testCloseGapWhileTheLastIsOnDuty() public {
        _makeGaps(2, 1);
        _endCase();
        for (uint256 caseId = 100; panels.seatOf(LAST).duties == 0; caseId++) {
            _convene(_case(caseId, 5));
            _unseal(caseId);
            _rollToDraw(caseId);
            panels.draw(address(client), caseId);
        }
        vm.expectRevert(
            abi.encodeWithSelector(IEvaluatorPool.SeatOnDuty.selector, LAST, panels.seatOf(LAST).duties)
        );
        panels.closeGap(2);
    }
}
