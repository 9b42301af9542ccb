// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RevealScoreTest is PoolTest {
    uint256[] private seats;
    uint256 private start;
    uint256 private end;

    function setUp() public override {
        super.setUp();
        seats = _panel(3);
        start = block.timestamp + WINDOW;
        end = start + WINDOW;
    }

    function testFuzzRevealScore(uint256 member, uint256 score, uint256 time) public {
        member = bound(member, 0, 2);
        score = bound(score, 0, 100);
        _commit(seats[member], score);
        vm.warp(bound(time, start, end - 1));

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.ScoreRevealed(address(client), CASE, seats[member], 1, score);
        _reveal(seats[member], score);

        IEvaluatorPool.Vote[] memory votes = panels.membersOf(address(client), CASE);
        for (uint256 i = 0; i < 3; i++) {
            vm.assertEq(votes[i].revealed, i == member, "revealed");
            vm.assertEq(votes[i].score, i == member ? score : 0, "score");
        }
    }

    function testRevealScoreAroundTheWindow() public {
        _commit(seats[0], 50);
        vm.warp(start - 1);
        _expectRefused(IEvaluatorPool.StageNotOver.selector, start);
        vm.warp(end);
        _expectRefused(IEvaluatorPool.StageOver.selector, end);
        vm.warp(end + 1);
        _expectRefused(IEvaluatorPool.StageOver.selector, end);
        _testRevealAt(start);
        _testRevealAt(start + 1);
        _testRevealAt(end - 1);
    }

    function _expectRefused(bytes4 selector, uint256 time) internal {
        address holder = _holderOf(seats[0]);
        _expectWindow(selector, time);
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seats[0], 50, SALT);
    }

    function _testRevealAt(uint256 time) internal {
        uint256 state = vm.snapshotState();
        vm.warp(time);
        _reveal(seats[0], 50);
        vm.assertTrue(panels.membersOf(address(client), CASE)[0].revealed, "revealed");
        vm.revertToState(state);
    }

    function testFuzzRevealWrongOpening(uint256 score, bytes32 salt) public {
        vm.assume(score != 50 || salt != SALT);
        _commit(seats[0], 50);
        vm.warp(start);
        address holder = _holderOf(seats[0]);
        _expectSeat(IEvaluatorPool.WrongScoreOpening.selector, seats[0]);
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seats[0], score, salt);
    }

    function testRevealWithoutCommitment() public {
        vm.warp(start);
        address holder = _holderOf(seats[0]);
        _expectSeat(IEvaluatorPool.WrongScoreOpening.selector, seats[0]);
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seats[0], 50, SALT);
    }

    /// Who commits to what is no score can never open it, and counts as silent.
    function testFuzzRevealScoreOutOfBounds(uint256 score) public {
        score = bound(score, 101, type(uint256).max);
        for (uint256 i = 0; i < 3; i++) _commit(seats[i], i == 0 ? score : 50);
        vm.warp(start);
        _reveal(seats[1], 50);
        _reveal(seats[2], 50);
        address holder = _holderOf(seats[0]);
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.ScoreOutOfBounds.selector, score, 0, 100));
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seats[0], score, SALT);

        vm.warp(end);
        _tally();
        _assertVerdict(1, true, 50);
        vm.assertEq(panels.seatOf(seats[0]).slashes, 1, "slashed");
    }

    function testRevealTwice() public {
        _commit(seats[0], 50);
        vm.warp(start);
        _reveal(seats[0], 50);
        address holder = _holderOf(seats[0]);
        _expectSeat(IEvaluatorPool.AlreadyRevealed.selector, seats[0]);
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seats[0], 50, SALT);
    }

    function testFuzzRevealByAnother(address caller) public {
        vm.assume(caller != _holderOf(seats[0]));
        _commit(seats[0], 50);
        vm.warp(start);
        _expectNotMember(seats[0], caller);
        panels.revealScore(address(client), CASE, seats[0], 50, SALT);
    }

    function testRevealInAnotherStage() public {
        _score(seats, _scores(3, 50));
        _tally();
        _expectWrongStage(IEvaluatorPool.Stage.Decided);
        panels.revealScore(address(client), CASE, seats[0], 50, SALT);
    }

    /// The digest binds everything that could be changed under it.
    function testDigestBindsAll() public {
        uint208 digest = panels.scoreDigest(address(client), CASE, 1, 2, 50, SALT);
        vm.assertNotEq(digest, panels.scoreDigest(address(raceClient), CASE, 1, 2, 50, SALT), "client");
        vm.assertNotEq(digest, panels.scoreDigest(address(client), 8, 1, 2, 50, SALT), "case");
        vm.assertNotEq(digest, panels.scoreDigest(address(client), CASE, 2, 2, 50, SALT), "round");
        vm.assertNotEq(digest, panels.scoreDigest(address(client), CASE, 1, 3, 50, SALT), "seat");
        vm.assertNotEq(digest, panels.scoreDigest(address(client), CASE, 1, 2, 51, SALT), "score");
        vm.assertNotEq(digest, panels.scoreDigest(address(client), CASE, 1, 2, 50, ENTROPY), "salt");
        vm.chainId(block.chainid + 1);
        vm.assertNotEq(digest, panels.scoreDigest(address(client), CASE, 1, 2, 50, SALT), "chain");
    }

    function testDigestIsPublished() public {
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(panels), address(client), CASE, 1, 2, 50, SALT)
        );
        vm.assertEq(
            panels.scoreDigest(address(client), CASE, 1, 2, 50, SALT),
            uint208(bytes26(hash)),
            "the first 26 bytes"
        );
    }
}
