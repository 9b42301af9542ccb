// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The edges of the life cycle, all of them: each call is refused wherever it does not belong, by everyone who
/// could make it elsewhere and after every deadline. So nothing is settled twice, by any two ways.
contract StatesTest is CaseTest {
    enum Place {
        Open,
        Awarded,
        Submitted,
        Convened,
        Hearing,
        Rejected,
        Disputed,
        Drawn,
        Overturned,
        Upheld,
        Appealed,
        Defaulted,
        Paid,
        Released,
        Forfeited,
        Ruled,
        Reversed,
        Refunded,
        Cancelled,
        Expired
    }

    enum Call {
        Cancel,
        Award,
        Expire,
        SettleRace,
        ReportRace,
        Submit,
        Evaluate,
        Release,
        Dispute,
        Appeal,
        CloseRuled,
        DeclareDefault,
        CloseDefaulted,
        CloseRejected,
        Rule,
        Unseal,
        CloseSealed
    }

    /// @dev Looked up once: asking for it would use up a prank.
    address private _race;

    function setUp() public override {
        super.setUp();
        _race = tasks.race();
    }

    function testEveryCallInEveryPlace() public {
        for (uint256 i = 0; i <= uint256(type(Place).max); i++) {
            uint256 state = vm.snapshotState();
            _goTo(Place(i));
            for (uint256 j = 0; j <= uint256(type(Call).max); j++) {
                if (!_belongs(Call(j), Place(i))) _testRefused(Call(j));
            }
            vm.revertToState(state);
        }
    }

    /// @dev Round first where the call asks for the round, state first elsewhere; a panel has to fit in both.
    function _testRefused(Call what) internal {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        ITaskManager.TaskState state = task.state;
        bool byRound = what >= Call.Unseal;
        if (what == Call.Rule) {
            byRound = state == ITaskManager.TaskState.Submitted || state == ITaskManager.TaskState.Disputed;
        }
        if (what == Call.Release) byRound = state == ITaskManager.TaskState.Submitted;
        if (byRound) _expectWrongRound(task.round);
        else _expectWrongState(state);
        _make(what);
    }

    /// Every call of a task that nobody has created.
    function testFuzzUnknownTask(uint256 unknown) public {
        taskId = unknown;
        for (uint256 i = 0; i <= uint256(type(Call).max); i++) {
            vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, unknown));
            _make(Call(i));
        }
    }

    /* CALLS */

    /// @dev By whoever may make it.
    function _make(Call what) internal {
        if (what <= Call.ReportRace) _makeBefore(what);
        else if (what == Call.Submit) _submitAsWorker();
        else if (what == Call.Evaluate) _evaluateAsNamed();
        else if (what == Call.Dispute) _dispute();
        else if (what == Call.Unseal) _unseal();
        else if (what == Call.Appeal) _appealAsRequester();
        else if (what == Call.Rule) _ruleAsPool();
        else if (what == Call.Release) tasks.release(taskId);
        else if (what == Call.CloseSealed) tasks.closeSealed(taskId);
        else if (what == Call.CloseRuled) tasks.closeRuled(taskId);
        else if (what == Call.DeclareDefault) tasks.declareDefault(taskId);
        else if (what == Call.CloseDefaulted) tasks.closeDefaulted(taskId);
        else tasks.closeRejected(taskId);
    }

    function _makeBefore(Call what) internal {
        ITaskManager.RaceResult memory race;
        address[5] memory callers = [REQUESTER, address(auction), address(auction), _race, _race];
        vm.prank(callers[uint256(what)]);
        if (what == Call.Cancel) tasks.cancel(taskId);
        else if (what == Call.Award) tasks.award(taskId, 1, 0, 1, 1);
        else if (what == Call.Expire) tasks.expire(taskId);
        else if (what == Call.SettleRace) tasks.settleRace(taskId, race);
        else tasks.reportRace(taskId, 1, 0, 100);
    }

    function _submitAsWorker() internal {
        vm.prank(WORKER);
        tasks.submit(taskId, RESULT);
    }

    function _evaluateAsNamed() internal {
        vm.prank(EVALUATOR);
        tasks.evaluate(taskId, 100);
    }

    function _ruleAsPool() internal {
        vm.prank(address(pool));
        tasks.rule(taskId, true, 100);
    }

    /// @dev Where a call is not refused for the place alone.
    function _belongs(Call what, Place place) internal pure returns (bool) {
        if (place == Place.Open) return what <= Call.ReportRace;
        if (place == Place.Awarded) return what == Call.Submit || what == Call.DeclareDefault;
        if (place == Place.Submitted) return what == Call.Evaluate || what == Call.Release;
        if (place == Place.Convened) {
            return what == Call.Evaluate || what == Call.Unseal || what == Call.CloseSealed;
        }
        if (place == Place.Hearing) return what == Call.Evaluate || what == Call.Rule;
        if (place == Place.Rejected) return what == Call.Dispute || what == Call.CloseRejected;
        if (place == Place.Disputed) return what == Call.Unseal || what == Call.CloseSealed;
        if (place == Place.Drawn || place == Place.Appealed) return what == Call.Rule;
        if (place == Place.Overturned || place == Place.Upheld) {
            return what == Call.Appeal || what == Call.CloseRuled;
        }
        if (place == Place.Defaulted) return what == Call.Award || what == Call.CloseDefaulted;
        return false;
    }

    /* PLACES */

    function _goTo(Place place) internal {
        if (place == Place.Open || place >= Place.Cancelled) _goToUnawarded(place);
        else if (place == Place.Defaulted) _goToDefaulted();
        else if (place <= Place.Rejected || place == Place.Paid || place == Place.Released) {
            _goToReviewed(place);
        } else _goToDisputed(place);
    }

    function _goToUnawarded(Place place) internal {
        _open(_params(RESERVE));
        if (place == Place.Open) return;
        vm.prank(place == Place.Cancelled ? REQUESTER : address(auction));
        if (place == Place.Cancelled) tasks.cancel(taskId);
        else tasks.expire(taskId);
    }

    function _goToDefaulted() internal {
        (taskId, , ) = _awardOfTwo(_params(RESERVE));
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
    }

    function _goToReviewed(Place place) internal {
        bool byPool = place == Place.Convened || place == Place.Hearing;
        _begin(byPool ? address(pool) : EVALUATOR);
        if (place == Place.Awarded) return;
        _deliver();
        if (place == Place.Hearing) _unseal();
        else if (place == Place.Rejected) _evaluate(taskId, 0);
        else if (place == Place.Paid) _evaluate(taskId, 100);
        else if (place == Place.Released) {
            _warpToDeadline(taskId);
            tasks.release(taskId);
        }
    }

    function _goToDisputed(Place place) internal {
        _begin(EVALUATOR);
        _reject();
        if (place == Place.Refunded) {
            _warpToDeadline(taskId);
            tasks.closeRejected(taskId);
            return;
        }
        _dispute();
        if (place == Place.Disputed) return;
        if (place == Place.Forfeited) {
            _warpToDeadline(taskId);
            tasks.closeSealed(taskId);
            return;
        }
        _unseal();
        if (place == Place.Drawn) return;
        _rule(place == Place.Upheld ? 0 : 100);
        if (place == Place.Ruled) _closeRuled();
        if (place == Place.Appealed || place == Place.Reversed) _appealAsRequester();
        if (place == Place.Reversed) _rule(0);
    }
}
