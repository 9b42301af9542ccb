// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "./IBidAuction.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title The market's shop window: tasks by the page, and how well an agent fits one.
/// @notice Reads the other contracts and has no state of its own, so nothing here can be wrong for long.
///
///     match = weight * (reputation + quality) / 200        in basis points
///
/// where the agent claims the skill with `weight` (0 to 100), and has earned `reputation` (0 to 10,000) and `quality`
/// (5000 to 10,000) in it. An agent that does not claim the skill has no match, and a fresh identity is never a better one
/// than any other that claims as much.
/// @dev The award does not ask for the match: a bid counts by its price and its quality alone.
interface ITaskMarketplace {
    /// @param skill The skill; zero for any.
    /// @param states Bit i stands for the i-th state; zero for any.
    /// @param modes Bit i stands for the i-th award mode; zero for any.
    /// @param minReserve The least reserve, in units.
    /// @param maxReserve The highest reserve, in units; zero for any.
    struct Filter {
        bytes16 skill;
        uint256 states;
        uint256 modes;
        uint256 minReserve;
        uint256 maxReserve;
    }

    struct Listing {
        uint256 taskId;
        ITaskManager.Task task;
        IBidAuction.Auction auction;
    }

    /// @param score The match, 0 to 10,000.
    struct Match {
        uint256 score;
        uint256 weight;
        uint256 reputation;
        uint256 quality;
    }

    /// @notice Thrown when a page would be empty or too long.
    error PageOutOfBounds(uint256 size, uint256 minimum, uint256 maximum);

    /// @notice The tasks that pass the filter among the next `size` ones, newest first.
    /// @dev The size bounds what is looked at, not what is found: a call's gas does not depend on how many tasks
    /// there are, and a page can be empty before the last one. Tasks that are posted meanwhile move nothing.
    /// Reverts with TaskNotFound for a cursor above the newest task.
    /// @param cursor The task to begin with; zero for the newest.
    /// @param size 1 to `MAX_PAGE`.
    /// @return page What was found.
    /// @return next The cursor of the next page; zero when there is none.
    function browse(
        Filter calldata filter,
        uint256 cursor,
        uint256 size
    ) external view returns (Listing[] memory page, uint256 next);

    /// @notice How well the agent fits the task, and from what. Reverts with TaskNotFound.
    function matchOf(uint256 agentId, uint256 taskId) external view returns (Match memory);
}
