// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ForfeitTest is RaceTest {
    /// Long after, too, and whether the race is over or not.
    function testFuzzForfeit(Seeds memory seeds, uint256 elapsed, bool over, address caller) public {
        _postFrom(seeds);
        uint256 agentId = _enterNew(WORKER);
        vm.warp(bound(elapsed, revealEnd, revealEnd + 365 days));
        if (over) _advance(ALL_STEPS);

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryForfeited(taskId, agentId, bond);
        vm.expectEmit(address(ledger));
        emit ILedger.Burned(accountOfAgent(agentId), bond);
        vm.prank(caller);
        race.forfeit(taskId, agentId);

        _assertStage(agentId, IRaceBoard.Stage.Closed);
        _assertAgent(agentId, fee, 0, "entrant");
        vm.assertEq(ledger.pendingBurn(), bond, "burned");
    }

    function testForfeitAtTheEnd() public {
        _postRace(false);
        uint256 agentId = _enterNew(WORKER);
        vm.warp(revealEnd - 1);
        _expectOpen(revealEnd);
        race.forfeit(taskId, agentId);
        vm.warp(revealEnd);
        race.forfeit(taskId, agentId);
        vm.warp(revealEnd + 1);
        _expectStage(agentId, IRaceBoard.Stage.Closed);
        race.forfeit(taskId, agentId);
    }

    function testForfeitShown() public {
        _postRace(false);
        (uint256 first, ) = _twoShown();
        _expectStage(first, IRaceBoard.Stage.Shown);
        race.forfeit(taskId, first);
    }

    function testFuzzForfeitWithoutEntry(uint256 agentId) public {
        _postRace(false);
        vm.warp(revealEnd);
        _expectStage(agentId, IRaceBoard.Stage.None);
        race.forfeit(taskId, agentId);
    }

    function testFuzzForfeitNotARace(uint256 unknown) public {
        _postRace(false);
        unknown = bound(unknown, taskId + 1, type(uint256).max);
        _expectNotARace(unknown);
        race.forfeit(unknown, 1);
    }
}
