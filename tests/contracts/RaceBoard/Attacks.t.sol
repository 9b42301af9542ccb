// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What somebody could try in a race, one test each.
contract RaceAttacksTest is RaceTest {
    /// A requester that wants the work for nothing lets everybody work and then says nothing: it pays the earliest.
    function testFuzzRequesterStaysSilent(bool byPool) public {
        _postRace(byPool);
        (uint256 first, ) = _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.HasCommitments.selector, taskId));
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        vm.warp(revealEnd + reviewWindow);
        race.release(taskId);
        _assertAgent(first, _prize() + bond + fee, 0, "winner");
    }

    /// Somebody copies a commitment as it is made, for an agent of its own. It can never open it, and loses its bond.
    function testFuzzCopiedCommitment(bool byPool) public {
        _postRace(byPool);
        uint256 victim = _enterNew(WORKER);
        uint256 thief = _entrant(RIVAL);
        _enterAs(RIVAL, thief, _digestOf(victim));
        vm.warp(biddingEnd);
        _show(victim);
        (bytes32 result, bytes32 salt) = (_resultOf(victim), _salt(taskId, victim));
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongOpening.selector, taskId, thief));
        race.show(taskId, thief, result, salt);

        vm.warp(revealEnd);
        race.forfeit(taskId, thief);
        _assertAgent(thief, fee, 0, "thief");
    }

    /// A result is known when it is shown, and then it is too late to enter with it.
    function testCopiedResult() public {
        _postRace(false);
        uint256 victim = _enterNew(WORKER);
        uint256 thief = _entrant(RIVAL);
        uint256 idle = _enterNew(RIVAL);
        vm.warp(biddingEnd);
        _show(victim);
        bytes32 result = _resultOf(victim);
        bytes32 digest = race.commitmentOf(taskId, thief, result, 0);
        _expectClosed(biddingEnd);
        _enterAs(RIVAL, thief, digest);

        // Nor can it be put in the place of what an agent has committed to.
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongOpening.selector, taskId, idle));
        race.show(taskId, idle, result, 0);
    }

    /// The same result from two agents, however each came by it: the earlier commitment is the one that is paid.
    function testFuzzSameResult(bytes32 result, uint256 score) public {
        vm.assume(result != 0);
        _postRace(false);
        uint256 first = _entrant(WORKER);
        uint256 second = _entrant(RIVAL);
        bytes32[2] memory digests = [
            race.commitmentOf(taskId, first, result, 0),
            race.commitmentOf(taskId, second, result, 0)
        ];
        _enterAs(WORKER, first, digests[0]);
        _enterAs(RIVAL, second, digests[1]);
        vm.warp(biddingEnd);
        race.show(taskId, second, result, 0);
        race.show(taskId, first, result, 0);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        _judge(first, _anyScore(score, true));
        _assertAgent(first, _prize() + bond, 0, "earlier");
    }

    /// Junk that comes first, however much of it, costs its senders half a bond each, and the panel's fee; the work behind
    /// it wins.
    function testFuzzJunkFirst(bool byPool, uint256 count, uint256 score) public {
        _postRace(byPool);
        count = bound(count, 1, 6);
        uint256[] memory junk = new uint256[](count);
        for (uint256 i = 0; i < count; i++) junk[i] = _enterNew(RIVAL);
        uint256 worker = _enterNew(WORKER);
        vm.warp(biddingEnd);
        for (uint256 i = 0; i < count; i++) _show(junk[i]);
        _show(worker);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        for (uint256 i = 0; i < count; i++) {
            _judgeAnyhow(junk[i], 0);
            _assertAgent(junk[i], bond / 2, 0, "junk");
        }
        _judgeAnyhow(worker, _anyScore(score, true));
        _assertAgent(worker, _prize() + bond + fee, 0, "worker");
    }

    /// A place that is taken before there is any work goes to the next when the work is put there.
    function testReservedPlace() public {
        _postRace(false);
        uint256 early = _entrant(RIVAL);
        _enterAs(RIVAL, early, keccak256("nothing yet"));
        uint256 worker = _enterNew(WORKER);
        vm.warp(biddingEnd - 1);
        _enter(early);
        vm.warp(biddingEnd);
        _show(early);
        _show(worker);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        _assertHead(worker, revealEnd + reviewWindow);
    }

    /// Two agents of one owner that change places for ever never pass somebody who stays.
    function testFuzzLeapfrog(uint256 moves) public {
        _postRace(false);
        uint256 a = _enterNew(RIVAL);
        uint256 b = _enterNew(RIVAL);
        uint256 worker = _enterNew(WORKER);
        for (uint256 i = 0; i < 16; i++) _enterAs(RIVAL, (moves >> i) & 1 == 1 ? a : b, bytes32(i + 1));
        uint256 place = 1;
        uint256 current = race.getRace(taskId).head;
        for (; current != worker; place++) current = race.getEntry(taskId, current).next;
        bool onlyOneMoved = uint16(moves) == 0 || uint16(moves) == type(uint16).max;
        vm.assertEq(place, onlyOneMoved ? 2 : 1, "place");
    }

    /// An evaluator that prefers somebody cannot reach past the earlier ones; it has to judge them, each by its name.
    function testFuzzJudgedOutOfOrder(uint256 score) public {
        _postRace(false);
        (uint256 first, uint256 second) = _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotHead.selector, taskId, second, first));
        _judge(second, _anyScore(score, true));
    }

    /// Who never shows does not keep the others waiting, nor gets its bond back.
    function testFuzzNeverShown(bool byPool) public {
        _postRace(byPool);
        uint256 lazy = _enterNew(RIVAL);
        uint256 worker = _enterNew(WORKER);
        vm.warp(biddingEnd);
        _show(worker);
        vm.warp(revealEnd);
        _advance(1);
        _judgeAnyhow(worker, 100);
        race.forfeit(taskId, lazy);
        _assertAgent(worker, _prize() + bond + fee, 0, "worker");
        _assertAgent(lazy, fee, 0, "lazy");
    }

    /// A requester enters its own race first, with junk, and keeps its evaluator or its secret silent. That costs it the
    /// market's fee on the reserve. The others lose nothing that they had, and have shown nobody their work.
    function testFuzzRequesterRacesItself(Seeds memory seeds) public {
        _postFrom(seeds);
        uint256 own = _enterNew(REQUESTER);
        uint256 worker = _enterNew(WORKER);
        vm.warp(biddingEnd);
        _show(own);
        _show(worker);
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        vm.warp(revealEnd + reviewWindow);
        race.release(taskId);
        race.withdraw(taskId, worker);

        uint256 marketFee = (reserve * FEE_BPS) / BPS;
        _assertBalance(accountOf(REQUESTER), escrow - reserve, 0, "requester");
        _assertAgent(own, reserve - marketFee + bond + fee, 0, "its agent");
        _assertBalance(accountOf(TREASURY), marketFee, 0, "what it cost");
        _assertAgent(worker, bond + fee, 0, "worker");
        vm.assertEq(incentives.recordOf(own, SKILL).experience, 0, "no reputation");
    }

    /// A second market has the same task and the same agent under the same ids. What was committed to in the first opens
    /// nothing there.
    function testReplayOnAnotherDeployment() public {
        _postRace(false);
        uint256 firstTask = taskId;
        bytes32 digest = _digestOf(_entrant(WORKER));
        address firstBoard = address(race);
        setUp();
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        vm.assertTrue(address(race) != firstBoard, "another board");
        vm.assertEq(taskId, firstTask, "same task id");
        _enterAs(WORKER, agentId, digest);
        vm.warp(biddingEnd);
        (bytes32 result, bytes32 salt) = (_resultOf(agentId), _salt(taskId, agentId));
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongOpening.selector, taskId, agentId));
        race.show(taskId, agentId, result, salt);
    }

    function testFuzzReplayOnAnotherChain(uint64 chain) public {
        vm.assume(chain != 0 && chain != block.chainid);
        _postRace(false);
        uint256 agentId = _enterNew(WORKER);
        vm.warp(biddingEnd);
        uint256 home = block.chainid;
        (bytes32 result, bytes32 salt) = (_resultOf(agentId), _salt(taskId, agentId));
        vm.chainId(chain);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongOpening.selector, taskId, agentId));
        race.show(taskId, agentId, result, salt);
        vm.chainId(home);
        _show(agentId);
    }

    /// The auction has no other way to end a race.
    function testFinalizeRace() public {
        _postRace(false);
        _enterNew(WORKER);
        vm.warp(revealEnd);
        vm.expectRevert(
            abi.encodeWithSelector(IBidAuction.WrongMode.selector, taskId, ITaskManager.AwardMode.Race)
        );
        auction.finalize(taskId);
    }

    /// An agent cannot be sold, and its bond with it, while its entry lives.
    function testFuzzSoldEntrant(bool byPool) public {
        _postRace(byPool);
        uint256 agentId = _enterNew(WORKER);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.AgentHasLockedCredits.selector, agentId, bond + fee)
        );
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
    }
}
