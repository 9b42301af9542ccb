// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account} from "../../../contracts/libraries/Account.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The verdicts as the pool gives them; what each comes to is in NamedPaths and PoolPaths.
contract RuleTest is CaseTest {
    function testFuzzRuleOnADispute(Seeds memory seeds, Odds memory odds, uint256 score, bool passed) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        score = passed ? _passingScore(score) : _failingScore(score);
        uint256 end = block.timestamp + task.reviewWindow;

        _expectRuled(score, ITaskManager.Round.Unsealed, end);
        _assertPayer(_ruleAsPool(true, score), passed ? requester : worker);

        task.score = uint8(score);
        task.deadline = uint40(end);
        task.state = ITaskManager.TaskState.Ruled;
        _assertTask(taskId, task);
    }

    /// The pool's rejection can be appealed; its approval pays at once, and nobody can.
    function testFuzzRuleOfThePool(Seeds memory seeds, Odds memory odds, uint256 score, bool passed) public {
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        _unseal();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        score = passed ? _passingScore(score) : _failingScore(score);
        uint256 end = block.timestamp + task.reviewWindow;

        _expectRuled(score, ITaskManager.Round.Unsealed, passed ? 0 : end);
        if (passed) _expectSettled(false);
        _assertPayer(_ruleAsPool(true, score), requester);

        task.score = uint8(score);
        if (!passed) task.deadline = uint40(end);
        task.state = passed ? ITaskManager.TaskState.Settled : ITaskManager.TaskState.Ruled;
        _assertTask(taskId, task);
        vm.assertEq(
            _lockedOf(requester),
            passed ? panelFee : task.reserve + panelFee + appealFee,
            "the panel's fee is there"
        );
    }

    function testFuzzRuleOnAnAppeal(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores,
        bool[2] memory passed
    ) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        _rule(passed[0] ? _passingScore(scores[0]) : _failingScore(scores[0]));
        if (passed[0]) _appealAsRequester();
        else _appealAsWorker();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 score = passed[1] ? _passingScore(scores[1]) : _failingScore(scores[1]);

        _expectRuled(score, ITaskManager.Round.Appeal, 0);
        Account payer = passed[1] ? requester : worker;
        _assertPayer(_ruleAsPool(true, score), payer);

        task.score = uint8(score);
        task.state = passed[1] ? ITaskManager.TaskState.Settled : ITaskManager.TaskState.Refunded;
        _assertTask(taskId, task);
        vm.assertEq(_lockedOf(payer), appealFee, "the panel's fee is there");
        vm.assertEq(_lockedOf(passed[1] ? worker : requester), 0, "the other is free");
    }

    /// The verdict of nobody: who worked is paid, and the score stays what the evaluator had said.
    function testFuzzRuleUndecided(Seeds memory seeds, Odds memory odds, uint256 score, bool byPool) public {
        _beginFrom(seeds, odds, byPool ? address(pool) : EVALUATOR);
        if (byPool) {
            _deliver();
            _unseal();
        } else {
            _toHearing();
        }
        ITaskManager.Task memory task = tasks.getTask(taskId);
        _expectSettled(true);
        _ruleAsPool(false, score);

        task.state = ITaskManager.TaskState.Settled;
        _assertTask(taskId, task);
    }

    function testRuleAtThePassingScore() public {
        _begin(EVALUATOR);
        _toHearing();
        uint256 state = vm.snapshotState();
        _assertPayer(_ruleAsPool(true, 59), worker);
        vm.revertToState(state);
        _assertPayer(_ruleAsPool(true, 60), requester);
    }

    function testFuzzRuleNotPool(address caller, bool decided, uint256 score) public {
        vm.assume(caller != address(pool));
        _begin(EVALUATOR);
        _toHearing();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotPool.selector, caller));
        vm.prank(caller);
        tasks.rule(taskId, decided, score);
    }

    function testRuleBeforeTheSecret() public {
        _begin(EVALUATOR);
        _reject();
        _dispute();
        _expectWrongRound(ITaskManager.Round.Convened);
        _ruleAsPool(true, 100);
    }

    function testRuleWithoutAPanel() public {
        _begin(EVALUATOR);
        _deliver();
        _expectWrongRound(ITaskManager.Round.None);
        _ruleAsPool(true, 100);
    }

    /// Attack: a second verdict from one panel, before the first is carried out and after.
    function testFuzzRuleTwice(bool[2] memory decided, bool[2] memory passed) public {
        _begin(EVALUATOR);
        _toHearing();
        _ruleAsPool(decided[0], passed[0] ? 100 : 0);
        ITaskManager.TaskState state = tasks.stateOf(taskId);
        _expectWrongState(state);
        _ruleAsPool(decided[1], passed[1] ? 100 : 0);
    }

    function _ruleAsPool(bool decided, uint256 score) internal returns (Account payer) {
        vm.prank(address(pool));
        return tasks.rule(taskId, decided, score);
    }

    function _expectRuled(uint256 score, ITaskManager.Round round, uint256 end) internal {
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskRuled(taskId, score, round, end);
    }

    function _expectSettled(bool silent) internal {
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, agentId, price, fee, silent);
    }

    function _assertPayer(Account actual, Account expected) internal {
        vm.assertEq(Account.unwrap(actual), Account.unwrap(expected), "payer");
    }
}
