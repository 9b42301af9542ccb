// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What settlements teach the market: reputation and experience for each agent and skill.
/// @notice Only the task manager reports, and nothing can cut it off. A report adds
///
///     w = min(price, VALUE_CAP) / 4            (a named evaluator's word counts a quarter)
///     experience V += w
///     merit      W += w * score * (1 - lateness / 2)
///
/// with score and lateness in [0, 1]; lateness is the used share of the time between the promised
/// delivery and the deadline. From these, both O(1) to read:
///
///     reputation r = W / V
///     quality    q = 5000 + 5000 * r * V / (V + V0) = 5000 + 5000 * W / (V + V0)
///
/// so a newcomer starts at the floor, and a fresh identity is never better than a bad one.
/// @dev Warning: a requester that pays itself can buy reputation. It costs the market's fee on the value it
/// claims: that is priced, not prevented.
interface IIncentiveEngine {
    /// @dev Units of credits, both.
    struct Record {
        uint128 experience;
        uint128 merit;
    }

    /// @param price What the work was awarded for, in units.
    /// @param score 0 to 100; 0 for a default.
    /// @param lateness 0 to 100: percent of the slack between promise and deadline that was used.
    struct Outcome {
        uint256 agentId;
        uint32 epoch;
        bytes16 skill;
        address client;
        uint256 price;
        uint256 score;
        uint256 lateness;
        uint8 weight;
        bool settled;
    }

    /// @notice An evaluated outcome was added; `experience` and `merit` are the sums after it.
    event ReputationUpdated(
        uint256 indexed agentId,
        bytes16 indexed skill,
        uint32 indexed epoch,
        uint256 score,
        uint256 lateness,
        uint256 experience,
        uint256 merit
    );

    /// @notice Thrown when anyone but the task manager reports.
    error NotTaskManager(address caller);

    /// @notice Adds an outcome to the agent's record. Only the task manager.
    function report(Outcome calldata outcome) external;

    /// @notice The agent's record in its current ownership epoch.
    function recordOf(uint256 agentId, bytes16 skill) external view returns (Record memory);

    /// @notice r in basis points; 0 for an agent without experience.
    function reputationOf(uint256 agentId, bytes16 skill) external view returns (uint256);

    /// @notice q, 5000 to 10000: what divides a price in the award.
    function qualityOf(uint256 agentId, bytes16 skill) external view returns (uint16);

    function qualityOf(uint256 agentId, uint32 epoch, bytes16 skill) external view returns (uint16);
}
