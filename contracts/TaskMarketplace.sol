// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "./interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {ITaskMarketplace} from "./interfaces/ITaskMarketplace.sol";
import {Wiring} from "./interfaces/Wiring.sol";

/// @notice See {ITaskMarketplace}, where everything is documented.
contract TaskMarketplace is ITaskMarketplace {
    /// @notice The most tasks that one call looks at.
    uint256 public constant MAX_PAGE = 100;

    /// @dev Brings a weight's percent times the sum of two parts of 10,000 back to basis points.
    uint256 private constant MATCH_SCALE = 200;

    IAgentRegistry public immutable registry;
    ITaskManager public immutable tasks;
    IBidAuction public immutable auction;
    IIncentiveEngine public immutable incentives;

    constructor(Wiring memory wiring) {
        registry = wiring.registry;
        tasks = wiring.tasks;
        auction = wiring.auction;
        incentives = wiring.incentives;
    }

    /// @inheritdoc ITaskMarketplace
    function browse(
        Filter calldata filter,
        uint256 cursor,
        uint256 size
    ) external view returns (Listing[] memory page, uint256 next) {
        require(size != 0 && size <= MAX_PAGE, PageOutOfBounds(size, 1, MAX_PAGE));
        next = cursor == 0 ? tasks.taskCount() : cursor;
        Listing[] memory passing = new Listing[](size < next ? size : next);
        uint256 found;
        for (uint256 i = 0; i < passing.length; i++) {
            ITaskManager.Task memory task = tasks.getTask(next);
            IBidAuction.Auction memory terms = auction.getAuction(next);
            if (_passes(filter, task, terms)) {
                passing[found++] = Listing({taskId: next, task: task, auction: terms});
            }
            next--;
        }
        page = new Listing[](found);
        for (uint256 i = 0; i < found; i++) page[i] = passing[i];
    }

    /// @inheritdoc ITaskMarketplace
    function matchOf(uint256 agentId, uint256 taskId) external view returns (Match memory found) {
        tasks.requesterOf(taskId);
        bytes16 skill = auction.skillOf(taskId);
        found.weight = registry.skillWeight(agentId, skill);
        found.reputation = incentives.reputationOf(agentId, skill);
        found.quality = incentives.qualityOf(agentId, skill);
        found.score = (found.weight * (found.reputation + found.quality)) / MATCH_SCALE;
    }

    function _passes(
        Filter calldata filter,
        ITaskManager.Task memory task,
        IBidAuction.Auction memory terms
    ) internal pure returns (bool) {
        return
            (filter.skill == bytes16(0) || filter.skill == terms.skill) &&
            _holds(filter.states, uint8(task.state)) &&
            _holds(filter.modes, uint8(terms.mode)) &&
            task.reserve >= filter.minReserve &&
            (filter.maxReserve == 0 || task.reserve <= filter.maxReserve);
    }

    function _holds(uint256 set, uint8 member) internal pure returns (bool) {
        return set == 0 || (set >> member) & 1 != 0;
    }
}
