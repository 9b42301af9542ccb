// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "./interfaces/IIncentiveEngine.sol";
import {IMarketParameters} from "./interfaces/IMarketParameters.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {accountOf, accountOfAgent} from "./libraries/Account.sol";
import {MarketMath} from "./libraries/MarketMath.sol";
import {TaskBase} from "./tasks/TaskBase.sol";
import {TaskDisputes} from "./tasks/TaskDisputes.sol";

/// @notice See {ITaskManager}, where everything is documented.
contract TaskManager is TaskDisputes {
    /// @notice How many generations of parts a task can have below it.
    uint256 public constant MAX_DEPTH = 8;
    uint256 private constant PERCENT = 100;

    IMarketParameters public immutable parameters;
    address public immutable race;

    /// @inheritdoc ITaskManager
    uint256 public taskCount;

    constructor(Wiring memory wiring, address treasury_) TaskBase(wiring, treasury_) {
        require(address(wiring.tasks) == address(this), Miswired(address(wiring.tasks), address(this)));
        parameters = wiring.parameters;
        race = address(wiring.race);
    }

    /* REQUESTER */

    /// @inheritdoc ITaskManager
    function createTask(TaskParams calldata params) external returns (uint256 taskId) {
        taskId = _create(params);
    }

    /// @inheritdoc ITaskManager
    function createTaskWithPermit(
        TaskParams calldata params,
        Permit calldata permit
    ) external returns (uint256 taskId) {
        ledger.depositWithPermit(
            msg.sender,
            accountOf(msg.sender),
            permit.value,
            permit.deadline,
            permit.v,
            permit.r,
            permit.s
        );
        taskId = _create(params);
    }

    /// @inheritdoc ITaskManager
    function cancel(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Open);
        require(msg.sender == task.requester, NotRequester(taskId, msg.sender));
        auction.close(taskId);

        emit TaskCancelled(taskId);
        _refund(taskId, task, TaskState.Cancelled, _deposit(task));
    }

    /* AUCTION AND RACE */

    /// @inheritdoc ITaskManager
    function award(uint256 taskId, uint256 agentId, uint32 epoch, uint256 price, uint256 promised) external {
        require(msg.sender == address(auction), NotAuction(msg.sender));
        Task storage task = _existing(taskId);
        if (task.state == TaskState.Defaulted) _checkBefore(taskId, task.deadline);
        else require(task.state == TaskState.Open, WrongState(taskId, task.state));
        uint256 deadline = block.timestamp + task.deliveryWindow;
        uint256 promisedAt = block.timestamp + promised;
        if (promisedAt > deadline) promisedAt = deadline;
        task.agentId = uint64(agentId);
        task.price = uint48(price);
        task.epoch = epoch;
        task.deadline = uint40(deadline);
        task.promisedAt = uint32(promisedAt);
        task.state = TaskState.Awarded;

        emit TaskAwarded(taskId, agentId, price, promisedAt, deadline);
    }

    /// @inheritdoc ITaskManager
    function expire(uint256 taskId) external {
        require(msg.sender == address(auction) || msg.sender == race, NotAuction(msg.sender));
        Task storage task = _taskIn(taskId, TaskState.Open);

        emit TaskExpired(taskId);
        _refund(taskId, task, TaskState.Expired, _deposit(task));
    }

    /// @inheritdoc ITaskManager
    function settleRace(uint256 taskId, RaceResult calldata result) external {
        require(msg.sender == race, NotRace(msg.sender));
        Task storage task = _taskIn(taskId, TaskState.Open);
        task.agentId = uint64(result.agentId);
        task.price = task.reserve;
        task.epoch = result.epoch;
        task.score = result.score;
        task.file = keccak256(abi.encode(task.file, result.result));

        emit TaskAwarded(taskId, result.agentId, task.reserve, block.timestamp, block.timestamp);
        emit ResultSubmitted(taskId, result.agentId, result.result, 0, block.timestamp);
        uint256 kept = result.panelled ? _panelFee(task) : 0;
        _settle(taskId, task, _deposit(task) - kept, 0, result.silent);
        _report(taskId, task, result.score, result.silent ? 0 : task.weight, true);
    }

    /// @inheritdoc ITaskManager
    function reportRace(uint256 taskId, uint256 agentId, uint32 epoch, uint256 score) external {
        require(msg.sender == race, NotRace(msg.sender));
        Task storage task = _taskIn(taskId, TaskState.Open);
        incentives.report(
            IIncentiveEngine.Outcome({
                agentId: agentId,
                epoch: epoch,
                skill: auction.skillOf(taskId),
                client: task.requester,
                price: task.reserve,
                score: score,
                lateness: 0,
                weight: task.weight,
                settled: false
            })
        );
    }

    /* WORKER */

    /// @inheritdoc ITaskManager
    function submit(uint256 taskId, bytes32 result) external {
        Task storage task = _taskIn(taskId, TaskState.Awarded);
        uint256 agentId = task.agentId;
        _checkWorker(taskId, agentId);
        _checkBefore(taskId, task.deadline);
        require(result != bytes32(0), EmptyResult());
        uint256 lateness = _lateness(task);
        uint256 reviewEnd = block.timestamp + task.reviewWindow;
        task.file = keccak256(abi.encode(task.file, result));
        task.lateness = uint8(lateness);
        task.deadline = uint40(reviewEnd);
        task.state = TaskState.Submitted;

        emit ResultSubmitted(taskId, agentId, result, lateness, reviewEnd);
        // Without enough evaluators nobody will speak, and the worker is released.
        if (_byPool(task) && pool.seatCount() >= MarketMath.PANEL_SIZE) _convene(taskId, task);
    }

    /* EVALUATOR */

    /// @inheritdoc ITaskManager
    function evaluate(uint256 taskId, uint256 score) external {
        Task storage task = _taskIn(taskId, TaskState.Submitted);
        require(msg.sender == task.evaluator, NotEvaluator(taskId, msg.sender));
        _checkBefore(taskId, task.deadline);
        require(score <= MAX_SCORE, ScoreOutOfBounds(score, 0, MAX_SCORE));
        task.score = uint8(score);

        emit TaskEvaluated(taskId, msg.sender, score);
        if (score < task.passingScore) {
            uint256 disputeEnd = block.timestamp + task.reviewWindow;
            task.deadline = uint40(disputeEnd);
            task.state = TaskState.Rejected;

            emit TaskRejected(taskId, task.agentId, disputeEnd);
        } else {
            _settle(taskId, task, _deposit(task), 0, false);
            _report(taskId, task, score, task.weight, true);
        }
    }

    /* ANYONE, AFTER A DEADLINE */

    /// @inheritdoc ITaskManager
    function release(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Submitted);
        require(task.round == Round.None, WrongRound(taskId, task.round));
        _checkAfter(taskId, task.deadline);
        _settle(taskId, task, _deposit(task), 0, true);
        _report(taskId, task, 0, 0, true);
    }

    /// @inheritdoc ITaskManager
    function declareDefault(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Awarded);
        _checkAfter(taskId, task.deadline);
        uint256 agentId = task.agentId;
        uint256 bond = MarketMath.bondOf(task.reserve, task.bondPercent);
        bool succession = auction.runnerUpOf(taskId) != 0;
        uint256 takeOverEnd = succession ? block.timestamp + task.reviewWindow : 0;
        task.deadline = uint40(takeOverEnd);
        task.state = TaskState.Defaulted;

        emit TaskDefaulted(taskId, agentId, bond, takeOverEnd);
        ledger.pay(accountOfAgent(agentId), accountOf(task.requester), bond);
        _report(taskId, task, 0, task.weight, false);
        if (!succession) _refund(taskId, task, TaskState.Refunded, _deposit(task));
    }

    /// @inheritdoc ITaskManager
    function closeDefaulted(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Defaulted);
        _checkAfter(taskId, task.deadline);
        _refund(taskId, task, TaskState.Refunded, _deposit(task));
    }

    /// @inheritdoc ITaskManager
    function closeRejected(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Rejected);
        _checkAfter(taskId, task.deadline);
        _refuse(taskId, task, _deposit(task), 0);
        _report(taskId, task, task.score, task.weight, false);
    }

    /* VIEWS */

    /// @inheritdoc ITaskManager
    function getTask(uint256 taskId) external view returns (Task memory) {
        return _existing(taskId);
    }

    /// @inheritdoc ITaskManager
    function stateOf(uint256 taskId) external view returns (TaskState) {
        return _existing(taskId).state;
    }

    /// @inheritdoc ITaskManager
    function requesterOf(uint256 taskId) external view returns (address) {
        return _existing(taskId).requester;
    }

    /// @inheritdoc ITaskManager
    function depositOf(uint256 taskId) external view returns (uint256) {
        return _deposit(_existing(taskId));
    }

    /* INTERNAL */

    function _create(TaskParams calldata params) internal returns (uint256 taskId) {
        IMarketParameters.Parameters memory terms = parameters.current();
        _checkParams(params, terms);
        uint256 depth = params.parentId == 0 ? 0 : _checkParent(params);
        bool byPool = params.evaluator == address(pool);
        uint8 weight = _weightOf(params.mode, depth, byPool, terms.namedWeight);
        taskId = ++taskCount;
        Task storage task = _tasks[taskId];
        task.requester = msg.sender;
        task.reserve = uint48(params.reserve);
        task.createdAt = uint32(block.timestamp);
        task.bondPercent = terms.bondPercent;
        task.depth = uint8(depth);
        task.evaluator = params.evaluator;
        task.deliveryWindow = uint24(params.deliveryWindow);
        task.reviewWindow = uint24(params.reviewWindow);
        task.passingScore = params.passingScore;
        task.weight = weight;
        task.feeBps = terms.feeBps;
        task.seatFee = terms.seatFee;
        task.file = keccak256(abi.encode(params.specification, params.seal));

        emit TaskCreated(
            taskId,
            msg.sender,
            params.skill,
            params,
            terms.feeBps,
            terms.bondPercent,
            terms.seatFee,
            weight
        );
        ledger.lock(
            accountOf(msg.sender),
            params.reserve + _depositFor(params.reserve, terms.seatFee, byPool)
        );
        _openAuction(taskId, params, terms.bondPercent);
    }

    function _openAuction(uint256 taskId, TaskParams calldata params, uint8 bondPercent) internal {
        auction.open(
            taskId,
            IBidAuction.Auction({
                reserve: uint48(params.reserve),
                biddingEnd: uint32(block.timestamp + params.biddingWindow),
                revealWindow: uint24(params.revealWindow),
                skill: params.skill,
                mode: params.mode,
                bondPercent: bondPercent,
                committed: false
            })
        );
    }

    /// @dev What an evaluation counts: nothing where the requester chose the worker itself or is one.
    function _weightOf(
        AwardMode mode,
        uint256 depth,
        bool byPool,
        uint8 namedWeight
    ) internal pure returns (uint8) {
        if (mode == AwardMode.Direct || depth != 0) return 0;
        return byPool ? PANEL_WEIGHT : namedWeight;
    }

    /// @dev The percent of the time from promise to deadline that has passed, rounded up; 0 if the promise
    /// is kept. Called within the delivery window, so it is at most 100.
    function _lateness(Task storage task) internal view returns (uint256) {
        (uint256 promisedAt, uint256 deadline) = (task.promisedAt, task.deadline);
        if (block.timestamp <= promisedAt) return 0;
        uint256 slack = deadline - promisedAt;
        return ((block.timestamp - promisedAt) * PERCENT + slack - 1) / slack;
    }

    function _checkParams(
        TaskParams calldata params,
        IMarketParameters.Parameters memory terms
    ) internal view {
        require(params.specification != bytes32(0), EmptySpecification());
        require(params.seal != bytes32(0), EmptySeal());
        require(params.skill != bytes16(0), EmptySkill());
        require(params.evaluator != address(0), InvalidEvaluator());
        require(
            params.reserve >= MarketMath.MIN_RESERVE && params.reserve <= MarketMath.MAX_RESERVE,
            ReserveOutOfBounds(params.reserve, MarketMath.MIN_RESERVE, MarketMath.MAX_RESERVE)
        );
        require(
            params.passingScore >= 1 && params.passingScore <= MAX_SCORE,
            ScoreOutOfBounds(params.passingScore, 1, MAX_SCORE)
        );
        _checkWindow(params.biddingWindow, terms.minWindow, terms.maxWindow);
        _checkWindow(params.deliveryWindow, terms.minWindow, terms.maxWindow);
        _checkWindow(params.reviewWindow, terms.minWindow, terms.maxWindow);
        bool reveals = params.mode != AwardMode.OpenBid && params.mode != AwardMode.Direct;
        if (reveals) _checkWindow(params.revealWindow, terms.minWindow, terms.maxWindow);
        else _checkWindow(params.revealWindow, 0, 0);
        if (params.mode == AwardMode.Race) {
            require(params.evaluator.code.length != 0, EvaluatorNotContract(params.evaluator));
        }
    }

    /// @dev A part is paid by the worker, and a normal course of it ends before the whole is due.
    function _checkParent(TaskParams calldata params) internal view returns (uint256 depth) {
        uint256 parentId = params.parentId;
        Task storage parent = _taskIn(parentId, TaskState.Awarded);
        _checkWorker(parentId, parent.agentId);
        uint256 end =
            block.timestamp +
                params.biddingWindow +
                params.revealWindow +
                params.deliveryWindow +
                params.reviewWindow;
        require(end <= parent.deadline, EndsAfterParent(parentId, end, parent.deadline));
        depth = uint256(parent.depth) + 1;
        require(depth <= MAX_DEPTH, TooDeep(parentId, MAX_DEPTH));
    }

    function _checkWindow(uint256 window, uint256 minimum, uint256 maximum) internal pure {
        require(window >= minimum && window <= maximum, WindowOutOfBounds(window, minimum, maximum));
    }
}
