// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ShowTest is RaceTest {
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        _postRace(true);
        agentId = _entrant(WORKER);
    }

    function testFuzzShow(bytes32 result, bytes32 salt, address caller, uint256 elapsed) public {
        vm.assume(result != 0);
        bytes32 digest = race.commitmentOf(taskId, agentId, result, salt);
        _enterAs(WORKER, agentId, digest);
        IRaceBoard.Entry memory expected = race.getEntry(taskId, agentId);
        vm.warp(bound(elapsed, biddingEnd, revealEnd - 1));

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryShown(taskId, agentId, result);
        vm.prank(caller);
        race.show(taskId, agentId, result, salt);

        expected.digest = result;
        expected.stage = IRaceBoard.Stage.Shown;
        vm.assertEq(abi.encode(race.getEntry(taskId, agentId)), abi.encode(expected), "entry");
        _assertAgent(agentId, 0, bond + fee, "entrant");
    }

    function testShowAtTheTimes() public {
        _enter(agentId);
        (bytes32 result, bytes32 salt) = (_resultOf(agentId), _salt(taskId, agentId));
        vm.warp(biddingEnd - 1);
        _expectOpen(biddingEnd);
        race.show(taskId, agentId, result, salt);
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(revealEnd + i);
            _expectClosed(revealEnd);
            race.show(taskId, agentId, result, salt);
        }
        vm.warp(revealEnd - 1);
        race.show(taskId, agentId, result, salt);
    }

    function testFuzzShowWrongOpening(bytes32 result, bytes32 salt) public {
        vm.assume(result != 0 && (result != _resultOf(agentId) || salt != _salt(taskId, agentId)));
        _enter(agentId);
        vm.warp(biddingEnd);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongOpening.selector, taskId, agentId));
        race.show(taskId, agentId, result, salt);
    }

    /// A commitment to nothing binds, but cannot be opened.
    function testFuzzShowEmptyResult(bytes32 salt) public {
        bytes32 digest = race.commitmentOf(taskId, agentId, 0, salt);
        _enterAs(WORKER, agentId, digest);
        vm.warp(biddingEnd);
        vm.expectRevert(IRaceBoard.EmptyResult.selector);
        race.show(taskId, agentId, 0, salt);
    }

    function testFuzzShowWithoutEntry(uint256 other) public {
        vm.assume(other != agentId);
        _enter(agentId);
        vm.warp(biddingEnd);
        _expectStage(other, IRaceBoard.Stage.None);
        race.show(taskId, other, "result", 0);
    }

    function testShowTwice() public {
        _enter(agentId);
        vm.warp(biddingEnd);
        _show(agentId);
        (bytes32 result, bytes32 salt) = (_resultOf(agentId), _salt(taskId, agentId));
        _expectStage(agentId, IRaceBoard.Stage.Shown);
        race.show(taskId, agentId, result, salt);
    }

    function testFuzzShowNotARace(uint256 unknown) public {
        unknown = bound(unknown, taskId + 1, type(uint256).max);
        _expectNotARace(unknown);
        race.show(unknown, agentId, "result", 0);
    }
}
