// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice A vote changes what new tasks start from, and nothing about those that run.
contract ParametersTest is CaseTest {
    Odds private _odds;
    uint256 private _phase;

    /// Through a dispute and an appeal, whenever the change comes: bids after it lock the old bond, panels ask the old fee,
    /// and the market takes the old share.
    function testFuzzChangeLeavesADispute(Odds memory odds, uint256 phase) public {
        _plan(odds, phase % 7);
        _open(_params(RESERVE));
        _reach(0);
        _win(PRICE, PROMISE);
        _reach(1);
        _reject();
        _reach(2);
        _dispute();
        _reach(3);
        _unseal();
        _reach(4);
        _rule(0);
        _reach(5);
        _appealAsWorker();
        _reach(6);
        _expectEnd(90, 100, true);
        _rule(90);

        vm.assertEq(bond, RESERVE / 10, "bond");
        uint256 marketFee = (PRICE * FEE_BPS) / BPS;
        vm.assertEq(fee, marketFee, "fee");
        _assertEnd(
            -int256(PRICE + RESERVE / 10 + APPEAL_FEE),
            int256(PRICE - marketFee + RESERVE / 10) - int256(PANEL_FEE),
            PANEL_FEE + APPEAL_FEE,
            0
        );
    }

    function testFuzzChangeLeavesAnEvaluation(Odds memory odds, uint256 phase) public {
        _plan(odds, phase % 3);
        _open(_params(RESERVE));
        _reach(0);
        _win(PRICE, PROMISE);
        _reach(1);
        _deliver();
        _reach(2);
        _expectEnd(100, NAMED_WEIGHT, true);
        _evaluate(taskId, 100);
        uint256 marketFee = (PRICE * FEE_BPS) / BPS;
        _assertEnd(-int256(PRICE), int256(PRICE - marketFee), 0, 0);
    }

    function testFuzzNewTasksTakeTheNewTerms(Odds memory odds) public {
        _setTerms(odds);
        _open(_params(RESERVE));
        IMarketParameters.Parameters memory terms = parameters.current();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(task.feeBps, terms.feeBps, "fee");
        vm.assertEq(task.bondPercent, terms.bondPercent, "bond");
        vm.assertEq(task.weight, terms.namedWeight, "weight");
        vm.assertEq(task.seatFee, terms.seatFee, "seat fee");
        vm.assertEq(auction.getAuction(taskId).bondPercent, terms.bondPercent, "auction's bond");
        vm.assertEq(tasks.depositOf(taskId), RESERVE / 10 + uint256(terms.seatFee) * 7_000, "deposit");
    }

    function testFuzzNewTasksTakeTheNewWindows(uint24 minimum, uint24 maximum, uint32 window) public {
        minimum = uint24(bound(minimum, 1, 1 hours));
        maximum = uint24(bound(maximum, 1 days, 30 days));
        IMarketParameters.Parameters memory terms = _terms();
        (terms.minWindow, terms.maxWindow) = (minimum, maximum);
        parameters.set(terms);
        ITaskManager.TaskParams memory params = _params(RESERVE);
        (params.biddingWindow, params.revealWindow, params.deliveryWindow) = (1 hours, 1 hours, 1 hours);
        params.reviewWindow = window;
        _fund(REQUESTER, _escrowOf(RESERVE));
        if (window < minimum || window > maximum) {
            vm.expectRevert(
                abi.encodeWithSelector(ITaskManager.WindowOutOfBounds.selector, window, minimum, maximum)
            );
        }
        vm.prank(REQUESTER);
        tasks.createTask(params);
    }

    function _plan(Odds memory odds, uint256 phase) internal {
        _odds = odds;
        _phase = phase;
    }

    function _reach(uint256 phase) internal {
        if (phase == _phase) _setTerms(_odds);
    }
}
