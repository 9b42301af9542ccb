// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {vm} from "../utils/Vm.sol";

contract WithdrawTest is RaceTest {
    function testFuzzWithdraw(Seeds memory seeds, uint256 score, address caller) public {
        _postFrom(seeds);
        (uint256 first, uint256 second) = _twoWithHead();
        _judgeAnyhow(first, _anyScore(score, true));

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryWithdrawn(taskId, second, bond + fee);
        vm.expectEmit(address(ledger));
        emit ILedger.Unlocked(accountOfAgent(second), bond + fee);
        vm.prank(caller);
        race.withdraw(taskId, second);

        _assertAgent(second, bond + fee, 0, "not judged");
        _assertStage(second, IRaceBoard.Stage.Closed);
        _expectStage(second, IRaceBoard.Stage.Closed);
        race.withdraw(taskId, second);
        _expectStage(first, IRaceBoard.Stage.Closed);
        race.withdraw(taskId, first);
    }

    function testWithdrawBeforeTheEnd() public {
        _postRace(false);
        (, uint256 second) = _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.RaceNotOver.selector, taskId));
        race.withdraw(taskId, second);
    }

    /// Who did not show forfeits, also when the race was won without it.
    function testWithdrawSealed() public {
        _postRace(false);
        uint256 first = _enterNew(WORKER);
        uint256 lazy = _enterNew(RIVAL);
        vm.warp(biddingEnd);
        _show(first);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        _judge(first, 100);
        _expectStage(lazy, IRaceBoard.Stage.Sealed);
        race.withdraw(taskId, lazy);
        race.forfeit(taskId, lazy);
        _assertAgent(lazy, 0, 0, "not shown");
    }

    function testFuzzWithdrawWithoutEntry(uint256 agentId) public {
        _postRace(false);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        _expectStage(agentId, IRaceBoard.Stage.None);
        race.withdraw(taskId, agentId);
    }
}
