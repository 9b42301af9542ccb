// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {IEvaluatorPool} from "./interfaces/IEvaluatorPool.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {IPanelClient} from "./interfaces/IPanelClient.sol";
import {IRaceBoard} from "./interfaces/IRaceBoard.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "./libraries/Account.sol";
import {MarketMath} from "./libraries/MarketMath.sol";

/// @notice See {IRaceBoard}, where everything is documented.
contract RaceBoard is IRaceBoard {
    uint256 private constant MAX_SCORE = 100;
    uint256 private constant LOT_SHIFT = 192;
    uint256 private constant AGENT_BITS = 64;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    ITaskManager public immutable tasks;
    IBidAuction public immutable auction;
    IEvaluatorPool public immutable pool;

    mapping(uint256 => Race) private _races;
    mapping(uint256 => mapping(uint256 => Entry)) private _entries;

    constructor(Wiring memory wiring) {
        require(address(wiring.race) == address(this), Miswired(address(wiring.race), address(this)));
        ledger = wiring.ledger;
        registry = wiring.registry;
        tasks = wiring.tasks;
        auction = wiring.auction;
        pool = wiring.pool;
    }

    /* ENTRANTS */

    /// @inheritdoc IRaceBoard
    function enter(uint256 taskId, uint256 agentId, bytes32 digest) external {
        require(digest != 0, EmptyDigest());
        IBidAuction.Auction memory terms = _termsOf(taskId);
        _checkBefore(taskId, terms.biddingEnd);
        (bool allowed, uint32 epoch) = registry.bidderOf(agentId, msg.sender);
        require(allowed, CannotEnter(agentId, msg.sender));
        Race storage race = _races[taskId];
        Entry storage entry = _entries[taskId][agentId];
        if (race.tail == 0) _open(taskId, race, terms);
        bool replaced = entry.stage == Stage.Sealed;
        if (replaced) _unlink(taskId, race, entry);
        _append(taskId, race, agentId, entry);
        entry.digest = digest;
        entry.lot = uint64(uint256(digest) >> LOT_SHIFT);
        entry.epoch = epoch;
        entry.stage = Stage.Sealed;

        emit EntryCommitted(taskId, agentId, digest, replaced);
        if (!replaced) ledger.lock(accountOfAgent(agentId), uint256(race.bond) + race.fee);
    }

    /// @inheritdoc IRaceBoard
    function show(uint256 taskId, uint256 agentId, bytes32 result, bytes32 salt) external {
        IBidAuction.Auction memory terms = _termsOf(taskId);
        _checkAfter(taskId, terms.biddingEnd);
        _checkBefore(taskId, _revealEndOf(terms));
        require(result != 0, EmptyResult());
        Entry storage entry = _entryIn(taskId, agentId, Stage.Sealed);
        require(entry.digest == commitmentOf(taskId, agentId, result, salt), WrongOpening(taskId, agentId));
        entry.digest = result;
        entry.stage = Stage.Shown;

        emit EntryShown(taskId, agentId, result);
    }

    /* EVALUATOR */

    /// @inheritdoc IRaceBoard
    function judge(uint256 taskId, uint256 agentId, uint256 score) external {
        Race storage race = _races[taskId];
        uint256 head = _headOf(taskId, race);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        require(msg.sender == task.evaluator, NotEvaluator(taskId, msg.sender));
        require(agentId == head, NotHead(taskId, agentId, head));
        _checkBefore(taskId, race.deadline);
        require(score <= MAX_SCORE, ScoreOutOfBounds(score, 0, MAX_SCORE));

        emit EntryJudged(taskId, agentId, score);
        if (score < task.passingScore) _fail(taskId, race, score, task.reviewWindow);
        else _win(taskId, race, score, false, false);
    }

    /* POOL */

    /// @inheritdoc IRaceBoard
    function unseal(uint256 taskId, ITaskManager.File calldata file, bytes32 secret) external {
        Race storage race = _races[taskId];
        _headOf(taskId, race);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        require(task.evaluator == address(pool), NotByPool(taskId));
        require(!race.unsealed, AlreadyUnsealed(taskId));
        _checkBefore(taskId, race.deadline);
        require(tasks.fileOf(file) == task.file, WrongFile(taskId));
        require(keccak256(abi.encode(secret)) == file.seal, WrongSecret(taskId));
        race.unsealed = true;
        race.secret = secret;

        emit SecretShown(taskId, secret);
    }

    /// @inheritdoc IRaceBoard
    function convene(uint256 taskId) external {
        Race storage race = _races[taskId];
        uint256 agentId = _headOf(taskId, race);
        require(race.unsealed, StillSealed(taskId));
        Entry storage entry = _entryIn(taskId, agentId, Stage.Shown);
        _checkBefore(taskId, race.deadline);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 caseId = caseOf(taskId, agentId);
        entry.stage = Stage.Convened;

        emit PanelConvened(taskId, agentId, caseId);
        pool.convene(
            IEvaluatorPool.Case({
                caseId: caseId,
                size: MarketMath.PANEL_SIZE,
                fee: race.fee,
                bornBefore: task.createdAt,
                window: task.reviewWindow,
                entropy: keccak256(abi.encode(taskId, agentId, entry.lot))
            })
        );
        pool.unseal(caseId, race.secret);
    }

    /// @inheritdoc IPanelClient
    /// @dev A panel that finds the result too low is paid by the entrant, with the fee that stays locked here.
    function rule(uint256 caseId, bool decided, uint256 score) external returns (Account payer) {
        require(msg.sender == address(pool), NotPool(msg.sender));
        (uint256 taskId, uint256 agentId) = (caseId >> AGENT_BITS, uint64(caseId));
        _entryIn(taskId, agentId, Stage.Convened);
        Race storage race = _races[taskId];
        if (!decided) {
            _win(taskId, race, 0, false, true);
            return payer;
        }
        ITaskManager.Task memory task = tasks.getTask(taskId);

        emit EntryJudged(taskId, agentId, score);
        if (score < task.passingScore) {
            payer = accountOfAgent(agentId);
            _fail(taskId, race, score, task.reviewWindow);
        } else {
            payer = accountOf(task.requester);
            _win(taskId, race, score, true, false);
        }
    }

    /* ANYONE */

    /// @inheritdoc IRaceBoard
    function forfeit(uint256 taskId, uint256 agentId) external {
        _checkAfter(taskId, _revealEndOf(_termsOf(taskId)));
        Entry storage entry = _entryIn(taskId, agentId, Stage.Sealed);
        Account account = accountOfAgent(agentId);
        (uint256 bond, uint256 fee) = _lockedIn(taskId);
        entry.stage = Stage.Closed;

        emit EntryForfeited(taskId, agentId, bond);
        ledger.burn(account, bond);
        if (fee != 0) ledger.unlock(account, fee);
    }

    /// @inheritdoc IRaceBoard
    function advance(uint256 taskId, uint256 maxSteps) external {
        _checkAfter(taskId, _revealEndOf(_termsOf(taskId)));
        Race storage race = _races[taskId];
        require(!race.over, RaceOver(taskId));
        require(race.deadline == 0, HeadWaits(taskId, race.head));
        _seek(taskId, race, race.head, maxSteps, tasks.getTask(taskId).reviewWindow);
    }

    /// @inheritdoc IRaceBoard
    function release(uint256 taskId) external {
        Race storage race = _races[taskId];
        _entryIn(taskId, _headOf(taskId, race), Stage.Shown);
        _checkAfter(taskId, race.deadline);
        _win(taskId, race, 0, false, true);
    }

    /// @inheritdoc IRaceBoard
    function withdraw(uint256 taskId, uint256 agentId) external {
        require(_races[taskId].over, RaceNotOver(taskId));
        Entry storage entry = _entryIn(taskId, agentId, Stage.Shown);
        (uint256 bond, uint256 fee) = _lockedIn(taskId);
        entry.stage = Stage.Closed;

        emit EntryWithdrawn(taskId, agentId, bond + fee);
        ledger.unlock(accountOfAgent(agentId), bond + fee);
    }

    /* VIEWS */

    /// @inheritdoc IRaceBoard
    function headOf(uint256 taskId) external view returns (uint256 agentId, uint256 deadline) {
        Race storage race = _races[taskId];
        deadline = race.deadline;
        if (deadline != 0) agentId = race.head;
    }

    /// @inheritdoc IRaceBoard
    function getRace(uint256 taskId) external view returns (Race memory) {
        return _races[taskId];
    }

    /// @inheritdoc IRaceBoard
    function getEntry(uint256 taskId, uint256 agentId) external view returns (Entry memory) {
        return _entries[taskId][agentId];
    }

    /// @inheritdoc IRaceBoard
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        bytes32 result,
        bytes32 salt
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), taskId, agentId, result, salt));
    }

    /// @inheritdoc IRaceBoard
    function caseOf(uint256 taskId, uint256 agentId) public pure returns (uint256) {
        return (taskId << AGENT_BITS) | agentId;
    }

    /* INTERNAL: ENDS OF AN ENTRY */

    /// @dev Pays the head the reserve and frees what it has locked; the task manager frees its bond.
    function _win(uint256 taskId, Race storage race, uint256 score, bool panelled, bool silent) internal {
        (uint256 agentId, uint256 fee) = (race.head, race.fee);
        Entry storage entry = _entries[taskId][agentId];
        entry.stage = Stage.Closed;
        race.deadline = 0;
        race.over = true;

        emit RaceWon(taskId, agentId, silent);
        tasks.settleRace(
            taskId,
            ITaskManager.RaceResult({
                agentId: agentId,
                epoch: entry.epoch,
                result: entry.digest,
                score: uint8(score),
                panelled: panelled,
                silent: silent
            })
        );
        if (fee != 0) ledger.unlock(accountOfAgent(agentId), fee);
    }

    /// @dev Burns half of the head's bond, frees the rest, and goes on to the entry after it. Where there is a fee, the pool
    /// takes it.
    function _fail(uint256 taskId, Race storage race, uint256 score, uint256 reviewWindow) internal {
        uint256 agentId = race.head;
        Entry storage entry = _entries[taskId][agentId];
        Account account = accountOfAgent(agentId);
        uint256 bond = race.bond;
        uint256 burned = MarketMath.rejectionBurnOf(bond);
        entry.stage = Stage.Closed;

        ledger.burn(account, burned);
        ledger.unlock(account, bond - burned);
        tasks.reportRace(taskId, agentId, entry.epoch, score);
        _seek(taskId, race, entry.next, 0, reviewWindow);
    }

    /* INTERNAL: ORDER */

    /// @dev The first shown entry from `agentId` on becomes the head, unless it is farther than `maxSteps`.
    function _seek(
        uint256 taskId,
        Race storage race,
        uint256 agentId,
        uint256 maxSteps,
        uint256 reviewWindow
    ) internal {
        mapping(uint256 => Entry) storage entries = _entries[taskId];
        for (; maxSteps != 0 && agentId != 0 && entries[agentId].stage != Stage.Shown; maxSteps--) {
            agentId = entries[agentId].next;
        }
        uint256 deadline = entries[agentId].stage == Stage.Shown ? block.timestamp + reviewWindow : 0;
        race.head = uint64(agentId);
        race.deadline = uint32(deadline);
        race.over = agentId == 0;

        emit HeadMoved(taskId, agentId, deadline);
        if (agentId == 0) tasks.expire(taskId);
    }

    function _append(uint256 taskId, Race storage race, uint256 agentId, Entry storage entry) internal {
        uint64 tail = race.tail;
        if (tail == 0) race.head = uint64(agentId);
        else _entries[taskId][tail].next = uint64(agentId);
        (entry.previous, entry.next) = (tail, 0);
        race.tail = uint64(agentId);
    }

    function _unlink(uint256 taskId, Race storage race, Entry storage entry) internal {
        (uint64 previous, uint64 next) = (entry.previous, entry.next);
        if (previous == 0) race.head = next;
        else _entries[taskId][previous].next = next;
        if (next == 0) race.tail = previous;
        else _entries[taskId][next].previous = previous;
    }

    /// @dev Fixes what each entry locks. From here on the requester cannot take the task back.
    function _open(uint256 taskId, Race storage race, IBidAuction.Auction memory terms) internal {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        bool byPool = task.evaluator == address(pool);
        uint256 bond = MarketMath.bondOf(terms.reserve, terms.bondPercent);
        uint256 fee = byPool ? MarketMath.panelFeeOf(MarketMath.PANEL_SIZE, task.seatFee) : 0;
        race.bond = uint48(bond);
        race.fee = uint32(fee);

        emit RaceOpened(taskId, bond, fee);
        auction.markCommitted(taskId);
    }

    /* INTERNAL: CHECKS */

    function _termsOf(uint256 taskId) internal view returns (IBidAuction.Auction memory terms) {
        terms = auction.getAuction(taskId);
        bool isRace = terms.mode == ITaskManager.AwardMode.Race && terms.biddingEnd != 0;
        require(isRace, NotARace(taskId));
    }

    function _revealEndOf(IBidAuction.Auction memory terms) internal pure returns (uint256) {
        return uint256(terms.biddingEnd) + terms.revealWindow;
    }

    function _lockedIn(uint256 taskId) internal view returns (uint256 bond, uint256 fee) {
        Race storage race = _races[taskId];
        return (race.bond, race.fee);
    }

    function _headOf(uint256 taskId, Race storage race) internal view returns (uint256) {
        require(race.deadline != 0, NoHead(taskId));
        return race.head;
    }

    function _entryIn(
        uint256 taskId,
        uint256 agentId,
        Stage stage
    ) internal view returns (Entry storage entry) {
        entry = _entries[taskId][agentId];
        require(entry.stage == stage, WrongEntryStage(taskId, agentId, entry.stage));
    }

    function _checkBefore(uint256 taskId, uint256 end) internal view {
        require(block.timestamp < end, WindowClosed(taskId, end, block.timestamp));
    }

    function _checkAfter(uint256 taskId, uint256 end) internal view {
        require(block.timestamp >= end, WindowOpen(taskId, end, block.timestamp));
    }
}
