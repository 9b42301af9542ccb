// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ConveneTest is RaceTest {
    function testFuzzConvene(Seeds memory seeds, uint256 elapsed, address caller) public {
        seeds.byPool = true;
        _postFrom(seeds);
        (uint256 first, ) = _twoWithHead();
        _unseal();
        vm.warp(bound(elapsed, revealEnd, revealEnd + reviewWindow - 1));
        uint256 caseId = race.caseOf(taskId, first);

        vm.expectEmit(address(race));
        emit IRaceBoard.PanelConvened(taskId, first, caseId);
        vm.prank(caller);
        race.convene(taskId);

        IEvaluatorPool.Case memory expected = IEvaluatorPool.Case({
            caseId: caseId,
            size: 3,
            fee: PANEL_FEE,
            bornBefore: START,
            window: reviewWindow,
            entropy: keccak256(abi.encode(taskId, first, uint64(bytes8(_digestOf(first)))))
        });
        PoolStub.Asked memory asked = pool.asked(address(race), caseId);
        vm.assertEq(abi.encode(asked.request), abi.encode(expected), "case");
        vm.assertEq(asked.secret, SECRET, "secret");
        _assertStage(first, IRaceBoard.Stage.Convened);
        _expectStage(first, IRaceBoard.Stage.Convened);
        race.convene(taskId);
    }

    /// The secret is shown once; the next head's panel needs no more of the requester.
    function testFuzzConveneNext(uint256 score) public {
        _postRace(true);
        (uint256 first, uint256 second) = _twoWithHead();
        _unseal();
        _convene();
        _decide(first, _anyScore(score, false));
        _convene();
        PoolStub.Asked memory asked = pool.asked(address(race), race.caseOf(taskId, second));
        vm.assertEq(asked.secret, SECRET, "secret");
        vm.assertEq(asked.rounds, 1, "one panel");
    }

    function testConveneAtTheDeadline() public {
        _postRace(true);
        _twoWithHead();
        _unseal();
        uint256 end = revealEnd + reviewWindow;
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(end + i);
            _expectClosed(end);
            _convene();
        }
        vm.warp(end - 1);
        _convene();
    }

    function testFuzzConveneSealed(bool byPool) public {
        _postRace(byPool);
        _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.StillSealed.selector, taskId));
        _convene();
    }

    function testConveneNoHead() public {
        _postRace(true);
        _twoShown();
        _expectNoHead();
        _convene();
    }

    /// Nobody can be drawn: the call changes nothing, and silence decides.
    function testFuzzConveneTooFewSeats(uint256 seats) public {
        _postRace(true);
        (uint256 first, ) = _twoWithHead();
        _unseal();
        seats = bound(seats, 0, 2);
        pool.setSeats(seats);
        vm.expectRevert(abi.encodeWithSelector(PoolStub.TooFewSeats.selector, 3, seats));
        _convene();
        _assertStage(first, IRaceBoard.Stage.Shown);
        vm.warp(revealEnd + reviewWindow);
        race.release(taskId);
        _assertAgent(first, _prize() + bond + fee, 0, "winner");
    }
}
