// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DrawTest is PoolTest {
    function testFuzzDraw(uint256 size, uint256 startBlock, bytes32 secret) public {
        size = 2 * bound(size, 0, 4) + 1;
        vm.roll(bound(startBlock, block.number, type(uint40).max - 300));
        _convene(_case(CASE, size));
        vm.prank(address(client));
        panels.unseal(CASE, secret);
        uint256 drawBlock = block.number + 1;
        vm.roll(drawBlock + 1);
        bytes32 seed = keccak256(abi.encode(secret, ENTROPY, address(client), CASE));
        uint256[] memory expected = _expected(seed, 1, blockhash(drawBlock), size);
        address[] memory holders = new address[](size);
        for (uint256 i = 0; i < size; i++) holders[i] = _holderOf(expected[i]);

        uint256 commitEnd = block.timestamp + WINDOW;
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.PanelDrawn(
            address(client),
            CASE,
            1,
            expected,
            holders,
            commitEnd,
            commitEnd + WINDOW
        );
        vm.prank(OUTSIDER);
        panels.draw(address(client), CASE);

        vm.assertEq(abi.encode(_seats(CASE)), abi.encode(expected), "members");
        vm.assertEq(panels.pendingDraws(), 0, "pending");
        IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), CASE);
        vm.assertEq(uint256(panel.stage), uint256(IEvaluatorPool.Stage.Scoring), "stage");
        vm.assertEq(panel.members, size, "size");
        vm.assertEq(panel.since, block.timestamp, "since");
        vm.assertEq(panel.seed, seed, "seed");
        for (uint256 i = 0; i < size; i++) {
            vm.assertEq(panels.seatOf(expected[i]).duties, 1, "duty");
            vm.assertEq(_stakeLockedOf(expected[i]), SEAT_STAKE, "stake");
        }
    }

    /// @dev The rule of the draw where all seats can be drawn, written down a second time.
    function _expected(
        bytes32 seed,
        uint8 round,
        bytes32 lot,
        uint256 size
    ) internal pure returns (uint256[] memory seats) {
        seats = new uint256[](size);
        bool[SEATS] memory drawn;
        uint256 found = 0;
        for (uint256 i = 0; found < size; i++) {
            uint256 seat = uint256(keccak256(abi.encode(seed, round, lot, i))) % SEATS;
            if (drawn[seat]) continue;
            drawn[seat] = true;
            seats[found++] = seat;
        }
    }

    function testDrawAroundTheBlock() public {
        _convene(_case(CASE, 3));
        _unseal(CASE);
        uint256 drawBlock = block.number + 1;
        _expectTooEarlyAt(drawBlock, drawBlock - 1);
        _expectTooEarlyAt(drawBlock, drawBlock);
        _testDrawAt(drawBlock + 1, IEvaluatorPool.Stage.Scoring);
        _testDrawAt(drawBlock + 256, IEvaluatorPool.Stage.Scoring);
        _testDrawAt(drawBlock + 257, IEvaluatorPool.Stage.Drawing);
    }

    function _expectTooEarlyAt(uint256 drawBlock, uint256 number) internal {
        vm.roll(number);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.DrawTooEarly.selector, drawBlock, number));
        panels.draw(address(client), CASE);
    }

    function _testDrawAt(uint256 number, IEvaluatorPool.Stage stage) internal {
        uint256 state = vm.snapshotState();
        vm.roll(number);
        panels.draw(address(client), CASE);
        _assertStage(stage, "stage");
        vm.revertToState(state);
    }

    /// Nobody drew while the hash was known: another block decides, and the panel is as open as before.
    function testFuzzDrawWithLostHash(uint256 late, uint256 seconds_) public {
        late = bound(late, 257, 1_000_000);
        _convene(_case(CASE, 3));
        _unseal(CASE);
        uint256 number = block.number + 1 + late;
        vm.roll(number);
        vm.warp(block.timestamp + bound(seconds_, 0, 365 days));
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.DrawFixed(address(client), CASE, 1, number + 1, SEATS);
        panels.draw(address(client), CASE);

        IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), CASE);
        vm.assertEq(panel.drawBlock, number + 1, "block");
        vm.assertEq(panel.since, block.timestamp, "since");
        vm.assertEq(panels.pendingDraws(), 1, "pending");
        vm.assertEq(_draw().length, 3, "drawn later");
        vm.assertEq(panels.pendingDraws(), 0, "none pending");
    }

    /// Fewer than the size, but a quorum: the panel goes on.
    function testFuzzDrawOfAQuorum(uint256 startBlock) public {
        _rollOn(startBlock);
        _leaveOnly(3);
        uint256[] memory seats = _drawFrom(5);
        vm.assertEq(seats.length, 3, "found");
        _assertStage(IEvaluatorPool.Stage.Scoring, "stage");
    }

    /// Below the quorum: one redraw, then no verdict.
    function testFuzzDrawFails(uint256 startBlock, uint256 left) public {
        _rollOn(startBlock);
        left = bound(left, 0, 2);
        _leaveOnly(left);
        _convene(_conveneable(5));
        _unseal(CASE);
        for (uint256 round = 1; round <= 2; round++) {
            _rollToDraw(CASE);
            vm.expectEmit(address(panels));
            emit IEvaluatorPool.DrawFailed(address(client), CASE, round, left);
            if (round == 1) {
                vm.expectEmit(address(panels));
                emit IEvaluatorPool.DrawFixed(address(client), CASE, 2, block.number + 1, SEATS + 5);
            } else {
                vm.expectEmit(address(panels));
                emit IEvaluatorPool.CaseClosed(address(client), CASE, false, 0);
            }
            panels.draw(address(client), CASE);
            vm.assertEq(_seats(CASE).length, 0, "members");
        }
        _assertStage(IEvaluatorPool.Stage.Undecided, "stage");
        _assertVerdict(1, false, 0);
        vm.assertEq(panels.pendingDraws(), 0, "pending");
        for (uint256 i = 0; i < SEATS; i++) vm.assertEq(panels.seatOf(i).duties, 0, "duty");
    }

    /// @dev Seats that are too young make up the number.
    function _conveneable(uint256 size) internal returns (IEvaluatorPool.Case memory request) {
        for (uint256 i = 0; i < size; i++) _takeSeat(OUTSIDER);
        return _case(CASE, size);
    }

    function _leaveOnly(uint256 left) internal {
        for (uint256 i = left; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + 1);
    }

    function _drawFrom(uint256 size) internal returns (uint256[] memory) {
        _convene(_conveneable(size));
        _unseal(CASE);
        return _draw();
    }

    function _rollOn(uint256 startBlock) internal {
        vm.roll(bound(startBlock, block.number, type(uint32).max));
    }

    /// The pool is empty when the lot falls.
    function testDrawFromNoPlaces() public {
        _convene(_case(CASE, 3));
        for (uint256 i = 0; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = SEATS; i > 0; i--) panels.leaveSeat(i - 1);
        _unseal(CASE);
        vm.assertEq(panels.panelOf(address(client), CASE).places, 0, "places");
        _draw();
        _draw();
        _assertVerdict(1, false, 0);
    }

    function testDrawInAnyOtherStage() public {
        _expectWrongStage(IEvaluatorPool.Stage.None);
        panels.draw(address(client), CASE);
        _convene(_case(CASE, 3));
        _expectWrongStage(IEvaluatorPool.Stage.Sealed);
        panels.draw(address(client), CASE);
        _unseal(CASE);
        uint256[] memory seats = _draw();
        _expectWrongStage(IEvaluatorPool.Stage.Scoring);
        panels.draw(address(client), CASE);
        _score(seats, _scores(3, 50));
        _tally();
        _expectWrongStage(IEvaluatorPool.Stage.Decided);
        panels.draw(address(client), CASE);
    }

    /// A seat sits on as many panels as its record counts, and then on no more.
    function testDrawOfABusySeat() public {
        for (uint256 i = 1; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = SEATS - 1; i > 0; i--) panels.leaveSeat(i);
        for (uint256 caseId = 1; caseId <= 256; caseId++) {
            _convene(_case(caseId, 1));
            _unseal(caseId);
            _rollToDraw(caseId);
            panels.draw(address(client), caseId);
            vm.assertEq(_seats(caseId).length, caseId == 256 ? 0 : 1, "drawn");
        }
        vm.assertEq(panels.seatOf(0).duties, 255, "duties");
    }
}
