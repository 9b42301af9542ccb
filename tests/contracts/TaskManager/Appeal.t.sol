// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account} from "../../../contracts/libraries/Account.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract AppealTest is CaseTest {
    /// Who has paid the first panel tops its lock up, so that both have the larger panel's fee there.
    function testFuzzAppealAsRequester(Seeds memory seeds, Odds memory odds, uint256 score) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        _rule(_passingScore(score));
        _testAppeal(REQUESTER, requester, panelFee);
        vm.assertEq(
            _lockedOf(requester),
            tasks.getTask(taskId).reserve + tasks.depositOf(taskId),
            "requester"
        );
    }

    function testFuzzAppealAsWorker(Seeds memory seeds, Odds memory odds, uint256 score) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        _rule(_failingScore(score));
        _testAppeal(WORKER, worker, panelFee);
        vm.assertEq(_lockedOf(worker), bond + appealFee, "worker");
    }

    /// Where the pool evaluates, the worker has nothing locked but the bond until it appeals.
    function testFuzzAppealFromThePool(Seeds memory seeds, Odds memory odds, uint256 score) public {
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        _unseal();
        _rule(_failingScore(score));
        _testAppeal(WORKER, worker, appealFee);
        vm.assertEq(_lockedOf(worker), bond + appealFee, "worker");
        vm.assertEq(_lockedOf(requester), tasks.getTask(taskId).reserve + appealFee, "requester");
    }

    function _testAppeal(address caller, Account account, uint256 locked) internal {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAppealed(taskId, caller);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(account, locked);
        vm.prank(caller);
        tasks.appeal(taskId);

        task.state = ITaskManager.TaskState.Disputed;
        task.round = ITaskManager.Round.Appeal;
        _assertTask(taskId, task);
        PoolStub.Asked memory asked = pool.asked(address(tasks), taskId);
        vm.assertEq(asked.request.size, 7, "size");
        vm.assertEq(asked.request.fee, appealFee, "fee");
        vm.assertEq(asked.rounds, 2, "rounds");
    }

    function testAppealUntilTheDeadline() public {
        _begin(EVALUATOR);
        _toHearing();
        _rule(100);
        _testUntilDeadline(_appealAsRequester);
        _begin(EVALUATOR);
        _toHearing();
        _rule(0);
        _testUntilDeadline(_appealAsWorker);
    }

    /// Only who has lost, and neither its opponent nor a stranger.
    function testFuzzAppealNotAppellant(address stranger, bool passed) public {
        vm.assume(stranger != REQUESTER && stranger != WORKER);
        _begin(EVALUATOR);
        _toHearing();
        _rule(passed ? 100 : 0);
        _expectNotAppellant(stranger);
        _expectNotAppellant(passed ? WORKER : REQUESTER);
    }

    function _expectNotAppellant(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotAppellant.selector, taskId, caller));
        vm.prank(caller);
        tasks.appeal(taskId);
    }

    function testFuzzAppealWithTooFewCredits(uint256 free, bool byPool) public {
        _begin(byPool ? address(pool) : EVALUATOR);
        if (byPool) {
            _deliver();
            _unseal();
        } else {
            _toHearing();
        }
        _rule(0);
        uint256 needed = byPool ? APPEAL_FEE : PANEL_FEE;
        free = bound(free, 0, needed - 1);
        uint256 spare = _freeOf(worker) - free;
        vm.prank(WORKER);
        ledger.withdraw(worker, WORKER, spare);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, worker, free, needed));
        _appealAsWorker();
    }

    function testFuzzAppealWithTooFewSeats(uint256 seats) public {
        _begin(EVALUATOR);
        _toHearing();
        _rule(0);
        _expectTooFewSeats(7, bound(seats, 0, 6));
        _appealAsWorker();
    }

    function testAppealTwice() public {
        _begin(EVALUATOR);
        _toHearing();
        _rule(0);
        _appealAsWorker();
        _expectWrongState(ITaskManager.TaskState.Disputed);
        _appealAsWorker();
    }
}
