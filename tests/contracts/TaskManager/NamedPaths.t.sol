// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CaseTest} from "../utils/CaseTest.sol";

/// @notice What each way through a dispute costs whom, where the requester has named the evaluator: each panel is paid by
/// the party that it finds against, whoever wins in the end.
contract NamedPathsTest is CaseTest {
    function testFuzzAccepted(Seeds memory seeds, Odds memory odds, uint256 score) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _deliver();
        score = _passingScore(score);
        _expectEnd(score, tasks.getTask(taskId).weight, true);
        _evaluate(taskId, score);
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function testFuzzReleased(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _deliver();
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.release(taskId);
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function testFuzzNotDisputed(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _reject();
        _warpToDeadline(taskId);
        _expectEnd(passing - 1, tasks.getTask(taskId).weight, false);
        tasks.closeRejected(taskId);
        _assertEnd(0, -int256(_burned()), 0, _burned());
    }

    function testFuzzSecretWithheld(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _reject();
        _dispute();
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.closeSealed(taskId);
        _assertEnd(-int256(price + compensation), int256(price - fee + compensation), 0, 0);
    }

    function testFuzzUndecided(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        _expectEnd(0, 0, true);
        _giveUp();
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    /* OVERTURNED */

    function testFuzzOverturned(Seeds memory seeds, Odds memory odds, uint256 score) public {
        score = _overturn(seeds, odds, score);
        _expectEnd(score, 100, true);
        _closeRuled();
        _assertEnd(-int256(price + compensation + panelFee), int256(price - fee + compensation), panelFee, 0);
    }

    function testFuzzOverturnedAndConfirmed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _overturn(seeds, odds, scores[0]);
        _appealAsRequester();
        uint256 score = _passingScore(scores[1]);
        _expectEnd(score, 100, true);
        _rule(score);
        uint256 panels = panelFee + appealFee;
        _assertEnd(-int256(price + compensation + panels), int256(price - fee + compensation), panels, 0);
    }

    function testFuzzOverturnedAndReversed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _overturn(seeds, odds, scores[0]);
        _appealAsRequester();
        uint256 score = _failingScore(scores[1]);
        _expectEnd(score, 100, false);
        _rule(score);
        _assertEnd(-int256(panelFee), -int256(appealFee + _burned()), panelFee + appealFee, _burned());
    }

    function testFuzzOverturnedAndAppealUndecided(
        Seeds memory seeds,
        Odds memory odds,
        uint256 score
    ) public {
        score = _overturn(seeds, odds, score);
        _appealAsRequester();
        _expectEnd(score, 100, true);
        _giveUp();
        _assertEnd(-int256(price + compensation + panelFee), int256(price - fee + compensation), panelFee, 0);
    }

    /* UPHELD */

    function testFuzzUpheld(Seeds memory seeds, Odds memory odds, uint256 score) public {
        score = _uphold(seeds, odds, score);
        _expectEnd(score, 100, false);
        _closeRuled();
        _assertEnd(0, -int256(panelFee + _burned()), panelFee, _burned());
    }

    function testFuzzUpheldAndConfirmed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _uphold(seeds, odds, scores[0]);
        _appealAsWorker();
        uint256 score = _failingScore(scores[1]);
        _expectEnd(score, 100, false);
        _rule(score);
        uint256 panels = panelFee + appealFee;
        _assertEnd(0, -int256(panels + _burned()), panels, _burned());
    }

    function testFuzzUpheldAndReversed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _uphold(seeds, odds, scores[0]);
        _appealAsWorker();
        uint256 score = _passingScore(scores[1]);
        _expectEnd(score, 100, true);
        _rule(score);
        _assertEnd(
            -int256(price + compensation + appealFee),
            int256(price - fee + compensation) - int256(panelFee),
            panelFee + appealFee,
            0
        );
    }

    function testFuzzUpheldAndAppealUndecided(Seeds memory seeds, Odds memory odds, uint256 score) public {
        score = _uphold(seeds, odds, score);
        _appealAsWorker();
        _expectEnd(score, 100, false);
        _giveUp();
        _assertEnd(0, -int256(panelFee + _burned()), panelFee, _burned());
    }

    function _overturn(Seeds memory seeds, Odds memory odds, uint256 seed) internal returns (uint256 score) {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        score = _passingScore(seed);
        _rule(score);
    }

    function _uphold(Seeds memory seeds, Odds memory odds, uint256 seed) internal returns (uint256 score) {
        _beginFrom(seeds, odds, EVALUATOR);
        _toHearing();
        score = _failingScore(seed);
        _rule(score);
    }

    /// @dev Half of the bond, and the odd unit.
    function _burned() internal view returns (uint256) {
        return bond - bond / 2;
    }
}
