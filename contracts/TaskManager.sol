// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "./interfaces/IIncentiveEngine.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "./libraries/Account.sol";
import {MarketMath} from "./libraries/MarketMath.sol";

/// @notice See {ITaskManager}, where everything is documented.
contract TaskManager is ITaskManager, AccessControl {
    bytes32 public constant PARAMETERS_ROLE = keccak256("PARAMETERS_ROLE");

    uint256 public constant MAX_FEE_BPS = 1_000;
    uint256 public constant MAX_WINDOW = 30 days;
    uint256 private constant MAX_SCORE = 100;
    uint256 private constant PERCENT = 100;

    /// @dev A named evaluator can be the requester in disguise, so its word counts a quarter.
    uint8 private constant NAMED_WEIGHT = 25;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    IBidAuction public immutable auction;
    IIncentiveEngine public immutable incentives;

    /// @notice The account that fees go to.
    Account public immutable treasury;

    /// @notice The shortest window, in seconds: a few blocks of the chain deployed on.
    uint256 public immutable minWindow;

    /// @notice The fee of the next task, in basis points of its price.
    uint256 public feeBps;

    /// @inheritdoc ITaskManager
    uint256 public taskCount;

    mapping(uint256 => Task) private _tasks;

    constructor(Wiring memory wiring, address admin, address treasury_, uint256 minWindow_, uint256 feeBps_) {
        require(address(wiring.tasks) == address(this), Miswired(address(wiring.tasks), address(this)));
        require(treasury_ != address(0), InvalidTreasury());
        ledger = wiring.ledger;
        registry = wiring.registry;
        auction = wiring.auction;
        incentives = wiring.incentives;
        treasury = accountOf(treasury_);
        minWindow = minWindow_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _setFee(feeBps_);
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
        require(!auction.hasCommitments(taskId), HasCommitments(taskId));
        task.state = TaskState.Cancelled;

        emit TaskCancelled(taskId);
        _refund(taskId, task);
    }

    /* AUCTION */

    /// @inheritdoc ITaskManager
    function award(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) external {
        require(msg.sender == address(auction), NotAuction(msg.sender));
        Task storage task = _taskIn(taskId, TaskState.Open);
        uint256 promisedAt = block.timestamp + promised;
        uint256 deadline = block.timestamp + task.deliveryWindow;
        task.agentId = uint64(agentId);
        task.price = uint88(price);
        task.deadline = uint40(deadline);
        task.promisedAt = uint40(promisedAt);
        task.state = TaskState.Awarded;

        emit TaskAwarded(taskId, agentId, price, promisedAt, deadline);
    }

    /// @inheritdoc ITaskManager
    function expire(uint256 taskId) external {
        require(msg.sender == address(auction), NotAuction(msg.sender));
        Task storage task = _taskIn(taskId, TaskState.Open);
        task.state = TaskState.Expired;

        emit TaskExpired(taskId);
        _refund(taskId, task);
    }

    /* WORKER */

    /// @inheritdoc ITaskManager
    function submit(uint256 taskId, bytes32 result) external {
        Task storage task = _taskIn(taskId, TaskState.Awarded);
        uint256 agentId = task.agentId;
        require(registry.canAct(agentId, msg.sender), NotWorker(taskId, msg.sender));
        _checkBefore(taskId, task.deadline);
        require(result != bytes32(0), EmptyResult());
        uint256 lateness = _lateness(task);
        uint256 reviewEnd = block.timestamp + task.reviewWindow;
        task.result = result;
        task.lateness = uint8(lateness);
        task.deadline = uint40(reviewEnd);
        task.state = TaskState.Submitted;

        emit ResultSubmitted(taskId, agentId, result, lateness, reviewEnd);
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
            _settle(taskId, task, false);
            _report(task, score, true);
        }
    }

    /* ANYONE, AFTER A DEADLINE */

    /// @inheritdoc ITaskManager
    function release(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Submitted);
        _checkAfter(taskId, task.deadline);
        _settle(taskId, task, true);
    }

    /// @inheritdoc ITaskManager
    function declareDefault(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Awarded);
        _checkAfter(taskId, task.deadline);
        uint256 agentId = task.agentId;
        uint256 bond = MarketMath.bondOf(task.reserve);
        task.state = TaskState.Refunded;

        emit TaskDefaulted(taskId, agentId, bond);
        ledger.pay(accountOfAgent(agentId), accountOf(task.requester), bond);
        _refund(taskId, task);
        _report(task, 0, false);
    }

    /// @inheritdoc ITaskManager
    function closeRejected(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Rejected);
        _checkAfter(taskId, task.deadline);
        Account worker = accountOfAgent(task.agentId);
        uint256 bond = MarketMath.bondOf(task.reserve);
        uint256 burned = MarketMath.rejectionBurnOf(bond);
        task.state = TaskState.Refunded;

        ledger.burn(worker, burned);
        ledger.unlock(worker, bond - burned);
        _refund(taskId, task);
        _report(task, task.score, false);
    }

    /* PARAMETERS */

    /// @inheritdoc ITaskManager
    function setFee(uint256 feeBps_) external onlyRole(PARAMETERS_ROLE) {
        _setFee(feeBps_);
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
    function termsOf(uint256 taskId) external view returns (AuctionTerms memory) {
        Task storage task = _existing(taskId);
        uint256 biddingEnd = task.biddingEnd;
        return
            AuctionTerms({
                open: task.state == TaskState.Open,
                mode: task.mode,
                evaluator: task.evaluator,
                skill: task.skill,
                reserve: task.reserve,
                biddingEnd: biddingEnd,
                revealEnd: biddingEnd + task.revealWindow,
                deliveryWindow: task.deliveryWindow
            });
    }

    /* INTERNAL */

    function _create(TaskParams calldata params) internal returns (uint256 taskId) {
        _checkParams(params);
        uint256 escrow = params.reserve + MarketMath.depositOf(params.reserve);
        taskId = ++taskCount;
        Task storage task = _tasks[taskId];
        task.requester = msg.sender;
        task.reserve = uint88(params.reserve);
        task.mode = params.mode;
        task.evaluator = params.evaluator;
        task.biddingEnd = uint40(block.timestamp + params.biddingWindow);
        task.revealWindow = uint24(params.revealWindow);
        task.deliveryWindow = params.deliveryWindow;
        task.skill = params.skill;
        task.reviewWindow = params.reviewWindow;
        task.passingScore = params.passingScore;
        task.feeBps = uint16(feeBps);
        task.specification = params.specification;

        emit TaskCreated(taskId, msg.sender, params.skill, params, feeBps);
        ledger.lock(accountOf(msg.sender), escrow);
    }

    /// @dev Pays the worker, frees what is left of the escrow, and gives the bond back.
    function _settle(uint256 taskId, Task storage task, bool silent) internal {
        (uint256 agentId, uint256 price, uint256 reserve) = (task.agentId, task.price, task.reserve);
        Account worker = accountOfAgent(agentId);
        Account requester = accountOf(task.requester);
        uint256 fee = MarketMath.feeOf(price, task.feeBps);
        uint256 rest = reserve + MarketMath.depositOf(reserve) - price;
        task.state = TaskState.Settled;

        emit TaskSettled(taskId, agentId, price, fee, silent);
        ledger.pay(requester, worker, price - fee);
        if (fee != 0) ledger.pay(requester, treasury, fee);
        ledger.unlock(requester, rest);
        ledger.unlock(worker, MarketMath.bondOf(reserve));
    }

    function _refund(uint256 taskId, Task storage task) internal {
        uint256 reserve = task.reserve;
        uint256 escrow = reserve + MarketMath.depositOf(reserve);

        emit TaskRefunded(taskId, escrow);
        ledger.unlock(accountOf(task.requester), escrow);
    }

    function _report(Task storage task, uint256 score, bool settled) internal {
        uint256 agentId = task.agentId;
        incentives.report(
            IIncentiveEngine.Outcome({
                agentId: agentId,
                epoch: registry.ownershipEpoch(agentId),
                skill: task.skill,
                client: task.requester,
                price: task.price,
                score: score,
                lateness: task.lateness,
                weight: NAMED_WEIGHT,
                settled: settled
            })
        );
    }

    function _setFee(uint256 feeBps_) internal {
        require(feeBps_ <= MAX_FEE_BPS, FeeTooHigh(feeBps_, MAX_FEE_BPS));
        feeBps = feeBps_;

        emit FeeSet(feeBps_);
    }

    /// @dev The percent of the time from promise to deadline that has passed, rounded up; 0 if the promise
    /// is kept. Called within the delivery window, so it is at most 100.
    function _lateness(Task storage task) internal view returns (uint256) {
        (uint256 promisedAt, uint256 deadline) = (task.promisedAt, task.deadline);
        if (block.timestamp <= promisedAt) return 0;
        uint256 slack = deadline - promisedAt;
        return ((block.timestamp - promisedAt) * PERCENT + slack - 1) / slack;
    }

    function _checkParams(TaskParams calldata params) internal view {
        require(params.specification != bytes32(0), EmptySpecification());
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
        _checkWindow(params.biddingWindow);
        _checkWindow(params.revealWindow);
        _checkWindow(params.deliveryWindow);
        _checkWindow(params.reviewWindow);
    }

    function _checkWindow(uint256 window) internal view {
        require(
            window >= minWindow && window <= MAX_WINDOW,
            WindowOutOfBounds(window, minWindow, MAX_WINDOW)
        );
    }

    function _checkBefore(uint256 taskId, uint256 end) internal view {
        require(block.timestamp < end, WindowClosed(taskId, end, block.timestamp));
    }

    function _checkAfter(uint256 taskId, uint256 end) internal view {
        require(block.timestamp >= end, WindowOpen(taskId, end, block.timestamp));
    }

    function _existing(uint256 taskId) internal view returns (Task storage task) {
        task = _tasks[taskId];
        require(task.requester != address(0), TaskNotFound(taskId));
    }

    function _taskIn(uint256 taskId, TaskState state) internal view returns (Task storage task) {
        task = _existing(taskId);
        require(task.state == state, WrongState(taskId, task.state));
    }
}
