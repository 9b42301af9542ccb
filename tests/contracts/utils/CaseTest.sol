// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {TaskTest} from "./TaskTest.sol";
import {bound, vm} from "./Vm.sol";

/// @notice One task on its way through rejection, dispute, panel and appeal, and what everyone has before and after.
abstract contract CaseTest is TaskTest {
    /// @dev The seeds of a market's terms, and of the moment of the delivery.
    struct Odds {
        uint256 feeBps;
        uint256 bondPercent;
        uint256 namedWeight;
        uint256 seatFee;
        uint256 elapsed;
    }

    /// @dev What each has in all, locked or not.
    struct Sums {
        uint256 requester;
        uint256 worker;
        uint256 panel;
        uint256 treasury;
        uint256 burned;
    }

    /// @dev More than two panels cost at the highest seat fee.
    uint256 internal constant PURSE = 1_000 * CREDIT;
    uint256 internal constant PRICE = 80 * CREDIT;
    uint256 internal constant MAX_SEAT_FEE = 10_000;
    uint256 internal constant VALUE_CAP = 1_000 * CREDIT;
    address internal immutable PANEL = _actor("panel");

    uint256 internal taskId;
    uint256 internal agentId;
    Account internal requester;
    Account internal worker;

    uint256 internal price;
    uint256 internal fee;
    uint256 internal bond;
    uint256 internal compensation;
    uint256 internal panelFee;
    uint256 internal appealFee;
    uint256 internal passing;

    Sums private _before;
    IIncentiveEngine.Record private _expected;
    bool private _expectedToSettle;

    /* STEPS */

    /// @dev A first-price task whose requester has a purse for the case.
    function _open(ITaskManager.TaskParams memory params) internal {
        params.mode = ITaskManager.AwardMode.SealedFirstPrice;
        _fund(REQUESTER, 2 * params.reserve + PURSE);
        vm.prank(REQUESTER);
        taskId = tasks.createTask(params);
    }

    /// @dev WORKER's new agent, the only bidder, has the task, and a purse for the case.
    function _win(uint256 price_, uint256 promised) internal {
        agentId = _register(WORKER);
        _fundAgent(agentId, tasks.getTask(taskId).reserve + PURSE);
        _commit(taskId, agentId, price_, promised);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, price_, promised);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _learn();
    }

    function _begin(ITaskManager.TaskParams memory params, uint256 price_, uint256 promised) internal {
        _open(params);
        _win(price_, promised);
    }

    function _begin(address evaluator) internal {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.evaluator = evaluator;
        _begin(params, PRICE, PROMISE);
    }

    /// @dev Under any terms; ends at any time of the delivery window.
    function _beginFrom(Seeds memory seeds, Odds memory odds, address evaluator) internal {
        _setTerms(odds);
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        params.evaluator = evaluator;
        uint256 price_ = bound(seeds.price, 1, params.reserve);
        _begin(params, price_, bound(seeds.promised, 1, params.deliveryWindow));
        vm.warp(bound(odds.elapsed, block.timestamp, tasks.getTask(taskId).deadline - 1));
    }

    function _deliver() internal {
        _submit(taskId, RESULT);
    }

    function _reject() internal {
        _deliver();
        _evaluate(taskId, passing - 1);
    }

    function _dispute() internal {
        vm.prank(WORKER);
        tasks.dispute(taskId, _file(), WORK);
    }

    function _unseal() internal {
        vm.prank(OUTSIDER);
        tasks.unseal(taskId, _file(), SECRET);
    }

    function _rule(uint256 score) internal {
        pool.decide(tasks, taskId, score, accountOf(PANEL));
    }

    function _giveUp() internal {
        pool.giveUp(tasks, taskId);
    }

    function _appealAsRequester() internal {
        vm.prank(REQUESTER);
        tasks.appeal(taskId);
    }

    function _appealAsWorker() internal {
        vm.prank(WORKER);
        tasks.appeal(taskId);
    }

    function _closeRuled() internal {
        _warpToDeadline(taskId);
        tasks.closeRuled(taskId);
    }

    /// @dev A named evaluator's rejection, on which a panel is being drawn.
    function _toHearing() internal {
        _reject();
        _dispute();
        _unseal();
    }

    function _file() internal view returns (ITaskManager.File memory) {
        return ITaskManager.File({specification: SPECIFICATION, seal: SEAL, result: RESULT});
    }

    function _setTerms(Odds memory odds) internal {
        IMarketParameters.Parameters memory terms = _terms();
        terms.feeBps = uint16(bound(odds.feeBps, 0, 1_000));
        terms.bondPercent = uint8(bound(odds.bondPercent, 5, 30));
        terms.namedWeight = uint8(bound(odds.namedWeight, 1, 50));
        terms.seatFee = uint16(bound(odds.seatFee, 1, MAX_SEAT_FEE));
        parameters.set(terms);
    }

    function _learn() private {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        requester = accountOf(REQUESTER);
        worker = accountOfAgent(agentId);
        price = task.price;
        passing = task.passingScore;
        fee = (price * task.feeBps) / BPS;
        bond = _bondOf(task);
        compensation = (uint256(task.reserve) + 9) / 10;
        panelFee = uint256(task.seatFee) * 3_000;
        appealFee = uint256(task.seatFee) * 7_000;
        _before = _sums();
    }

    function _passingScore(uint256 score) internal view returns (uint256) {
        return bound(score, passing, 100);
    }

    function _failingScore(uint256 score) internal view returns (uint256) {
        return bound(score, 0, passing - 1);
    }

    /* TIMES */

    /// @dev `step` is taken until the deadline, and refused from then on.
    function _testUntilDeadline(function() internal step) internal {
        uint256 end = tasks.getTask(taskId).deadline;
        for (uint256 time = end; time <= end + 1; time++) {
            vm.warp(time);
            vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowClosed.selector, taskId, end, time));
            step();
        }
        vm.warp(end - 1);
        step();
    }

    /// @dev `close` is refused until the deadline, and taken from then on.
    function _testFromDeadline(function(uint256) external close) internal {
        uint256 end = tasks.getTask(taskId).deadline;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOpen.selector, taskId, end, end - 1));
        close(taskId);

        uint256 state = vm.snapshotState();
        vm.warp(end);
        close(taskId);
        vm.revertToState(state);
        vm.warp(end + 1);
        close(taskId);
    }

    /* REFUSALS */

    function _expectWrongState(ITaskManager.TaskState state) internal {
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongState.selector, taskId, state));
    }

    function _expectWrongRound(ITaskManager.Round round) internal {
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRound.selector, taskId, round));
    }

    function _expectTooFewSeats(uint256 size, uint256 seats) internal {
        pool.setSeats(seats);
        vm.expectRevert(abi.encodeWithSelector(PoolStub.TooFewSeats.selector, size, seats));
    }

    /* ENDS */

    /// @dev The next call must end the case, and report this.
    function _expectEnd(uint256 score, uint256 weight, bool settled) internal {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        _expectReport(task, score, weight, settled);
        uint256 value = ((price < VALUE_CAP ? price : VALUE_CAP) * weight) / 100;
        _expected.experience = uint128(value);
        _expected.merit = uint128((value * score * (200 - task.lateness)) / 20_000);
        _expectedToSettle = settled;
    }

    /// @dev What requester and worker have won or lost since the award, what the panels were paid, and what was burned.
    /// Nothing is locked any more, and the market's fee is all that is missing.
    function _assertEnd(int256 requesterGain, int256 workerGain, uint256 panels, uint256 burned) internal {
        Sums memory sums = _sums();
        vm.assertEq(sums.requester, uint256(int256(_before.requester) + requesterGain), "requester");
        vm.assertEq(sums.worker, uint256(int256(_before.worker) + workerGain), "worker");
        vm.assertEq(sums.panel, panels, "panel");
        vm.assertEq(sums.burned, burned, "burned");
        vm.assertEq(sums.treasury, _expectedToSettle ? fee : 0, "treasury");
        vm.assertEq(_lockedOf(requester), 0, "requester's locks");
        vm.assertEq(_lockedOf(worker), 0, "worker's locks");
        uint256 all = sums.requester + sums.worker + sums.panel + sums.treasury;
        vm.assertEq(token.balanceOf(address(ledger)), all + sums.burned, "tokens held");

        ITaskManager.TaskState end =
            _expectedToSettle ? ITaskManager.TaskState.Settled : ITaskManager.TaskState.Refunded;
        vm.assertEq(_state(taskId), uint256(end), "state");
        vm.assertEq(_record(agentId).experience, _expected.experience, "experience");
        vm.assertEq(_record(agentId).merit, _expected.merit, "merit");
    }

    function _sums() internal view returns (Sums memory) {
        return
            Sums({
                requester: _freeOf(requester) + _lockedOf(requester),
                worker: _freeOf(worker) + _lockedOf(worker),
                panel: _freeOf(accountOf(PANEL)),
                treasury: _freeOf(accountOf(TREASURY)),
                burned: ledger.pendingBurn()
            });
    }
}
