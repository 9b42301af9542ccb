// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReleaseTest is RaceTest {
    /// The evaluator or the requester is silent, or nobody convened the panel.
    function testFuzzRelease(Seeds memory seeds, uint256 elapsed, bool unsealed, address caller) public {
        _postFrom(seeds);
        (uint256 first, uint256 second) = _twoWithHead();
        if (seeds.byPool && unsealed) _unseal();
        uint256 end = revealEnd + reviewWindow;
        vm.warp(bound(elapsed, end, end + 365 days));

        vm.expectEmit(address(race));
        emit IRaceBoard.RaceWon(taskId, first, true);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, first, reserve, reserve - _prize(), true);
        vm.prank(caller);
        race.release(taskId);

        _assertAgent(first, _prize() + bond + fee, 0, "winner");
        _assertAgent(second, 0, bond + fee, "not judged");
        _assertBalance(accountOf(REQUESTER), escrow - reserve, 0, "requester");
        _assertStage(first, IRaceBoard.Stage.Closed);
        vm.assertTrue(race.getRace(taskId).over, "over");
        vm.assertEq(incentives.recordOf(first, SKILL).experience, 0, "no reputation");
    }

    /// What was judged too low is out: silence pays the earliest of the others.
    function testFuzzReleaseAfterFailure(bool byPool, uint256 score) public {
        _postRace(byPool);
        (uint256 first, uint256 second) = _twoWithHead();
        _judgeAnyhow(first, _anyScore(score, false));
        vm.warp(block.timestamp + reviewWindow);
        race.release(taskId);
        _assertAgent(first, bond / 2, 0, "judged too low");
        _assertAgent(second, _prize() + bond + fee, 0, "winner");
    }

    function testReleaseAtTheDeadline() public {
        _postRace(false);
        _twoWithHead();
        uint256 end = revealEnd + reviewWindow;
        vm.warp(end - 1);
        _expectOpen(end);
        race.release(taskId);
        vm.warp(end);
        race.release(taskId);
        vm.warp(end + 1);
        _expectNoHead();
        race.release(taskId);
    }

    /// A panel that was asked in time has its own.
    function testFuzzReleaseConvened(uint256 elapsed) public {
        _postRace(true);
        (uint256 first, ) = _twoWithHead();
        _unseal();
        _convene();
        uint256 end = revealEnd + reviewWindow;
        vm.warp(bound(elapsed, end, end + 365 days));
        _expectStage(first, IRaceBoard.Stage.Convened);
        race.release(taskId);
        _decide(first, 0);
        _assertAgent(first, bond / 2, 0, "judged too low");
    }

    function testReleaseNoHead() public {
        _postRace(false);
        _twoShown();
        vm.warp(revealEnd + 365 days);
        _expectNoHead();
        race.release(taskId);
    }
}
