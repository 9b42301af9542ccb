// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What holds for seats and cases after any sequence of legal calls.
/// @dev Time and block are kept here: between the calls of a sequence both may be set back.
contract PoolInvariants is PoolTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant HOLDERS = 4;
    uint256 private constant MAX_PLACES = 30;

    uint256 private time;
    uint256 private height;
    uint256 private cases;
    uint256 private lockedFees;
    /// @dev Places that were ever taken.
    uint256 private reach;
    address[] private holders;
    mapping(IEvaluatorPool.Stage => uint256) private seen;
    uint256 private slashed;
    uint256 private closed;

    modifier inTime() {
        vm.warp(time);
        vm.roll(height);
        _;
        time = block.timestamp;
        height = block.number;
    }

    function setUp() public override {
        super.setUp();
        (time, height, reach) = (block.timestamp, block.number, SEATS);
        for (uint256 i = 0; i < SEATS; i++) holders.push(_holderOf(i));
        for (uint256 i = 0; i < HOLDERS; i++) holders.push(_evaluator(SEATS + i));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), new bytes4[](8));
        bytes4[8] memory selectors = [
            this.join.selector,
            this.announce.selector,
            this.depart.selector,
            this.close.selector,
            this.open.selector,
            this.advance.selector,
            this.speak.selector,
            this.pass.selector
        ];
        for (uint256 i = 0; i < selectors.length; i++) targets[0].selectors[i] = selectors[i];
    }

    /* EVALUATORS */

    function join(uint256 number) external inTime {
        address holder = holders[SEATS + (number % HOLDERS)];
        if (panels.seatCount() + 1 > MAX_PLACES) return;
        uint256 seat = _takeSeat(holder);
        if (seat >= reach) reach = seat + 1;
    }

    function announce(uint256 place) external inTime {
        place = bound(place, 0, reach - 1);
        IEvaluatorPool.Seat memory seat = panels.seatOf(place);
        // Half of them stay, so that panels are found.
        if (seat.holder == address(0) || seat.leavingSince != 0 || panels.seatCount() <= SEATS / 2) return;
        _announceLeave(place);
    }

    function depart(uint256 place) external inTime {
        place = bound(place, 0, reach - 1);
        IEvaluatorPool.Seat memory seat = panels.seatOf(place);
        if (seat.leavingSince == 0 || seat.duties != 0) return;
        vm.warp(time + LEAVE_DELAY);
        panels.leaveSeat(place);
    }

    /// @dev Whoever wants to close a gap makes the pending draws first.
    function close(uint256 place) external inTime {
        for (uint256 caseId = 1; caseId <= cases; caseId++) {
            while (_stageOf(caseId) == IEvaluatorPool.Stage.Drawing) _advance(caseId);
        }
        place = _gapFrom(place);
        if (place == reach) return;
        try panels.closeGap(place) {
            closed++;
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            bool known =
                selector == IEvaluatorPool.PlaceOutOfBounds.selector ||
                    selector == IEvaluatorPool.SeatOnDuty.selector;
            vm.assertTrue(known, "why the gap stays");
        }
    }

    /// @dev The first empty place from this one on, or `reach`.
    function _gapFrom(uint256 place) internal view returns (uint256) {
        for (uint256 i = 0; i < reach; i++) {
            uint256 gap = ((place % reach) + i) % reach;
            if (_holderOf(gap) == address(0)) return gap;
        }
        return reach;
    }

    /* CASES */

    function open(uint256 size, bool now_) external inTime {
        size = 2 * bound(size, 0, 3) + 1;
        if (size > panels.seatCount()) return;
        _convene(_case(++cases, size));
        lockedFees += size * SEAT_PAY;
        if (now_) _unseal(cases);
    }

    /// @dev Whatever comes next for a case, if its time has come.
    function advance(uint256 number) external inTime {
        if (cases == 0) return;
        _advance(bound(number, 1, cases));
    }

    function _advance(uint256 caseId) internal {
        IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), caseId);
        if (panel.stage == IEvaluatorPool.Stage.Sealed) {
            _unseal(caseId);
        } else if (panel.stage == IEvaluatorPool.Stage.Drawing) {
            if (block.number <= panel.drawBlock) vm.roll(panel.drawBlock + 1);
            panels.draw(address(client), caseId);
        } else if (panel.stage == IEvaluatorPool.Stage.Scoring) {
            uint256 end = panel.since + 2 * uint256(panel.window);
            if (block.timestamp < end) vm.warp(end);
            uint256 before = panels.seatCount();
            panels.tally(address(client), caseId);
            if (panels.seatCount() < before) slashed++;
        } else if (panel.stage == IEvaluatorPool.Stage.Decided && panel.round < 3) {
            if (panels.seatCount() == 0) return;
            _lockFee(SEAT_PAY);
            lockedFees += SEAT_PAY;
            vm.prank(address(client));
            panels.reconvene(caseId, 1, SEAT_PAY);
        }
        _settleFee(caseId, panel);
    }

    /// @dev What the panel took, or the client gives back.
    function _settleFee(uint256 caseId, IEvaluatorPool.Panel memory before) internal {
        IEvaluatorPool.Stage stage = _stageOf(caseId);
        seen[stage]++;
        if (stage == before.stage) return;
        uint256 fee = uint256(before.seatFee) * before.size;
        if (stage == IEvaluatorPool.Stage.Decided) lockedFees -= fee;
        if (stage != IEvaluatorPool.Stage.Undecided) return;
        lockedFees -= fee;
        vm.prank(address(client));
        ledger.unlock(accountOf(REQUESTER), fee);
    }

    /// @dev Some members of a panel score, around the same number or far from it.
    function speak(uint256 number, uint256 count, uint256 score) external inTime {
        uint256 caseId = _scoringFrom(number);
        if (caseId == 0) return;
        IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), caseId);
        uint256 commitEnd = panel.since + panel.window;
        if (block.timestamp >= commitEnd) return;
        uint256[] memory seats = _seats(caseId);
        count = bound(count, 0, seats.length);
        for (uint256 i = 0; i < count; i++) {
            uint208 digest = panels.scoreDigest(
                address(client),
                caseId,
                panel.round,
                seats[i],
                _scoreOf(score, i),
                SALT
            );
            address holder = _holderOf(seats[i]);
            vm.prank(holder);
            panels.commitScore(address(client), caseId, seats[i], digest);
        }
        vm.warp(commitEnd);
        for (uint256 i = 0; i < count; i++) {
            address holder = _holderOf(seats[i]);
            vm.prank(holder);
            panels.revealScore(address(client), caseId, seats[i], _scoreOf(score, i), SALT);
        }
    }

    function _scoreOf(uint256 score, uint256 member) internal pure returns (uint256) {
        return ((score % 100) * (member + 1)) % 101;
    }

    /// @dev The first case from `number` on whose panel has yet to score, or zero.
    function _scoringFrom(uint256 number) internal view returns (uint256) {
        for (uint256 i = 0; i < cases; i++) {
            uint256 caseId = 1 + (((number % cases) + i) % cases);
            IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), caseId);
            if (panel.stage != IEvaluatorPool.Stage.Scoring) continue;
            if (panels.membersOf(address(client), caseId)[0].digest == 0) return caseId;
        }
        return 0;
    }

    function pass(uint256 elapsed, uint256 blocks) external inTime {
        vm.warp(time + bound(elapsed, 0, WINDOW));
        vm.roll(height + bound(blocks, 0, 300));
    }

    function _stageOf(uint256 caseId) internal view returns (IEvaluatorPool.Stage) {
        return panels.panelOf(address(client), caseId).stage;
    }

    /* WHAT HOLDS */

    /// @notice What the evaluators have locked is what their seats stake, and the pool keeps nothing for itself.
    function invariant_Stakes() external {
        (uint256 staked, uint256 locked, uint256 taken) = (0, 0, 0);
        for (uint256 i = 0; i < reach; i++) {
            staked += panels.stakeOf(i);
            IEvaluatorPool.Seat memory seat = panels.seatOf(i);
            if (seat.holder != address(0) && seat.leavingSince == 0) taken++;
        }
        for (uint256 i = 0; i < holders.length; i++) locked += _lockedOf(accountOf(holders[i]));
        vm.assertEq(locked, staked, "stakes");
        vm.assertEq(panels.seatCount(), taken, "seats");
        _assertBalance(accountOf(address(panels)), 0, 0, "pool");
        vm.assertEq(_lockedOf(accountOf(REQUESTER)), lockedFees, "fees");
    }

    /// @notice A seat has as many duties as panels that score count it in, and each draw that is fixed is pending.
    function invariant_Duties() external {
        uint256[] memory duties = new uint256[](reach);
        uint256 pending = 0;
        for (uint256 caseId = 1; caseId <= cases; caseId++) {
            IEvaluatorPool.Stage stage = _stageOf(caseId);
            if (stage == IEvaluatorPool.Stage.Drawing) pending++;
            if (stage != IEvaluatorPool.Stage.Scoring) continue;
            uint256[] memory seats = _seats(caseId);
            for (uint256 i = 0; i < seats.length; i++) duties[seats[i]]++;
        }
        vm.assertEq(panels.pendingDraws(), pending, "pending");
        for (uint256 i = 0; i < reach; i++) vm.assertEq(panels.seatOf(i).duties, duties[i], "duties");
    }

    /// @notice Every case can be ended and every seat be left, by anyone, whatever came before.
    function afterInvariant() external inTime {
        for (uint256 caseId = 1; caseId <= cases; caseId++) _end(caseId);
        for (uint256 i = 0; i < reach; i++) {
            IEvaluatorPool.Seat memory seat = panels.seatOf(i);
            if (seat.holder != address(0) && seat.leavingSince == 0) _announceLeave(i);
        }
        vm.warp(block.timestamp + LEAVE_DELAY);
        for (uint256 i = reach; i > 0; i--) if (_holderOf(i - 1) != address(0)) panels.leaveSeat(i - 1);
        vm.assertEq(panels.seatCount(), 0, "seats");
        for (uint256 i = 0; i < holders.length; i++) {
            vm.assertEq(_lockedOf(accountOf(holders[i])), 0, "locked");
        }
    }

    /// @dev Two draws, two lost hashes and two tallies for each of at most three rounds are more than enough.
    function _end(uint256 caseId) internal {
        for (uint256 i = 0; i < 20; i++) {
            IEvaluatorPool.Panel memory panel = panels.panelOf(address(client), caseId);
            bool appealable = panel.stage == IEvaluatorPool.Stage.Decided && panel.round < 3;
            if (panel.stage >= IEvaluatorPool.Stage.Decided && !appealable) return;
            if (appealable && panels.seatCount() == 0) return;
            _advance(caseId);
        }
        vm.assertTrue(false, "the case does not end");
    }

    /// @notice The calls lead to every end, or else the invariants would say little.
    function testCallsReachEverything() external {
        bytes4[] memory selectors = this.targetSelectors()[0].selectors;
        for (uint256 i = 0; i < 1_500; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            bytes4 selector = selectors[seed % selectors.length];
            (bool done, ) = address(this).call(
                abi.encodePacked(
                    selector,
                    seed >> 8,
                    (seed >> 16) % (selector == this.open.selector ? 2 : 10),
                    seed >> 24
                )
            );
            vm.assertTrue(done, "a call reverted");
        }
        vm.assertGt(seen[IEvaluatorPool.Stage.Decided], 0, "decided");
        vm.assertGt(seen[IEvaluatorPool.Stage.Undecided], 0, "undecided");
        vm.assertGt(seen[IEvaluatorPool.Stage.Scoring], 0, "scoring");
        vm.assertGt(slashed, 0, "slashed");
        vm.assertGt(closed, 0, "closed");
    }
}
