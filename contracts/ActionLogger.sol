// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IActionLogger} from "./interfaces/IActionLogger.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {Wiring} from "./interfaces/Wiring.sol";

/// @notice See {IActionLogger}, where everything is documented.
contract ActionLogger is IActionLogger {
    IAgentRegistry public immutable registry;

    /// @inheritdoc IActionLogger
    mapping(uint256 => uint256) public batchCount;

    mapping(uint256 => mapping(uint256 => Batch)) private _batches;

    constructor(Wiring memory wiring) {
        registry = wiring.registry;
    }

    /// @inheritdoc IActionLogger
    function commitBatch(uint256 agentId, uint256 batch, bytes32 root, uint32 count) external {
        require(registry.canAct(agentId, msg.sender), CannotLog(agentId, msg.sender));
        uint256 latest = batchCount[agentId];
        require(batch == latest + 1, WrongBatch(agentId, latest + 1, batch));
        require(root != bytes32(0) && count != 0, EmptyBatch());
        uint64 first = _endOf(_batches[agentId][latest]);
        batchCount[agentId] = batch;
        _batches[agentId][batch] = Batch({
            root: root,
            first: first,
            count: count,
            committedAt: uint40(block.timestamp)
        });

        emit BatchCommitted(agentId, batch, msg.sender, root, first, count);
    }

    /// @inheritdoc IActionLogger
    function verify(
        uint256 agentId,
        uint256 batch,
        Action calldata action,
        bytes32[] calldata proof
    ) external view returns (bool) {
        Batch memory committed = _batches[agentId][batch];
        if (committed.root == bytes32(0)) return false;
        if (action.sequence < committed.first || action.sequence >= _endOf(committed)) return false;
        return MerkleProof.verifyCalldata(proof, committed.root, leafOf(agentId, action));
    }

    /// @inheritdoc IActionLogger
    function getBatch(uint256 agentId, uint256 batch) external view returns (Batch memory) {
        return _batches[agentId][batch];
    }

    /// @inheritdoc IActionLogger
    function leafOf(uint256 agentId, Action calldata action) public pure returns (bytes32) {
        // Hashed twice, so that no node of a tree can be shown as a leaf.
        return keccak256(bytes.concat(keccak256(abi.encode(agentId, action.sequence, action.digest))));
    }

    /// @dev The number after a batch's last action; 1, where actions begin, for the batch before the first.
    function _endOf(Batch memory batch) internal pure returns (uint64) {
        return batch.root == bytes32(0) ? 1 : batch.first + batch.count;
    }
}
