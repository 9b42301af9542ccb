// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {vm} from "../utils/Vm.sol";

contract RuleTest is RaceTest {
    uint256 internal first;
    uint256 internal second;

    /// The requester pays the panel.
    function testFuzzRulePassed(Seeds memory seeds, uint256 score) public {
        _conveneFrom(seeds);
        score = _anyScore(score, true);

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryJudged(taskId, first, score);
        vm.expectEmit(address(race));
        emit IRaceBoard.RaceWon(taskId, first, false);
        _decide(first, score);

        _assertState(ITaskManager.TaskState.Settled);
        _assertAgent(first, _prize() + bond + fee, 0, "winner");
        _assertAgent(second, 0, bond + fee, "not judged");
        _assertBalance(accountOf(REQUESTER), escrow - reserve - PANEL_FEE, 0, "requester");
        _assertBalance(accountOf(EVALUATOR), PANEL_FEE, 0, "panel");
        vm.assertEq(tasks.getTask(taskId).score, score, "score");
        _assertHead(0, 0);
    }

    /// The entrant pays the panel, out of what it locked for that.
    function testFuzzRuleFailed(Seeds memory seeds, uint256 score) public {
        _conveneFrom(seeds);
        score = _anyScore(score, false);

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryJudged(taskId, first, score);
        vm.expectEmit(address(race));
        emit IRaceBoard.HeadMoved(taskId, second, block.timestamp + reviewWindow);
        _decide(first, score);

        _assertState(ITaskManager.TaskState.Open);
        _assertAgent(first, bond / 2, 0, "judged too low");
        _assertBalance(accountOf(REQUESTER), 0, escrow, "requester");
        _assertBalance(accountOf(EVALUATOR), PANEL_FEE, 0, "panel");
        vm.assertEq(ledger.pendingBurn(), bond - bond / 2, "burned");
        _assertHead(second, block.timestamp + reviewWindow);
    }

    function testFuzzRuleAllFailed(Seeds memory seeds, uint256[2] memory scores) public {
        _conveneFrom(seeds);
        _decide(first, _anyScore(scores[0], false));
        _convene();
        _decide(second, _anyScore(scores[1], false));

        _assertState(ITaskManager.TaskState.Expired);
        _assertAgent(second, bond / 2, 0, "judged too low");
        _assertBalance(accountOf(REQUESTER), escrow, 0, "requester");
        _assertBalance(accountOf(EVALUATOR), 2 * PANEL_FEE, 0, "panels");
    }

    /// No quorum, no fee: the head is paid by silence.
    function testFuzzRuleUndecided(Seeds memory seeds) public {
        _conveneFrom(seeds);
        uint256 caseId = race.caseOf(taskId, first);

        vm.expectEmit(address(race));
        emit IRaceBoard.RaceWon(taskId, first, true);
        pool.giveUp(race, caseId);

        _assertState(ITaskManager.TaskState.Settled);
        _assertAgent(first, _prize() + bond + fee, 0, "winner");
        _assertBalance(accountOf(REQUESTER), escrow - reserve, 0, "requester");
        vm.assertEq(incentives.recordOf(first, SKILL).experience, 0, "no reputation");
    }

    function testFuzzRuleAsAnother(address caller, uint256 caseId) public {
        vm.assume(caller != address(pool));
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotPool.selector, caller));
        vm.prank(caller);
        race.rule(caseId, true, 100);
    }

    /// Once for each panel, and only where there is one.
    function testRuleWithoutPanel() public {
        Seeds memory seeds;
        _conveneFrom(seeds);
        uint256 caseId = race.caseOf(taskId, first);
        _decide(first, 0);
        _expectStage(first, IRaceBoard.Stage.Closed);
        vm.prank(address(pool));
        race.rule(caseId, true, 100);
        caseId = race.caseOf(taskId, second);
        _expectStage(second, IRaceBoard.Stage.Shown);
        vm.prank(address(pool));
        race.rule(caseId, true, 100);
    }

    /// @dev The first of two entries is before a panel.
    function _conveneFrom(Seeds memory seeds) internal {
        seeds.byPool = true;
        _postFrom(seeds);
        (first, second) = _twoWithHead();
        _unseal();
        _convene();
    }
}
