// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice Attacks on the draw and on the scores, each with the rule that answers it.
contract AttacksTest is PoolTest {
    /* SCORES */

    /// Copying a sealed score opens nothing, not even when the salt is known: the copier counts as silent.
    function testCopiedDigest() public {
        uint256[] memory seats = _panel(3);
        uint208 digest = _digest(seats[0], 90);
        _commit(seats[0], 90);
        _commit(seats[1], 80);
        address copier = _holderOf(seats[2]);
        vm.prank(copier);
        panels.commitScore(address(client), CASE, seats[2], digest);
        vm.warp(block.timestamp + WINDOW);
        _reveal(seats[0], 90);
        _reveal(seats[1], 80);
        _expectSeat(IEvaluatorPool.WrongScoreOpening.selector, seats[2]);
        vm.prank(copier);
        panels.revealScore(address(client), CASE, seats[2], 90, SALT);
        vm.warp(block.timestamp + WINDOW);
        _tally();
        _assertVerdict(1, true, 90);
        vm.assertEq(panels.stakeOf(seats[2]), SEAT_STAKE - SLASH, "the copier's stake");
    }

    /// Silence on every side: the case ends however many speak, and a verdict needs more than half.
    function testSilenceOfAnyNumber() public {
        for (uint256 speakers = 0; speakers <= 5; speakers++) {
            uint256 state = vm.snapshotState();
            _endWith(5, speakers);
            _assertVerdict(1, speakers >= 3, speakers >= 3 ? 50 : 0);
            vm.assertEq(panels.pendingDraws(), 0, "pending");
            for (uint256 i = 0; i < SEATS; i++) vm.assertEq(panels.seatOf(i).duties, 0, "duty");
            vm.revertToState(state);
        }
    }

    /// @dev With so many that speak in every round.
    function _endWith(uint256 size, uint256 speakers) internal {
        uint256[] memory seats = _panel(size);
        while (client.verdicts() == 0) {
            uint256 count = speakers < seats.length ? speakers : seats.length;
            _score(seats, _scores(count, 50));
            _tally();
            if (client.verdicts() != 0) return;
            seats = _draw();
        }
    }

    /// One seat has one vote, whatever its holder sends.
    function testVoteTwice() public {
        uint256[] memory seats = _panel(3);
        _commit(seats[0], 0);
        address voter = _holderOf(seats[0]);
        _expectSeat(IEvaluatorPool.AlreadyCommitted.selector, seats[0]);
        vm.prank(voter);
        panels.commitScore(address(client), CASE, seats[0], 1);
        _expectNotMember(seats[1], voter);
        panels.commitScore(address(client), CASE, seats[1], 1);
        _commit(seats[1], 60);
        vm.warp(block.timestamp + WINDOW);
        _reveal(seats[0], 0);
        _reveal(seats[1], 60);
        _expectSeat(IEvaluatorPool.AlreadyRevealed.selector, seats[0]);
        vm.prank(voter);
        panels.revealScore(address(client), CASE, seats[0], 0, SALT);
        vm.warp(block.timestamp + WINDOW);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.PanelTallied(address(client), CASE, 1, 2);
        _tally();
        _assertVerdict(1, true, 60);
    }

    /* DRAWS */

    /// Seats that are taken for a case, or shortly before it, are never drawn for it.
    function testFuzzJoinForTheCase(uint256 startBlock, uint256 age) public {
        vm.roll(bound(startBlock, block.number, type(uint32).max));
        uint256 bornBefore = START + 2 * WARM_UP;
        vm.warp(bornBefore - bound(age, 0, WARM_UP));
        for (uint256 i = 0; i < SEATS; i++) _takeSeat(OUTSIDER);
        vm.warp(bornBefore);
        _convene(_case(CASE, 9));
        for (uint256 i = 0; i < SEATS; i++) _takeSeat(OUTSIDER);
        _unseal(CASE);
        for (uint256 i = 0; i < SEATS; i++) _takeSeat(OUTSIDER);
        uint256[] memory seats = _draw();
        vm.assertGe(seats.length, 5, "a quorum at least");
        for (uint256 i = 0; i < seats.length; i++) vm.assertLt(seats[i], SEATS, "an old seat");
    }

    /// At the warm-up's end, one second before and after.
    function testWarmUp() public {
        for (uint256 i = 0; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = SEATS; i > 0; i--) panels.leaveSeat(i - 1);
        uint256 born = block.timestamp;
        _takeSeat(OUTSIDER);
        vm.assertEq(_drawnAt(born + WARM_UP - 1), 0, "before");
        vm.assertEq(_drawnAt(born + WARM_UP), 0, "at");
        vm.assertEq(_drawnAt(born + WARM_UP + 1), 1, "after");
    }

    function _drawnAt(uint256 bornBefore) internal returns (uint256 drawn) {
        uint256 state = vm.snapshotState();
        vm.warp(bornBefore);
        drawn = _panel(1).length;
        vm.revertToState(state);
    }

    /// Whoever sees the lot and then leaves, announces to leave, joins or tidies up draws the same panel.
    function testFuzzLeaveToReshuffle(uint256 startBlock, uint256 gone, uint256 leavers) public {
        vm.roll(bound(startBlock, block.number, type(uint32).max));
        gone = bound(gone, 0, SEATS - 1);
        _announceLeave(gone);
        vm.warp(block.timestamp + LEAVE_DELAY);
        _convene(_case(CASE, 3));
        _unseal(CASE);
        _rollToDraw(CASE);
        uint256 state = vm.snapshotState();
        panels.draw(address(client), CASE);
        bytes memory expected = abi.encode(_seats(CASE));
        vm.revertToState(state);

        panels.leaveSeat(gone);
        for (uint256 i = 0; i < SEATS; i++) {
            if (i != gone && (leavers >> i) & 1 == 1) _announceLeave(i);
        }
        _takeSeat(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.DrawsPending.selector, 1));
        panels.closeGap(gone);
        panels.draw(address(client), CASE);
        vm.assertEq(abi.encode(_seats(CASE)), expected, "panel");
    }

    /// Who announced before the draw was fixed is not drawn.
    function testFuzzLeaversAreNotDrawn(uint256 startBlock, uint256 leaver) public {
        vm.roll(bound(startBlock, block.number, type(uint32).max));
        leaver = bound(leaver, 0, SEATS - 1);
        _announceLeave(leaver);
        vm.warp(block.timestamp + 1);
        uint256[] memory seats = _panel(7);
        for (uint256 i = 0; i < seats.length; i++) vm.assertNotEq(seats[i], leaver, "leaver");
    }

    /// Requester and worker are one and know both secrets: until the block is there nothing is drawn, and with another
    /// block's hash the same secrets draw another panel.
    function testKnownSecretsPredictNothing() public {
        _convene(_case(CASE, 3));
        uint256 state = vm.snapshotState();
        uint256 others = 0;
        bytes32 first;
        for (uint256 i = 0; i < 20; i++) {
            vm.roll(2_000 + i);
            _unseal(CASE);
            uint256 drawBlock = block.number + 1;
            vm.expectRevert(
                abi.encodeWithSelector(IEvaluatorPool.DrawTooEarly.selector, drawBlock, drawBlock - 1)
            );
            panels.draw(address(client), CASE);
            bytes32 panel = keccak256(abi.encode(_draw()));
            if (i == 0) first = panel;
            if (panel != first) others++;
            vm.revertToState(state);
        }
        vm.assertGt(others, 15, "other panels");
    }

    /// A panel that is drawn cannot be drawn again: only silence redraws it, once, and silence costs.
    function testNobodyChoosesBetweenPanels() public {
        uint256[] memory seats = _panel(3);
        vm.roll(block.number + 300);
        _expectWrongStage(IEvaluatorPool.Stage.Scoring);
        panels.draw(address(client), CASE);
        // The second of three is silent on purpose: two are a quorum, and no redraw comes of it.
        _score(seats, _scores(2, 70));
        _tally();
        _assertVerdict(1, true, 70);
        vm.assertEq(panels.stakeOf(seats[2]), SEAT_STAKE - SLASH, "the silent one's stake");
    }

    function testRedrawnOnce() public {
        uint256[] memory first = _panel(3);
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        uint256[] memory second = _draw();
        for (uint256 i = 0; i < 9; i++) vm.assertNotEq(second[i / 3], first[i % 3], "sat before");
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        _assertVerdict(1, false, 0);
        _expectWrongStage(IEvaluatorPool.Stage.Undecided);
        _tally();
    }

    /// Whoever waits until the hash is lost only moves the draw: it is as open as before, and nobody is late for it.
    function testLostHashes() public {
        _convene(_case(CASE, 3));
        _unseal(CASE);
        for (uint256 i = 0; i < 5; i++) {
            vm.roll(block.number + 258);
            vm.warp(block.timestamp + LEAVE_DELAY);
            vm.prank(RIVAL);
            panels.draw(address(client), CASE);
            _assertStage(IEvaluatorPool.Stage.Drawing, "postponed");
            vm.assertEq(panels.pendingDraws(), 1, "pending");
        }
        uint256[] memory seats = _draw();
        _score(seats, _scores(3, 50));
        _tally();
        _assertVerdict(1, true, 50);
    }

    /// A hundred seats that are too young, or that are being left, stand in the way and do not stop the draw.
    function testDilution() public {
        for (uint256 i = 0; i < 90; i++) {
            uint256 seat = _takeSeat(OUTSIDER);
            if (i % 2 == 0) _announceLeave(seat);
        }
        _convene(_case(CASE, 3));
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < 50; i++) {
            vm.roll(3_000 + i);
            _unseal(CASE);
            vm.assertEq(_draw().length, 3, "members");
            vm.revertToState(state);
        }
    }

    /// One address or many: what counts is the stake. Two people hold two fifths of the seats each.
    function testManyAddressesGainNothing() public {
        for (uint256 i = 0; i < 18; i++) _takeSeat(OUTSIDER);
        for (uint256 i = 0; i < 18; i++) _takeSeat(_evaluator(100 + i));
        vm.warp(block.timestamp + WARM_UP + 1);
        _convene(_case(CASE, 5));
        uint256 state = vm.snapshotState();
        (uint256 one, uint256 many) = (0, 0);
        for (uint256 i = 0; i < 400; i++) {
            vm.roll(5_000 + i);
            _unseal(CASE);
            uint256[] memory seats = _draw();
            for (uint256 j = 0; j < seats.length; j++) {
                if (seats[j] >= SEATS + 18) many++;
                else if (seats[j] >= SEATS) one++;
            }
            vm.revertToState(state);
        }
        // Of 2,000 votes 800 are expected, with a standard deviation below 22.
        vm.assertGt(one, 712, "one address, at least");
        vm.assertLt(one, 888, "one address, at most");
        vm.assertGt(many, 712, "many addresses, at least");
        vm.assertLt(many, 888, "many addresses, at most");
    }

    /// Slashed by one panel, a seat still serves and answers for the other; nobody inherits its duty.
    function testSlashedOnOnePanelOfTwo() public {
        for (uint256 i = 1; i < SEATS; i++) _announceLeave(i);
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = SEATS - 1; i > 0; i--) panels.leaveSeat(i);
        _convene(_case(8, 1));
        _unseal(8);
        vm.roll(block.number + 2);
        panels.draw(address(client), 8);
        vm.warp(block.timestamp + WINDOW);
        uint256[] memory seats = _panel(1);
        vm.warp(block.timestamp + WINDOW);
        panels.tally(address(client), 8);
        address holder = _holderOf(0);
        vm.warp(block.timestamp + LEAVE_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.SeatOnDuty.selector, 0, 1));
        panels.leaveSeat(0);
        _tally();
        vm.assertEq(seats[0], 0, "the same seat");
        vm.assertEq(panels.stakeOf(0), SEAT_STAKE - 2 * SLASH, "stake");
        panels.leaveSeat(0);
        _assertBalance(accountOf(holder), SEAT_STAKE - 2 * SLASH, 0, "holder");
    }
}
