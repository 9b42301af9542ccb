// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {MarketTest} from "../utils/MarketTest.sol";

/// @notice What the market should be, told from the interfaces' words alone: no contract is asked, and sums are
/// computed anew from tasks and bids wherever they can be.
abstract contract Ghost is MarketTest {
    enum BidState {
        None,
        Sealed,
        // A digest that belongs to another agent or another task: bonded like any, never to be opened.
        Copied,
        Revealed,
        Forfeited
    }

    struct GhostTask {
        ITaskManager.TaskState state;
        ITaskManager.AwardMode mode;
        bytes16 skill;
        address requester;
        address evaluator;
        uint256 reserve;
        uint256 passingScore;
        uint256 feeBps;
        uint256 biddingEnd;
        uint256 revealEnd;
        uint256 deliveryWindow;
        uint256 reviewWindow;
        uint256 winner;
        uint256 price;
        uint256 promisedAt;
        uint256 deadline;
        uint256 lateness;
        uint256 score;
        bool submitted;
    }

    struct GhostBid {
        BidState state;
        uint256 price;
        uint256 promised;
        bytes32 salt;
        uint240 digest;
        uint256 quality;
    }

    struct GhostRecord {
        uint256 experience;
        uint256 merit;
    }

    uint256 internal constant AGENTS = 5;
    bytes16[2] internal skills = [bytes16("research"), bytes16("analysis")];

    /// @dev Everyone with credits: the people first, then the agents in the order of their ids.
    Account[] internal accounts;
    uint256 internal people;
    mapping(Account => uint256) internal freeOf;

    GhostTask[] internal ghosts;
    mapping(uint256 taskId => mapping(uint256 agentId => GhostBid)) internal bids;
    mapping(uint256 agentId => address) internal ownerOf;
    mapping(uint256 agentId => uint256) internal epochOf;
    mapping(uint256 agentId => mapping(uint256 epoch => mapping(bytes16 skill => GhostRecord)))
        internal records;

    uint256 internal time;
    uint256 internal fee;
    uint256 internal minted;
    uint256 internal burned;
    uint256 internal flushed;
    uint256 internal donated;
    uint256 internal letters;

    /* AMOUNTS */

    function _bond(GhostTask storage task) internal view returns (uint256) {
        uint256 tenth = (task.reserve + 9) / 10;
        return tenth < CREDIT / 10 ? CREDIT / 10 : tenth;
    }

    function _escrow(GhostTask storage task) internal view returns (uint256) {
        return task.reserve + (task.reserve + 9) / 10;
    }

    function _quality(uint256 agentId, bytes16 skill) internal view returns (uint256) {
        GhostRecord storage record = records[agentId][epochOf[agentId]][skill];
        return 5_000 + (5_000 * record.merit) / (record.experience + 100 * CREDIT);
    }

    /// @dev The smallest whole percentage that is not less than the used share of the slack.
    function _latenessOf(GhostTask storage task) internal view returns (uint256 percent) {
        if (time <= task.promisedAt) return 0;
        while (percent * (task.deadline - task.promisedAt) < 100 * (time - task.promisedAt)) percent++;
    }

    /* AWARDS */

    /// @notice All revealed bids, best first, by sorting them all.
    function _ranked(uint256 taskId) internal view returns (uint256[] memory agents) {
        uint256 count;
        agents = new uint256[](AGENTS);
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (bids[taskId][agentId].state != BidState.Revealed) continue;
            uint256 i = count++;
            for (; i > 0 && _better(bids[taskId][agentId], bids[taskId][agents[i - 1]]); i--) {
                agents[i] = agents[i - 1];
            }
            agents[i] = agentId;
        }
        assembly ("memory-safe") {
            mstore(agents, count)
        }
    }

    function _better(GhostBid storage a, GhostBid storage b) internal view returns (bool) {
        (uint256 left, uint256 right) = (a.price * b.quality, b.price * a.quality);
        return left < right || (left == right && a.digest >> 192 < b.digest >> 192);
    }

    function _awardedPrice(uint256 taskId, uint256[] memory ranked) internal view returns (uint256) {
        GhostTask storage task = _task(taskId);
        GhostBid storage best = bids[taskId][ranked[0]];
        if (task.mode == ITaskManager.AwardMode.SealedFirstPrice) return best.price;
        if (ranked.length == 1) return task.reserve;
        GhostBid storage second = bids[taskId][ranked[1]];
        uint256 price = (second.price * best.quality) / second.quality;
        return price > task.reserve ? task.reserve : price;
    }

    /* DEBTS */

    /// @notice What the market should hold back from each account, from the tasks and bids as they are.
    function _owed() internal view returns (uint256[] memory owed) {
        owed = new uint256[](accounts.length);
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            GhostTask storage task = _task(taskId);
            if (!_isFinal(taskId)) owed[_indexOf(accountOf(task.requester))] += _escrow(task);
            uint256[] memory ranked = _ranked(taskId);
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
                if (_isBonded(taskId, agentId, ranked)) owed[people + agentId - 1] += _bond(task);
            }
        }
    }

    /// @dev A bond is held while the bid is sealed, while it is among the best three, and while it is the
    /// worker's.
    function _isBonded(
        uint256 taskId,
        uint256 agentId,
        uint256[] memory ranked
    ) internal view returns (bool) {
        if (_isSealed(taskId, agentId)) return true;
        if (_task(taskId).state != ITaskManager.TaskState.Open) {
            return !_isFinal(taskId) && _task(taskId).winner == agentId;
        }
        for (uint256 i = 0; i < ranked.length && i < 3; i++) if (ranked[i] == agentId) return true;
        return false;
    }

    /* LOOKING */

    function _task(uint256 taskId) internal view returns (GhostTask storage) {
        return ghosts[taskId - 1];
    }

    function _indexOf(Account account) internal view returns (uint256 i) {
        while (Account.unwrap(accounts[i]) != Account.unwrap(account)) i++;
    }

    function _holder(uint256 seed) internal view returns (Account account, address owner) {
        uint256 i = seed % accounts.length;
        account = accounts[i];
        owner = i < people ? account.addressOf() : ownerOf[i - people + 1];
    }

    function _isFinal(uint256 taskId) internal view returns (bool) {
        return _task(taskId).state >= ITaskManager.TaskState.Settled;
    }

    function _isLive(uint256 taskId) internal view returns (bool) {
        return !_isFinal(taskId);
    }

    function _isOpen(uint256 taskId) internal view returns (bool) {
        return _task(taskId).state == ITaskManager.TaskState.Open;
    }

    function _isSealed(uint256 taskId, uint256 agentId) internal view returns (bool) {
        BidState state = bids[taskId][agentId].state;
        return state == BidState.Sealed || state == BidState.Copied;
    }

    function _sealedBids(uint256 taskId) internal view returns (uint256 count) {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) if (_isSealed(taskId, agentId)) count++;
    }

    function _takesBids(uint256 taskId) internal view returns (bool) {
        return _isOpen(taskId) && time < _task(taskId).biddingEnd;
    }

    function _isUntouched(uint256 taskId) internal view returns (bool) {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (bids[taskId][agentId].state != BidState.None) return false;
        }
        return _isOpen(taskId);
    }

    function _isRevealing(uint256 taskId) internal view returns (bool) {
        GhostTask storage task = _task(taskId);
        return time >= task.biddingEnd && time < task.revealEnd && _sealedBids(taskId) != 0;
    }

    function _isOverdueAuction(uint256 taskId) internal view returns (bool) {
        return _isOpen(taskId) && time >= _task(taskId).revealEnd;
    }

    function _hasForfeits(uint256 taskId) internal view returns (bool) {
        return time >= _task(taskId).revealEnd && _sealedBids(taskId) != 0;
    }

    function _isDeliverable(uint256 taskId) internal view returns (bool) {
        GhostTask storage task = _task(taskId);
        return task.state == ITaskManager.TaskState.Awarded && time < task.deadline;
    }

    function _isScorable(uint256 taskId) internal view returns (bool) {
        GhostTask storage task = _task(taskId);
        return task.state == ITaskManager.TaskState.Submitted && time < task.deadline;
    }

    function _isOverdue(uint256 taskId) internal view returns (bool) {
        return !_isOpen(taskId) && !_isFinal(taskId) && time >= _task(taskId).deadline;
    }

    /// @notice The first task from a random one on of which `wanted` is true; zero if there is none.
    function _pick(
        uint256 seed,
        function(uint256) view returns (bool) wanted
    ) internal view returns (uint256) {
        uint256 count = ghosts.length;
        for (uint256 i = 0; i < count; i++) {
            uint256 taskId = (((seed % count) + i) % count) + 1;
            if (wanted(taskId)) return taskId;
        }
        return 0;
    }

    /// @notice The first sealed bid of a task from a random agent on. There must be one.
    function _pickSealed(uint256 taskId, uint256 seed) internal view returns (uint256 agentId) {
        agentId = (seed % AGENTS) + 1;
        while (!_isSealed(taskId, agentId)) agentId = (agentId % AGENTS) + 1;
    }
}
