// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account} from "../../../contracts/libraries/Account.sol";
import {RelayTest} from "../utils/RelayTest.sol";

/// @notice What the market should be, told from the interfaces' words alone: no contract is asked.
abstract contract Ghost is RelayTest {
    enum BidState {
        None,
        Sealed,
        // A digest that belongs to another agent or another task: bonded like any, never to be opened.
        Copied,
        Revealed,
        Forfeited,
        // Once revealed, and out of the running since a take-over.
        Gone
    }

    /// @dev What should happen at times, or else the invariants would say little.
    enum Feat {
        SettledByScore,
        SettledBySilence,
        Rejected,
        Defaulted,
        Cancelled,
        Expired,
        Forfeited,
        RankedFourth,
        SealedRelayed,
        OpenRelayed,
        Improved,
        Overtaken,
        Accepted,
        TakenOver,
        Unheired,
        Divided,
        Disputed,
        Ruled,
        Appealed,
        GivenUp,
        Compensated,
        SecretKept,
        PassedByPool,
        RefusedByPanel,
        Sold,
        Learned,
        Letter
    }

    struct GhostTask {
        ITaskManager.TaskState state;
        ITaskManager.AwardMode mode;
        ITaskManager.Round round;
        bool byPool;
        bool submitted;
        bytes16 skill;
        address requester;
        address evaluator;
        uint256 depth;
        uint256 reserve;
        uint256 passingScore;
        uint256 feeBps;
        uint256 bondPercent;
        uint256 seatFee;
        uint256 weight;
        uint256 biddingEnd;
        uint256 revealEnd;
        uint256 deliveryWindow;
        uint256 reviewWindow;
        uint256 winner;
        uint256 epoch;
        uint256 price;
        uint256 promisedAt;
        uint256 deadline;
        uint256 lateness;
        uint256 score;
    }

    struct GhostBid {
        BidState state;
        uint256 price;
        uint256 promised;
        bytes32 salt;
        uint200 digest;
        uint256 quality;
        uint256 epoch;
        uint256 tieBreak;
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
    mapping(address => uint256) internal keyOf;

    GhostTask[] internal ghosts;
    mapping(uint256 taskId => mapping(uint256 agentId => GhostBid)) internal bids;
    mapping(uint256 agentId => address) internal ownerOf;
    mapping(uint256 agentId => uint256) internal epochOf;
    mapping(uint256 agentId => mapping(uint256 epoch => mapping(bytes16 skill => GhostRecord)))
        internal records;
    mapping(Feat => uint256) internal feats;

    uint256 internal time;
    uint256 internal seats = 7;
    uint256 internal nonce;
    uint256 internal minted;
    uint256 internal burned;
    uint256 internal flushed;
    uint256 internal donated;

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

    function _isIn(uint256 taskId, ITaskManager.TaskState state) internal view returns (bool) {
        return _task(taskId).state == state;
    }

    function _isFinal(uint256 taskId) internal view returns (bool) {
        return _task(taskId).state >= ITaskManager.TaskState.Settled;
    }

    function _isLive(uint256 taskId) internal view returns (bool) {
        return !_isFinal(taskId);
    }

    function _isOpen(uint256 taskId) internal view returns (bool) {
        return _isIn(taskId, ITaskManager.TaskState.Open);
    }

    function _isEarly(uint256 taskId) internal view returns (bool) {
        return time < _task(taskId).deadline;
    }

    function _isSealedMode(uint256 taskId) internal view returns (bool) {
        return _task(taskId).mode <= ITaskManager.AwardMode.SealedFirstPrice;
    }

    function _isSealed(uint256 taskId, uint256 agentId) internal view returns (bool) {
        BidState state = bids[taskId][agentId].state;
        return state == BidState.Sealed || state == BidState.Copied;
    }

    function _sealedBids(uint256 taskId) internal view returns (uint256 count) {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) if (_isSealed(taskId, agentId)) count++;
    }

    function _isBidding(uint256 taskId) internal view returns (bool) {
        return _isOpen(taskId) && time < _task(taskId).biddingEnd;
    }

    function _takesSealed(uint256 taskId) internal view returns (bool) {
        return _isBidding(taskId) && _isSealedMode(taskId);
    }

    function _takesOpen(uint256 taskId) internal view returns (bool) {
        return _isBidding(taskId) && _task(taskId).mode == ITaskManager.AwardMode.OpenBid;
    }

    function _takesAcceptance(uint256 taskId) internal view returns (bool) {
        return _isBidding(taskId) && _task(taskId).mode == ITaskManager.AwardMode.Direct;
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
        return _isIn(taskId, ITaskManager.TaskState.Awarded) && _isEarly(taskId);
    }

    /// @dev Time enough for a part with the shortest windows.
    function _isDivisible(uint256 taskId) internal view returns (bool) {
        GhostTask storage task = _task(taskId);
        return task.depth < 8 && _isDeliverable(taskId) && time + 4 * MIN_WINDOW <= task.deadline;
    }

    function _isScorable(uint256 taskId) internal view returns (bool) {
        return _isIn(taskId, ITaskManager.TaskState.Submitted) && !_task(taskId).byPool && _isEarly(taskId);
    }

    function _isDisputable(uint256 taskId) internal view returns (bool) {
        return _isIn(taskId, ITaskManager.TaskState.Rejected) && _isEarly(taskId) && seats >= 3;
    }

    function _isConvened(uint256 taskId) internal view returns (bool) {
        return _isLive(taskId) && _task(taskId).round == ITaskManager.Round.Convened;
    }

    function _isUnsealable(uint256 taskId) internal view returns (bool) {
        return _isConvened(taskId) && _isEarly(taskId);
    }

    /// @dev Whether a panel is drawn and has not spoken.
    function _isHeard(uint256 taskId) internal view returns (bool) {
        GhostTask storage task = _task(taskId);
        return
            _isLive(taskId) &&
            task.state != ITaskManager.TaskState.Ruled &&
            task.round >= ITaskManager.Round.Unsealed;
    }

    function _isAppealable(uint256 taskId) internal view returns (bool) {
        return _isIn(taskId, ITaskManager.TaskState.Ruled) && _isEarly(taskId) && seats >= 7;
    }

    /// @dev Whether anyone may move the task on because somebody has let a deadline pass.
    function _isOverdue(uint256 taskId) internal view returns (bool) {
        return !_isOpen(taskId) && !_isFinal(taskId) && !_isHeard(taskId) && !_isEarly(taskId);
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

    /// @dev The fuzzer likes small numbers and round ones; choices between few should not depend on that.
    function _mix(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }
}
