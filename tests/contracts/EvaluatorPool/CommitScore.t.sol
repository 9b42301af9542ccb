// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CommitScoreTest is PoolTest {
    uint256[] private seats;
    uint256 private end;

    function setUp() public override {
        super.setUp();
        seats = _panel(3);
        end = block.timestamp + WINDOW;
    }

    function testFuzzCommitScore(uint256 member, uint208 digest, uint256 time) public {
        vm.assume(digest != 0);
        uint256 seat = seats[bound(member, 0, 2)];
        vm.warp(bound(time, block.timestamp, end - 1));
        address holder = _holderOf(seat);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.ScoreCommitted(address(client), CASE, seat, 1, digest);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seat, digest);

        IEvaluatorPool.Vote[] memory votes = panels.membersOf(address(client), CASE);
        for (uint256 i = 0; i < 3; i++) {
            vm.assertEq(votes[i].digest, votes[i].seat == seat ? digest : 0, "digest");
            vm.assertFalse(votes[i].revealed, "revealed");
        }
    }

    function testCommitScoreAroundTheWindow() public {
        uint208 digest = _digest(seats[0], 50);
        address holder = _holderOf(seats[0]);
        vm.warp(end);
        _expectWindow(IEvaluatorPool.StageOver.selector, end);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seats[0], digest);
        vm.warp(end + 1);
        _expectWindow(IEvaluatorPool.StageOver.selector, end);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seats[0], digest);
        vm.warp(end - 1);
        _commit(seats[0], 50);
    }

    function testCommitScoreEmptyDigest() public {
        address holder = _holderOf(seats[0]);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.EmptyDigest.selector));
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seats[0], 0);
    }

    function testFuzzCommitScoreTwice(uint208 first, uint208 second) public {
        vm.assume(first != 0 && second != 0);
        address holder = _holderOf(seats[0]);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seats[0], first);
        _expectSeat(IEvaluatorPool.AlreadyCommitted.selector, seats[0]);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seats[0], second);
    }

    function testFuzzCommitScoreNotHolder(address caller, uint208 digest) public {
        vm.assume(caller != _holderOf(seats[0]) && digest != 0);
        _expectNotMember(seats[0], caller);
        panels.commitScore(address(client), CASE, seats[0], digest);
    }

    function testFuzzCommitScoreNotDrawn(uint256 seat, uint208 digest) public {
        vm.assume(digest != 0);
        if (seat >= SEATS) {
            _expectNotMember(seat, OUTSIDER);
        } else {
            vm.assume(panels.seatOf(seat).duties == 0);
            _expectNotMember(seat, _holderOf(seat));
        }
        panels.commitScore(address(client), CASE, seat, digest);
    }

    function testCommitScoreInAnotherStage() public {
        _score(seats, _scores(3, 50));
        _tally();
        _expectWrongStage(IEvaluatorPool.Stage.Decided);
        panels.commitScore(address(client), CASE, seats[0], 1);
    }
}
