// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TallyTest is PoolTest {
    /// Every credit of a verdict: who spoke near the median shares the fee and what the others lost.
    function testFuzzTally(uint256 size, uint256 silent, uint256[9] memory raw, address caller) public {
        size = 2 * bound(size, 0, 4) + 1;
        uint256[] memory scores = new uint256[](size - bound(silent, 0, size / 2));
        for (uint256 i = 0; i < scores.length; i++) scores[i] = bound(raw[i], 0, 100);
        uint256[] memory seats = _panel(size);
        address[] memory holders = _holders(seats);
        _score(seats, scores);
        uint256 median = _upperMiddle(scores);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.PanelTallied(address(client), CASE, 1, scores.length);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.CaseClosed(address(client), CASE, true, median);
        vm.prank(caller);
        _tally();

        _assertVerdict(1, true, median);
        _assertStage(IEvaluatorPool.Stage.Decided, "stage");
        _assertShares(seats, holders, _isCoherent(scores, median, size, 20), size * SEAT_PAY);
        _assertBalance(accountOf(REQUESTER), 0, 0, "payer");
        vm.assertEq(ledger.pendingBurn(), 0, "burned");
    }

    /// @dev Each seat has its own holder, who began with the stake alone.
    function _assertShares(
        uint256[] memory seats,
        address[] memory holders,
        bool[] memory coherent,
        uint256 pot
    ) internal {
        uint256 count = 0;
        for (uint256 i = 0; i < seats.length; i++) {
            if (coherent[i]) count++;
            else pot += SLASH;
        }
        uint256 odd = count == 0 ? 0 : pot % count;
        for (uint256 i = 0; i < seats.length; i++) {
            uint256 paid = coherent[i] ? pot / count + odd : 0;
            if (coherent[i]) odd = 0;
            uint256 stake = coherent[i] ? SEAT_STAKE : SEAT_STAKE - SLASH;
            _assertBalance(accountOf(holders[i]), paid, stake, vm.toString(i));
            _assertSeat(seats[i], stake, coherent[i]);
        }
        _assertBalance(accountOf(address(panels)), 0, 0, "pool");
    }

    function _assertSeat(uint256 seat, uint256 stake, bool coherent) internal {
        vm.assertEq(panels.stakeOf(seat), stake, "stake");
        vm.assertEq(panels.seatOf(seat).duties, 0, "duties");
        vm.assertEq(panels.seatOf(seat).leavingSince, coherent ? 0 : block.timestamp, "leaving");
    }

    function _holders(uint256[] memory seats) internal view returns (address[] memory holders) {
        holders = new address[](seats.length);
        for (uint256 i = 0; i < seats.length; i++) holders[i] = _holderOf(seats[i]);
    }

    /// @dev The score that at least half of all are not above, and more than half are not below.
    function _upperMiddle(uint256[] memory scores) internal pure returns (uint256) {
        for (uint256 i = 0; i < scores.length; i++) {
            (uint256 below, uint256 above) = (0, 0);
            for (uint256 j = 0; j < scores.length; j++) {
                if (scores[j] < scores[i]) below++;
                if (scores[j] > scores[i]) above++;
            }
            if (2 * below <= scores.length && 2 * above < scores.length) return scores[i];
        }
        revert("no median");
    }

    function _isCoherent(
        uint256[] memory scores,
        uint256 median,
        uint256 size,
        uint256 band
    ) internal pure returns (bool[] memory coherent) {
        coherent = new bool[](size);
        for (uint256 i = 0; i < scores.length; i++) {
            coherent[i] = scores[i] + band >= median && scores[i] <= median + band;
        }
    }

    /// Exactly at the band's edges and one beyond.
    function testTallyAroundTheBand() public {
        uint256[] memory seats = _panel(5);
        address[] memory holders = _holders(seats);
        uint256[] memory scores = new uint256[](5);
        (scores[0], scores[1], scores[2], scores[3], scores[4]) = (29, 30, 50, 70, 71);
        _score(seats, scores);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.EvaluatorSlashed(address(client), CASE, seats[0], holders[0], SLASH);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.SeatLeaving(seats[4], holders[4], block.timestamp + LEAVE_DELAY);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.EvaluatorSlashed(address(client), CASE, seats[4], holders[4], SLASH);
        uint256 pot = 5 * SEAT_PAY + 2 * SLASH;
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.EvaluatorPaid(address(client), CASE, seats[1], holders[1], pot / 3 + (pot % 3));
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.EvaluatorPaid(address(client), CASE, seats[2], holders[2], pot / 3);
        _tally();
        vm.assertEq(panels.seatCount(), SEATS - 2, "seats");
    }

    /// The first round without a quorum: a second draw; who spoke shares what the silent lost.
    function testFuzzTallyWithoutQuorum(uint256 size, uint256 speakers, uint256[4] memory raw) public {
        size = 2 * bound(size, 0, 4) + 1;
        uint256[] memory scores = new uint256[](bound(speakers, 0, size / 2));
        for (uint256 i = 0; i < scores.length; i++) scores[i] = bound(raw[i], 0, 100);
        uint256[] memory seats = _panel(size);
        address[] memory holders = _holders(seats);
        _score(seats, scores);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.PanelTallied(address(client), CASE, 1, scores.length);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.DrawFixed(address(client), CASE, 2, block.number + 1, SEATS);
        _tally();

        vm.assertEq(client.verdicts(), 0, "verdicts");
        _assertStage(IEvaluatorPool.Stage.Drawing, "stage");
        _assertShares(seats, holders, _isCoherent(scores, 50, size, 50), 0);
        _assertBalance(accountOf(REQUESTER), 0, size * SEAT_PAY, "payer");
        vm.assertEq(ledger.pendingBurn(), scores.length == 0 ? size * SLASH : 0, "burned");
    }

    /// The second: no verdict, and the fee stays where it is.
    function testTallyWithoutQuorumTwice() public {
        uint256[] memory seats = _panel(3);
        _score(seats, _scores(1, 50));
        _tally();
        seats = _draw();
        _score(seats, _scores(1, 50));
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.PanelTallied(address(client), CASE, 2, 1);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.CaseClosed(address(client), CASE, false, 0);
        _tally();
        _assertVerdict(1, false, 0);
        _assertStage(IEvaluatorPool.Stage.Undecided, "stage");
        _assertBalance(accountOf(REQUESTER), 0, 3 * SEAT_PAY, "payer");
        _assertBalance(accountOf(address(panels)), 0, 0, "pool");
    }

    /// A redraw that finds a quorum decides like any other.
    function testTallyAfterARedraw() public {
        _panel(3);
        vm.warp(block.timestamp + 2 * WINDOW);
        _tally();
        uint256[] memory seats = _draw();
        _score(seats, _scores(2, 80));
        _tally();
        _assertVerdict(1, true, 80);
        vm.assertEq(_freeOf(accountOf(_holderOf(seats[0]))), (3 * SEAT_PAY + SLASH) / 2, "share");
    }

    function testTallyAroundTheWindows() public {
        uint256[] memory seats = _panel(3);
        uint256 end = block.timestamp + 2 * WINDOW;
        _score(seats, _scores(3, 50));
        vm.warp(end - 1);
        _expectWindow(IEvaluatorPool.StageNotOver.selector, end);
        _tally();
        uint256 state = vm.snapshotState();
        vm.warp(end);
        _tally();
        vm.assertEq(client.verdicts(), 1, "at the end");
        vm.revertToState(state);
        vm.warp(end + 1);
        _tally();
        vm.assertEq(client.verdicts(), 1, "after the end");
    }

    function testTallyWithoutFee() public {
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.fee = 0;
        _convene(request);
        _unseal(CASE);
        uint256[] memory seats = _draw();
        _score(seats, _scores(3, 50));
        _tally();
        _assertVerdict(1, true, 50);
        for (uint256 i = 0; i < 3; i++) vm.assertEq(_freeOf(accountOf(_holderOf(seats[i]))), 0, "paid");
    }

    function testTallyOfTheSmallestFee() public {
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.fee = 3;
        _convene(request);
        _unseal(CASE);
        uint256[] memory seats = _draw();
        _score(seats, _scores(3, 50));
        _tally();
        for (uint256 i = 0; i < 3; i++) vm.assertEq(_freeOf(accountOf(_holderOf(seats[i]))), 1, "paid");
    }

    /// Each seat of the same holder votes for itself, and is paid for itself.
    function testTallyOfOneHolder() public {
        for (uint256 i = 0; i < SEATS; i++) _announceLeave(i);
        for (uint256 i = 0; i < 3; i++) _takeSeat(OUTSIDER);
        vm.warp(block.timestamp + WARM_UP + 1);
        uint256[] memory seats = _panel(3);
        _score(seats, _scores(2, 50));
        _tally();
        _assertVerdict(1, true, 50);
        _assertBalance(accountOf(OUTSIDER), 3 * SEAT_PAY + SLASH, 3 * SEAT_STAKE - SLASH, "holder");
    }

    function testTallyInAnyOtherStage() public {
        _expectWrongStage(IEvaluatorPool.Stage.None);
        _tally();
        _convene(_case(CASE, 3));
        _expectWrongStage(IEvaluatorPool.Stage.Sealed);
        _tally();
        _unseal(CASE);
        _expectWrongStage(IEvaluatorPool.Stage.Drawing);
        _tally();
        uint256[] memory seats = _draw();
        _score(seats, _scores(3, 50));
        _tally();
        _expectWrongStage(IEvaluatorPool.Stage.Decided);
        _tally();
    }

    /// A client that calls back while it is told finds the case closed, and pays once.
    function testTallyReentered() public {
        uint256[] memory seats = _panel(3);
        _score(seats, _scores(3, 50));
        client.setCallback(abi.encodeCall(IEvaluatorPool.tally, (address(client), CASE)));
        _tally();
        vm.assertEq(
            client.callbackAnswer(),
            abi.encodeWithSelector(
                IEvaluatorPool.WrongStage.selector,
                address(client),
                CASE,
                IEvaluatorPool.Stage.Decided
            ),
            "answer"
        );
        vm.assertEq(client.verdicts(), 1, "verdicts");
        for (uint256 i = 0; i < 3; i++) {
            vm.assertEq(_freeOf(accountOf(_holderOf(seats[i]))), SEAT_PAY, "paid");
        }
    }

    /// A seat cannot be left while it is owed its share, not even from within the verdict.
    function testLeaveReentered() public {
        uint256[] memory seats = _panel(3);
        _announceLeave(seats[0]);
        address holder = _holderOf(seats[0]);
        _score(seats, _scores(3, 50));
        vm.warp(block.timestamp + LEAVE_DELAY);
        client.setCallback(abi.encodeCall(IEvaluatorPool.leaveSeat, (seats[0])));
        _tally();
        vm.assertEq(
            client.callbackAnswer(),
            abi.encodeWithSelector(IEvaluatorPool.SeatOnDuty.selector, seats[0], 1),
            "answer"
        );
        _assertBalance(accountOf(holder), SEAT_PAY, SEAT_STAKE, "holder");
    }

    /// The two clients' cases of the same number do not meet.
    function testTallyForTheOtherClient() public {
        _convene(_case(CASE, 3));
        raceClient.setPayer(accountOf(REQUESTER));
        vm.prank(address(raceClient));
        panels.convene(_case(CASE, 1));
        vm.prank(address(raceClient));
        panels.unseal(CASE, SECRET);
        vm.roll(block.number + 2);
        panels.draw(address(raceClient), CASE);
        vm.warp(block.timestamp + 2 * WINDOW);
        panels.tally(address(raceClient), CASE);
        vm.roll(block.number + 2);
        panels.draw(address(raceClient), CASE);
        vm.warp(block.timestamp + 2 * WINDOW);
        panels.tally(address(raceClient), CASE);
        vm.assertEq(raceClient.verdicts(), 1, "race's");
        vm.assertEq(client.verdicts(), 0, "tasks'");
        _assertStage(IEvaluatorPool.Stage.Sealed, "tasks' stage");
    }
}
