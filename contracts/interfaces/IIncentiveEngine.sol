// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What settlements teach the market: reputation and experience for each agent and skill.
/// @notice Only the task manager reports, and nothing can cut it off. A report adds
///
///     w = min(price, VALUE_CAP) * weight
///     experience V += w
///     merit      W += w * score * (1 - lateness / 2)
///
/// with weight, score and lateness in [0, 1]. A panel's word has weight 1; that of an evaluator whom the requester named
/// counts less, since it may be the requester in disguise; where nobody judged, or only the agent's own side, it is 0.
/// Lateness is the used share of the time between the promised delivery and the deadline. From these, both O(1) to read:
///
///     reputation r = W / V
///     quality    q = 5000 + 5000 * r * V / (V + V0) = 5000 + 5000 * W / (V + V0)
///
/// so a newcomer starts at the floor, and a fresh identity is never better than a bad one. A settlement also allows its
/// client one feedback, see {IReputationRegistry}, which lives at the same address.
/// @dev Warning: a requester that pays itself can buy reputation. It costs the market's fee on the value it
/// claims: that is priced, not prevented. Half of the quality span is V0 of perfect work: at a fee of 2.5 % and a weight
/// of a quarter, ten credits.
interface IIncentiveEngine {
    /// @dev Units of credits, both.
    struct Record {
        uint128 experience;
        uint128 merit;
    }

    /// @param epoch The agent's ownership epoch. It cannot have changed since the award: no agent with a live task does.
    /// @param client Who paid.
    /// @param price What the work was awarded for, in units.
    /// @param score 0 to 100; 0 for a default.
    /// @param lateness 0 to 100: percent of the slack between promise and deadline that was used.
    /// @param weight 0 to 100: percent of the price that the outcome counts for. With 0 the record stays as it is.
    /// @param settled Whether the worker was paid; if so, the client may give one feedback.
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

    /// @notice Adds an outcome to the agent's record, and gives its client a right to feedback. Only the task manager.
    /// @dev Trusts the bounds that are named above, since a settlement must not fail here.
    function report(Outcome calldata outcome) external;

    /// @notice The agent's record in its current ownership epoch.
    function recordOf(uint256 agentId, bytes16 skill) external view returns (Record memory);

    /// @notice r in basis points; 0 for an agent without experience.
    function reputationOf(uint256 agentId, bytes16 skill) external view returns (uint256);

    /// @notice q, 5000 to 10000: what divides a price in the award.
    function qualityOf(uint256 agentId, bytes16 skill) external view returns (uint16);

    /// @notice As above, in an ownership epoch that the caller knows already.
    function qualityOf(uint256 agentId, uint32 epoch, bytes16 skill) external view returns (uint16);
}
