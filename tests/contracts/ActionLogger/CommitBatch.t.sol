// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IActionLogger} from "../../../contracts/interfaces/IActionLogger.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CommitBatchTest is RegistryTest {
    bytes32 internal constant ROOT = keccak256("root");

    /// Batches follow each other without a gap, each agent's in a sequence of its own.
    function testFuzzCommitBatch(bytes32[4] memory roots, uint32[4] memory counts, uint256 pause) public {
        uint256 other = _register(RIVAL);
        _commitBatch(RIVAL, other, 1, ROOT, 7);
        uint256 first = 1;
        for (uint256 i = 0; i < roots.length; i++) {
            if (roots[i] == 0) roots[i] = ROOT;
            if (counts[i] == 0) counts[i] = 1;
            vm.warp(block.timestamp + bound(pause, 0, 365 days));
            _testCommit(i + 1, roots[i], first, counts[i]);
            first += counts[i];
        }
        vm.assertEq(actions.batchCount(other), 1, "batches of the other");
        _assertBatch(other, 1, ROOT, 1, 7, START);
    }

    function _testCommit(uint256 batch, bytes32 root, uint256 first, uint32 count) internal {
        vm.expectEmit(address(actions));
        emit IActionLogger.BatchCommitted(agentId, batch, WORKER, root, first, count);
        _commitBatch(WORKER, agentId, batch, root, count);
        vm.assertEq(actions.batchCount(agentId), batch, "batches");
        _assertBatch(agentId, batch, root, first, count, block.timestamp);
    }

    function testCommitBatchByOperatorAndApproved() public {
        _approveBoth();
        vm.expectEmit(address(actions));
        emit IActionLogger.BatchCommitted(agentId, 1, RIVAL, ROOT, 1, 2);
        _commitBatch(RIVAL, agentId, 1, ROOT, 2);
        vm.expectEmit(address(actions));
        emit IActionLogger.BatchCommitted(agentId, 2, THIRD, ROOT, 3, 1);
        _commitBatch(THIRD, agentId, 2, ROOT, 1);
    }

    /// The sequence is the agent's, whoever owns it.
    function testCommitBatchAfterTransfer() public {
        _commitBatch(WORKER, agentId, 1, ROOT, 5);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        _commitBatch(RIVAL, agentId, 2, ROOT, 1);
        _assertBatch(agentId, 2, ROOT, 6, 1, START);
        vm.expectRevert(abi.encodeWithSelector(IActionLogger.CannotLog.selector, agentId, WORKER));
        _commitBatch(WORKER, agentId, 3, ROOT, 1);
    }

    function testFuzzCommitBatchOutOfTurn(uint256 batch) public {
        vm.assume(batch != 2);
        _commitBatch(WORKER, agentId, 1, ROOT, 1);
        vm.expectRevert(abi.encodeWithSelector(IActionLogger.WrongBatch.selector, agentId, 2, batch));
        _commitBatch(WORKER, agentId, batch, ROOT, 1);
    }

    function testFuzzCommitBatchEmpty(bytes32 root, uint32 count) public {
        vm.expectRevert(IActionLogger.EmptyBatch.selector);
        _commitBatch(WORKER, agentId, 1, 0, count);
        vm.expectRevert(IActionLogger.EmptyBatch.selector);
        _commitBatch(WORKER, agentId, 1, root, 0);
    }

    function testFuzzCommitBatchOfAnother(address caller, uint256 unknown) public {
        vm.assume(caller != WORKER && unknown != agentId);
        vm.expectRevert(abi.encodeWithSelector(IActionLogger.CannotLog.selector, agentId, caller));
        _commitBatch(caller, agentId, 1, ROOT, 1);
        vm.expectRevert(abi.encodeWithSelector(IActionLogger.CannotLog.selector, unknown, WORKER));
        _commitBatch(WORKER, unknown, 1, ROOT, 1);
    }

    function _commitBatch(address caller, uint256 agent, uint256 batch, bytes32 root, uint32 count) internal {
        vm.prank(caller);
        actions.commitBatch(agent, batch, root, count);
    }

    function _assertBatch(
        uint256 agent,
        uint256 batch,
        bytes32 root,
        uint256 first,
        uint256 count,
        uint256 committedAt
    ) internal {
        IActionLogger.Batch memory found = actions.getBatch(agent, batch);
        vm.assertEq(found.root, root, "root");
        vm.assertEq(found.first, first, "first");
        vm.assertEq(found.count, count, "actions");
        vm.assertEq(found.committedAt, committedAt, "time");
    }
}
