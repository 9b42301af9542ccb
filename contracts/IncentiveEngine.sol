// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedbackRegistry} from "./FeedbackRegistry.sol";
import {IIncentiveEngine} from "./interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";

/// @notice See {IIncentiveEngine}, where everything is documented.
contract IncentiveEngine is IIncentiveEngine, FeedbackRegistry {
    uint256 private constant BPS = 10_000;
    uint256 private constant PERCENT = 100;
    uint256 private constant QUALITY_FLOOR = 5_000;
    uint256 private constant QUALITY_SPAN = 5_000;

    /// @notice The most that one settlement counts for, in units: a thousand credits.
    uint256 public constant VALUE_CAP = 1_000e6;

    /// @notice V0: the experience at which half of the quality span is within reach, in units.
    uint256 public constant EXPERIENCE_SCALE = 100e6;

    ITaskManager public immutable tasks;

    /// @dev By agent, ownership epoch and skill: a new owner starts with an empty record.
    mapping(uint256 => mapping(uint32 => mapping(bytes16 => Record))) private _records;

    constructor(Wiring memory wiring) FeedbackRegistry(wiring.registry) {
        require(
            address(wiring.incentives) == address(this),
            Miswired(address(wiring.incentives), address(this))
        );
        tasks = wiring.tasks;
    }

    /* TASK MANAGER */

    /// @inheritdoc IIncentiveEngine
    function report(Outcome calldata outcome) external {
        require(msg.sender == address(tasks), NotTaskManager(msg.sender));
        if (outcome.weight != 0) _learn(outcome);
        if (outcome.settled) _allowFeedback(outcome.agentId, outcome.epoch, outcome.client);
    }

    /* VIEWS */

    /// @inheritdoc IIncentiveEngine
    function reputationOf(uint256 agentId, bytes16 skill) external view returns (uint256) {
        Record memory record = recordOf(agentId, skill);
        if (record.experience == 0) return 0;
        return (record.merit * BPS) / record.experience;
    }

    /// @inheritdoc IIncentiveEngine
    function qualityOf(uint256 agentId, bytes16 skill) external view returns (uint16) {
        return qualityOf(agentId, registry.ownershipEpoch(agentId), skill);
    }

    /// @inheritdoc IIncentiveEngine
    function qualityOf(uint256 agentId, uint32 epoch, bytes16 skill) public view returns (uint16) {
        Record memory record = _records[agentId][epoch][skill];
        uint256 earned = (QUALITY_SPAN * record.merit) / (record.experience + EXPERIENCE_SCALE);
        return uint16(QUALITY_FLOOR + earned);
    }

    /// @inheritdoc IIncentiveEngine
    function recordOf(uint256 agentId, bytes16 skill) public view returns (Record memory) {
        return _records[agentId][registry.ownershipEpoch(agentId)][skill];
    }

    /* INTERNAL */

    function _learn(Outcome calldata outcome) internal {
        uint256 value = outcome.price < VALUE_CAP ? outcome.price : VALUE_CAP;
        uint256 weight = (value * outcome.weight) / PERCENT;
        uint256 earned =
            (weight * outcome.score * (2 * PERCENT - outcome.lateness)) / (2 * PERCENT * PERCENT);

        Record storage record = _records[outcome.agentId][outcome.epoch][outcome.skill];
        (uint256 experience, uint256 merit) = (record.experience + weight, record.merit + earned);
        record.experience = uint128(experience);
        record.merit = uint128(merit);

        emit ReputationUpdated(
            outcome.agentId,
            outcome.skill,
            outcome.epoch,
            outcome.score,
            outcome.lateness,
            experience,
            merit
        );
    }
}
