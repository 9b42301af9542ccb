// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {vm} from "../utils/Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice The market and its ghost, side by side.
abstract contract Comparisons is Handler {
    function _assertConserved() internal {
        uint256 held = ledger.pendingBurn() + donated;
        for (uint256 i = 0; i < accounts.length; i++) held += _freeOf(accounts[i]) + _lockedOf(accounts[i]);
        vm.assertEq(token.balanceOf(address(ledger)), held, "the vault holds accounts, burns and donations");
        vm.assertEq(token.totalSupply() + flushed, minted, "minted is what is there and what was burned");
        vm.assertEq(
            ledger.pendingBurn() + flushed,
            burned,
            "burned is what is to be burned and what is gone"
        );
    }

    function _assertOwed() internal {
        uint256[] memory owed = _owed();
        for (uint256 i = 0; i < accounts.length; i++) {
            vm.assertEq(_lockedOf(accounts[i]), owed[i], "locked is what is owed");
            vm.assertEq(
                _freeOf(accounts[i]),
                freeOf[accounts[i]],
                "free is what its owner or a rule made it"
            );
        }
        ILedger.Balance memory outsider = ledger.balanceOf(accountOf(OUTSIDER));
        vm.assertEq(outsider.free + outsider.locked, 0, "an outsider gets nothing");
    }

    function _assertTasks() internal {
        vm.assertEq(tasks.taskCount(), ghosts.length, "tasks");
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            GhostTask storage ghost = _task(taskId);
            ITaskManager.Task memory task = tasks.getTask(taskId);
            vm.assertEq(uint256(task.state), uint256(ghost.state), "state");
            vm.assertEq(task.agentId, ghost.winner, "winner");
            vm.assertEq(task.price, ghost.price, "price");
            vm.assertEq(task.deadline, ghost.deadline, "deadline");
            vm.assertEq(task.promisedAt, ghost.promisedAt, "promise");
            vm.assertEq(task.score, ghost.score, "score");
            vm.assertEq(task.lateness, ghost.lateness, "lateness");
            vm.assertEq(uint256(task.round), uint256(ghost.round), "round");
            vm.assertEq(task.epoch, ghost.epoch, "epoch");
            vm.assertEq(task.feeBps, ghost.feeBps, "fee");
            vm.assertEq(task.bondPercent, ghost.bondPercent, "bond");
            vm.assertEq(task.seatFee, ghost.seatFee, "seat fee");
            vm.assertEq(task.weight, ghost.weight, "weight");
            vm.assertEq(task.file, _fileOf(ghost.submitted), "file");
            if (task.state == ITaskManager.TaskState.Settled) vm.assertTrue(ghost.submitted, "paid for work");
            vm.assertLe(task.price, task.reserve, "the price is within the reserve");
        }
    }

    function _assertAuctions() internal {
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            uint256[] memory ranked = _ranked(taskId);
            IBidAuction.Bid[3] memory kept = auction.getRanking(taskId);
            for (uint256 i = 0; i < 3; i++) {
                GhostBid storage ghost = bids[taskId][i < ranked.length ? ranked[i] : 0];
                vm.assertEq(kept[i].agentId, i < ranked.length ? ranked[i] : 0, "ranked agent");
                vm.assertEq(kept[i].price, ghost.price, "ranked price");
                vm.assertEq(kept[i].promised, ghost.promised, "ranked promise");
                vm.assertEq(kept[i].quality, ghost.quality, "ranked quality");
            }
            vm.assertEq(auction.runnerUpOf(taskId), ranked.length > 1 ? ranked[1] : 0, "runner-up");
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) _assertCommitment(taskId, agentId);
        }
    }

    function _assertRecords() internal {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            vm.assertEq(registry.ownerOf(agentId), ownerOf[agentId], "owner");
            for (uint256 i = 0; i < skills.length; i++) {
                bytes16 skill = skills[i];
                GhostRecord storage ghost = records[agentId][epochOf[agentId]][skill];
                IIncentiveEngine.Record memory record = incentives.recordOf(agentId, skill);
                vm.assertEq(record.experience, ghost.experience, "experience");
                vm.assertEq(record.merit, ghost.merit, "merit");
                vm.assertLe(record.merit, record.experience, "merit is within experience");
                uint256 quality = incentives.qualityOf(agentId, skill);
                vm.assertEq(quality, _quality(agentId, skill), "quality");
                vm.assertGe(quality, MIN_QUALITY, "least quality");
                vm.assertLe(quality, MAX_QUALITY, "most quality");
            }
        }
    }

    function _assertCommitment(uint256 taskId, uint256 agentId) internal {
        uint200 digest = _isSealed(taskId, agentId) ? bids[taskId][agentId].digest : 0;
        vm.assertEq(auction.getCommitment(taskId, agentId), digest, "digest");
    }

    /// @dev The file's hash as the interface words it.
    function _fileOf(bool submitted) internal view returns (bytes32 file) {
        file = keccak256(abi.encode(SPECIFICATION, SEAL, bytes32(0)));
        if (submitted) file = keccak256(abi.encode(file, RESULT));
    }
}
