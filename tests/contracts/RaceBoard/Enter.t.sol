// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract EnterTest is RaceTest {
    function testFuzzEnter(Seeds memory seeds, bytes32 digest, uint256 elapsed) public {
        vm.assume(digest != 0);
        _postFrom(seeds);
        uint256 agentId = _entrant(WORKER);
        vm.warp(bound(elapsed, block.timestamp, biddingEnd - 1));

        vm.expectEmit(address(race));
        emit IRaceBoard.RaceOpened(taskId, bond, fee);
        vm.expectEmit(address(race));
        emit IRaceBoard.EntryCommitted(taskId, agentId, digest, false);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(accountOfAgent(agentId), bond + fee);
        _enterAs(WORKER, agentId, digest);

        _assertAgent(agentId, 0, bond + fee, "entrant");
        _assertLinks(agentId, 0, 0, digest);
        IRaceBoard.Race memory expected;
        expected.head = uint64(agentId);
        expected.tail = uint64(agentId);
        expected.bond = uint48(bond);
        expected.fee = uint32(fee);
        vm.assertEq(abi.encode(race.getRace(taskId)), abi.encode(expected), "race");
        vm.assertTrue(auction.getAuction(taskId).committed, "cannot be cancelled");
        _assertHead(0, 0);
    }

    function testFuzzOrderOfCommitment(bytes32[3] memory digests) public {
        for (uint256 i = 0; i < 3; i++) vm.assume(digests[i] != 0);
        _postRace(false);
        uint256 first = _entrant(WORKER);
        uint256 second = _entrant(RIVAL);
        uint256 third = _entrant(THIRD);
        _enterAs(WORKER, first, digests[0]);
        _enterAs(RIVAL, second, digests[1]);
        _enterAs(THIRD, third, digests[2]);

        _assertEnds(first, third);
        _assertLinks(first, 0, second, digests[0]);
        _assertLinks(second, first, third, digests[1]);
        _assertLinks(third, second, 0, digests[2]);
    }

    /// Whoever replaces its commitment is the last, wherever it was, and pays nothing more.
    function testFuzzReplace(uint256 which, bytes32 digest) public {
        vm.assume(digest != 0);
        _postRace(true);
        uint256[3] memory agents = [_enterNew(WORKER), _enterNew(RIVAL), _enterNew(THIRD)];
        which = bound(which, 0, 2);
        uint256 moved = agents[which];
        uint256 a = agents[which == 0 ? 1 : 0];
        uint256 b = agents[which == 2 ? 1 : 2];
        address owner = registry.ownerOf(moved);

        vm.expectEmit(address(race));
        emit IRaceBoard.EntryCommitted(taskId, moved, digest, true);
        _enterAs(owner, moved, digest);

        _assertEnds(a, moved);
        _assertLinks(a, 0, b, _digestOf(a));
        _assertLinks(b, a, moved, _digestOf(b));
        _assertLinks(moved, b, 0, digest);
        _assertAgent(moved, 0, bond + fee, "still one entry");
    }

    function testReplaceAlone() public {
        _postRace(false);
        uint256 agentId = _enterNew(WORKER);
        _enterAs(WORKER, agentId, keccak256("better"));
        _assertEnds(agentId, agentId);
        _assertLinks(agentId, 0, 0, keccak256("better"));
    }

    function testEnterAtTheDeadline() public {
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        uint256 late = _entrant(WORKER);
        vm.warp(biddingEnd - 1);
        _enter(agentId);
        bytes32 digest = _digestOf(late);
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(biddingEnd + i);
            _expectClosed(biddingEnd);
            _enterAs(WORKER, late, digest);
            _expectClosed(biddingEnd);
            _enterAs(WORKER, agentId, digest);
        }
    }

    function testEnterEmptyDigest() public {
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        vm.expectRevert(IRaceBoard.EmptyDigest.selector);
        _enterAs(WORKER, agentId, 0);
    }

    function testFuzzEnterNotARace(uint256 unknown, uint8 mode) public {
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        unknown = bound(unknown, taskId + 1, type(uint256).max);
        _expectNotARace(unknown);
        vm.prank(WORKER);
        race.enter(unknown, agentId, "digest");

        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.mode = ITaskManager.AwardMode(bound(mode, 0, 3));
        if (params.mode >= ITaskManager.AwardMode.OpenBid) params.revealWindow = 0;
        uint256 other = _post(params);
        _expectNotARace(other);
        vm.prank(WORKER);
        race.enter(other, agentId, "digest");
    }

    function testFuzzEnterAsAnother(address caller) public {
        vm.assume(caller != WORKER);
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.CannotEnter.selector, agentId, caller));
        _enterAs(caller, agentId, "digest");
    }

    function testEnterInactive() public {
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        vm.prank(WORKER);
        registry.setActive(agentId, false);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.CannotEnter.selector, agentId, WORKER));
        _enterAs(WORKER, agentId, "digest");
    }

    function testFuzzEnterWithoutBond(bool byPool) public {
        _postRace(byPool);
        uint256 agentId = _register(WORKER);
        _fundAgent(agentId, bond + fee - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILedger.InsufficientFree.selector,
                accountOfAgent(agentId),
                bond + fee - 1,
                bond + fee
            )
        );
        _enterAs(WORKER, agentId, "digest");
    }

    /// Before the first entry the requester may still take the task back, and then nobody enters.
    function testFuzzCancel(bool entered) public {
        _postRace(false);
        uint256 agentId = _entrant(WORKER);
        if (entered) {
            _enter(agentId);
            vm.expectRevert(abi.encodeWithSelector(IBidAuction.HasCommitments.selector, taskId));
        }
        vm.prank(REQUESTER);
        tasks.cancel(taskId);
        if (!entered) {
            _expectNotARace(taskId);
            _enterAs(WORKER, agentId, "digest");
        }
    }

    function _assertEnds(uint256 head, uint256 tail) internal {
        vm.assertEq(race.getRace(taskId).head, head, "first");
        vm.assertEq(race.getRace(taskId).tail, tail, "last");
    }

    function _assertLinks(uint256 agentId, uint256 previous, uint256 next, bytes32 digest) internal {
        IRaceBoard.Entry memory expected = IRaceBoard.Entry({
            digest: digest,
            previous: uint64(previous),
            next: uint64(next),
            epoch: registry.ownershipEpoch(agentId),
            lot: uint64(bytes8(digest)),
            stage: IRaceBoard.Stage.Sealed
        });
        vm.assertEq(abi.encode(race.getEntry(taskId, agentId)), abi.encode(expected), "entry");
    }
}
