// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CaseTest} from "../utils/CaseTest.sol";

/// @notice What each way costs whom, where the pool evaluates: the requester pays the first panel whatever it finds, the
/// larger one is paid by the party that it finds against, and there is nobody to compensate.
contract PoolPathsTest is CaseTest {
    function testFuzzAccepted(Seeds memory seeds, Odds memory odds, uint256 score) public {
        _toHearing(seeds, odds);
        score = _passingScore(score);
        _expectEnd(score, 100, true);
        _rule(score);
        _assertEnd(-int256(price + panelFee), int256(price - fee), panelFee, 0);
    }

    function testFuzzUndecided(Seeds memory seeds, Odds memory odds) public {
        _toHearing(seeds, odds);
        _expectEnd(0, 0, true);
        _giveUp();
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function testFuzzSecretWithheld(Seeds memory seeds, Odds memory odds) public {
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.closeSealed(taskId);
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function testFuzzWithoutSeats(Seeds memory seeds, Odds memory odds) public {
        pool.setSeats(2);
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.release(taskId);
        _assertEnd(-int256(price), int256(price - fee), 0, 0);
    }

    function testFuzzRejected(Seeds memory seeds, Odds memory odds, uint256 score) public {
        score = _refuse(seeds, odds, score);
        _expectEnd(score, 100, false);
        _closeRuled();
        _assertEnd(-int256(panelFee), -int256(_burned()), panelFee, _burned());
    }

    function testFuzzRejectedAndConfirmed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _refuse(seeds, odds, scores[0]);
        _appealAsWorker();
        uint256 score = _failingScore(scores[1]);
        _expectEnd(score, 100, false);
        _rule(score);
        _assertEnd(-int256(panelFee), -int256(appealFee + _burned()), panelFee + appealFee, _burned());
    }

    function testFuzzRejectedAndReversed(
        Seeds memory seeds,
        Odds memory odds,
        uint256[2] memory scores
    ) public {
        _refuse(seeds, odds, scores[0]);
        _appealAsWorker();
        uint256 score = _passingScore(scores[1]);
        _expectEnd(score, 100, true);
        _rule(score);
        uint256 panels = panelFee + appealFee;
        _assertEnd(-int256(price + panels), int256(price - fee), panels, 0);
    }

    function testFuzzRejectedAndAppealUndecided(Seeds memory seeds, Odds memory odds, uint256 score) public {
        score = _refuse(seeds, odds, score);
        _appealAsWorker();
        _expectEnd(score, 100, false);
        _giveUp();
        _assertEnd(-int256(panelFee), -int256(_burned()), panelFee, _burned());
    }

    function _toHearing(Seeds memory seeds, Odds memory odds) internal {
        _beginFrom(seeds, odds, address(pool));
        _deliver();
        _unseal();
    }

    function _refuse(Seeds memory seeds, Odds memory odds, uint256 seed) internal returns (uint256 score) {
        _toHearing(seeds, odds);
        score = _failingScore(seed);
        _rule(score);
    }

    /// @dev Half of the bond, and the odd unit.
    function _burned() internal view returns (uint256) {
        return bond - bond / 2;
    }
}
