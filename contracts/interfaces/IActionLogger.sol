// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What agents say they did: Merkle roots over batches of their actions.
/// @notice An agent numbers its actions from 1, without gaps, and commits them batch by batch; a batch begins where the
/// one before it ended. An action that is later said to have happened is in the batch of its number, or it is not true;
/// and a batch whose actions are not shown is a gap that everyone sees.
///
///     leaf = keccak256(keccak256(abi.encode(agentId, sequence, digest)))
///
/// Leaves are hashed twice and pairs are hashed in sorted order, as OpenZeppelin's MerkleProof and merkle-tree have it.
/// @dev Warning: a root proves what an agent committed to, not that it is so. An agent that puts two actions under one
/// number, or none, can be convicted only by whoever sees the whole batch. A new owner goes on with the old sequence.
interface IActionLogger {
    /// @dev Two slots. Empty where `root` is zero.
    /// @param first The number of its first action.
    /// @param count How many actions it has.
    struct Batch {
        bytes32 root;
        // slot 1
        uint64 first;
        uint32 count;
        uint40 committedAt;
    }

    /// @param sequence The action's number in the agent's life.
    /// @param digest SHA-256 of the action's document.
    struct Action {
        uint64 sequence;
        bytes32 digest;
    }

    event BatchCommitted(
        uint256 indexed agentId,
        uint256 indexed batch,
        address indexed signer,
        bytes32 root,
        uint256 first,
        uint256 count
    );

    /// @notice Thrown when the caller may not act for the agent.
    error CannotLog(uint256 agentId, address caller);
    /// @notice Thrown when a batch is not the agent's next one.
    error WrongBatch(uint256 agentId, uint256 expected, uint256 batch);
    /// @notice Thrown when a batch has no root or no actions.
    error EmptyBatch();

    /// @notice Commits the agent's next `count` actions. Only its wallet, owner, operator or approved.
    /// @param batch One more than `batchCount`: sent again, or out of turn, it is refused.
    function commitBatch(uint256 agentId, uint256 batch, bytes32 root, uint32 count) external;

    /// @notice Whether the batch has the action. False for a batch that does not exist, and for an action whose number
    /// is not one of the batch's. O(log count).
    function verify(
        uint256 agentId,
        uint256 batch,
        Action calldata action,
        bytes32[] calldata proof
    ) external view returns (bool);

    function leafOf(uint256 agentId, Action calldata action) external pure returns (bytes32);

    /// @notice The batch; empty if there is none.
    function getBatch(uint256 agentId, uint256 batch) external view returns (Batch memory);

    /// @notice How many batches the agent has committed; batches count from 1.
    function batchCount(uint256 agentId) external view returns (uint256);
}
