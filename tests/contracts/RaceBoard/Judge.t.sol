// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract JudgeTest is RaceTest {
    function testFuzzJudgePassed(Seeds memory seeds, uint256 score, uint256 elapsed) public {
        seeds.byPool = false;
        _postFrom(seeds);
        (uint256 first, uint256 second) = _twoWithHead();
        score = _anyScore(score, true);
        vm.warp(bound(elapsed, revealEnd, revealEnd + reviewWindow - 1));

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryJudged(taskId, first, score);
        vm.expectEmit(address(race));
        emit IRaceBoard.RaceWon(taskId, first, false);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, first, reserve, reserve - _prize(), false);
        _expectReport(first, score, true);
        _judge(first, score);

        _assertState(ITaskManager.TaskState.Settled);
        _assertAgent(first, _prize() + bond, 0, "winner");
        _assertAgent(second, 0, bond, "not judged");
        _assertBalance(accountOf(REQUESTER), escrow - reserve, 0, "requester");
        _assertBalance(accountOf(TREASURY), reserve - _prize(), 0, "treasury");
        _assertStage(first, IRaceBoard.Stage.Closed);
        vm.assertTrue(race.getRace(taskId).over, "over");
        _assertHead(0, 0);
        ITaskManager.File memory file = _file();
        file.result = _resultOf(first);
        vm.assertEq(tasks.getTask(taskId).file, tasks.fileOf(file), "file");
    }

    function testFuzzJudgeFailed(Seeds memory seeds, uint256 score, uint256 elapsed) public {
        seeds.byPool = false;
        _postFrom(seeds);
        (uint256 first, uint256 second) = _twoWithHead();
        score = _anyScore(score, false);
        uint256 now_ = bound(elapsed, revealEnd, revealEnd + reviewWindow - 1);
        vm.warp(now_);

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryJudged(taskId, first, score);
        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, second, now_ + reviewWindow);
        _expectReport(first, score, false);
        _judge(first, score);

        uint256 burned = (bond + 1) / 2;
        _assertState(ITaskManager.TaskState.Open);
        _assertAgent(first, bond - burned, 0, "judged too low");
        _assertBalance(accountOf(REQUESTER), 0, escrow, "requester");
        vm.assertEq(ledger.pendingBurn(), burned, "burned");
        _assertStage(first, IRaceBoard.Stage.Closed);
        _assertHead(second, now_ + reviewWindow);
    }

    /// The last one to fail ends the race.
    function testFuzzJudgeAllFailed(uint256[2] memory scores) public {
        _postRace(false);
        (uint256 first, uint256 second) = _twoWithHead();
        _judge(first, _anyScore(scores[0], false));

        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, 0, 0);
        _judge(second, _anyScore(scores[1], false));

        _assertState(ITaskManager.TaskState.Expired);
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
        _assertAgent(second, bond / 2, 0, "judged too low");
        vm.assertEq(ledger.pendingBurn(), bond, "two halves burned");
    }

    /// The next one was not shown: somebody has to advance, and the one after it has its whole window.
    function testJudgeFailedBeforeSealed() public {
        _postRace(false);
        uint256 first = _enterNew(WORKER);
        uint256 lazy = _enterNew(RIVAL);
        uint256 third = _enterNew(THIRD);
        vm.warp(biddingEnd);
        _show(first);
        _show(third);
        vm.warp(revealEnd);
        _advance(NO_STEPS);

        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, lazy, 0);
        _judge(first, 0);
        _expectNoHead();
        _judge(third, 100);

        vm.warp(revealEnd + 1 days);
        _advance(1);
        _assertHead(third, revealEnd + 1 days + reviewWindow);
    }

    function testJudgeAtTheDeadline() public {
        _postRace(false);
        (uint256 first, ) = _twoWithHead();
        uint256 end = revealEnd + reviewWindow;
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(end + i);
            _expectClosed(end);
            _judge(first, 100);
        }
        vm.warp(end - 1);
        _judge(first, 100);
    }

    function testFuzzJudgeAsAnother(address caller, bool byPool) public {
        _postRace(byPool);
        vm.assume(caller != (byPool ? address(pool) : judge));
        (uint256 first, ) = _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotEvaluator.selector, taskId, caller));
        vm.prank(caller);
        race.judge(taskId, first, 100);
    }

    function testFuzzJudgeNotHead(uint256 agentId) public {
        _postRace(false);
        (uint256 first, ) = _twoWithHead();
        vm.assume(agentId != first);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotHead.selector, taskId, agentId, first));
        _judge(agentId, 100);
    }

    function testFuzzJudgeScoreTooHigh(uint256 score) public {
        _postRace(false);
        (uint256 first, ) = _twoWithHead();
        score = bound(score, 101, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.ScoreOutOfBounds.selector, score, 0, 100));
        _judge(first, score);
    }

    /// Neither before there is a head nor after the race.
    function testJudgeNoHead() public {
        _postRace(false);
        (uint256 first, uint256 second) = _twoShown();
        _expectNoHead();
        _judge(first, 100);
        _advance(NO_STEPS);
        _judge(first, 100);
        _expectNoHead();
        _judge(second, 100);
    }

    function _expectReport(uint256 agentId, uint256 score, bool settled) internal {
        IIncentiveEngine.Outcome memory outcome = IIncentiveEngine.Outcome({
            agentId: agentId,
            epoch: registry.ownershipEpoch(agentId),
            skill: SKILL,
            client: REQUESTER,
            price: reserve,
            score: score,
            lateness: 0,
            weight: uint8(NAMED_WEIGHT),
            settled: settled
        });
        vm.expectCall(address(incentives), abi.encodeCall(IIncentiveEngine.report, (outcome)));
    }
}
