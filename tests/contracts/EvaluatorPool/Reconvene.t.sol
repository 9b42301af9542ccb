// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReconveneTest is PoolTest {
    function _decide() internal returns (uint256[] memory seats) {
        seats = _panel(3);
        _score(seats, _scores(3, 50));
        _tally();
    }

    /// The appeal's panel has other members, the same secrets, and another block's hash.
    function testFuzzReconvene(uint256 startBlock, uint256 seatFee) public {
        vm.roll(bound(startBlock, block.number, type(uint32).max));
        uint256[] memory first = _decide();
        IEvaluatorPool.Panel memory expected = panels.panelOf(address(client), CASE);
        uint256 fee = 5 * bound(seatFee, 0, 1_000 * CREDIT);
        _lockFee(fee);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.CaseReconvened(address(client), CASE, 5, fee);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.DrawFixed(address(client), CASE, 2, block.number + 1, SEATS);
        vm.prank(address(client));
        panels.reconvene(CASE, 5, fee);

        expected.stage = IEvaluatorPool.Stage.Drawing;
        expected.size = 5;
        expected.round = 2;
        expected.members = 0;
        expected.drawBlock = uint40(block.number + 1);
        expected.since = uint40(block.timestamp);
        expected.seatFee = uint40(fee / 5);
        vm.assertEq(abi.encode(panels.panelOf(address(client), CASE)), abi.encode(expected), "panel");

        uint256[] memory second = _draw();
        vm.assertEq(second.length, 5, "members");
        for (uint256 i = 0; i < 15; i++) vm.assertNotEq(second[i / 3], first[i % 3], "sat before");
        _score(second, _scores(5, 70));
        _tally();
        _assertVerdict(2, true, 70);
        _assertStage(IEvaluatorPool.Stage.Decided, "stage");
    }

    /// An appeal has a redraw of its own, and may end without a verdict.
    function testReconveneWithoutQuorum() public {
        uint256[] memory seats = _panel(1);
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        seats = _draw();
        _score(seats, _scores(1, 50));
        _tally();
        _assertVerdict(1, true, 50);
        _reconvene(3);
        for (uint256 round = 3; round <= 4; round++) {
            vm.assertEq(_round(), round, "round");
            vm.assertEq(_draw().length, 3, "members");
            vm.warp(block.timestamp + 2 * WINDOW);
            _tally();
        }
        _assertVerdict(2, false, 0);
        _assertStage(IEvaluatorPool.Stage.Undecided, "stage");
    }

    function testReconveneInAnyOtherStage() public {
        _expectRefused(IEvaluatorPool.Stage.None);
        _convene(_case(CASE, 3));
        _expectRefused(IEvaluatorPool.Stage.Sealed);
        _unseal(CASE);
        _expectRefused(IEvaluatorPool.Stage.Drawing);
        _draw();
        _expectRefused(IEvaluatorPool.Stage.Scoring);
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        _draw();
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        _expectRefused(IEvaluatorPool.Stage.Undecided);
    }

    function _expectRefused(IEvaluatorPool.Stage stage) internal {
        _expectWrongStage(stage);
        vm.prank(address(client));
        panels.reconvene(CASE, 5, 5 * SEAT_PAY);
    }

    function testFuzzReconveneByAnother(address caller) public {
        vm.assume(caller != address(client));
        _decide();
        vm.expectRevert(
            abi.encodeWithSelector(
                IEvaluatorPool.WrongStage.selector,
                caller,
                CASE,
                IEvaluatorPool.Stage.None
            )
        );
        vm.prank(caller);
        panels.reconvene(CASE, 5, 5 * SEAT_PAY);
    }

    function testFuzzReconveneBadPanels(uint256 size, uint256 fee) public {
        _decide();
        size = size - (size % 2);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.PanelEven.selector, size));
        vm.prank(address(client));
        panels.reconvene(CASE, size, 0);
        size = bound(size, SEATS + 1, type(uint256).max - 1) | 1;
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.PanelTooLarge.selector, size, SEATS));
        vm.prank(address(client));
        panels.reconvene(CASE, size, 0);
        vm.assume(fee % 5 != 0);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.InvalidFee.selector, fee, 5));
        vm.prank(address(client));
        panels.reconvene(CASE, 5, fee);
    }
}
