// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";
import {IBidAuction} from "../interfaces/IBidAuction.sol";
import {IEvaluatorPool} from "../interfaces/IEvaluatorPool.sol";
import {IIncentiveEngine} from "../interfaces/IIncentiveEngine.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "../libraries/Account.sol";
import {MarketMath} from "../libraries/MarketMath.sol";

/// @notice What every step of a task's life needs: where tasks are kept, who is owed what, and how a task ends.
abstract contract TaskBase is ITaskManager {
    uint256 internal constant MAX_SCORE = 100;
    uint8 internal constant PANEL_WEIGHT = 100;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    IBidAuction public immutable auction;
    IIncentiveEngine public immutable incentives;
    IEvaluatorPool public immutable pool;

    /// @notice The account that fees go to.
    Account public immutable treasury;

    mapping(uint256 => Task) internal _tasks;

    constructor(Wiring memory wiring, address treasury_) {
        require(treasury_ != address(0), InvalidTreasury());
        ledger = wiring.ledger;
        registry = wiring.registry;
        auction = wiring.auction;
        incentives = wiring.incentives;
        pool = wiring.pool;
        treasury = accountOf(treasury_);
    }

    /* ENDS */

    /// @dev Pays the worker and frees the rest of what both have locked for the task.
    /// @param deposit What is left of the requester's deposit, to be freed.
    /// @param fees What the worker has locked beside its bond, to be freed.
    function _settle(uint256 taskId, Task storage task, uint256 deposit, uint256 fees, bool silent) internal {
        (uint256 agentId, uint256 price, uint256 reserve) = (task.agentId, task.price, task.reserve);
        Account worker = accountOfAgent(agentId);
        Account requester = accountOf(task.requester);
        uint256 fee = MarketMath.feeOf(price, task.feeBps);
        uint256 rest = reserve - price + deposit;
        uint256 bond = MarketMath.bondOf(reserve, task.bondPercent);
        task.state = TaskState.Settled;

        emit TaskSettled(taskId, agentId, price, fee, silent);
        ledger.pay(requester, worker, price - fee);
        if (fee != 0) ledger.pay(requester, treasury, fee);
        if (rest != 0) ledger.unlock(requester, rest);
        ledger.unlock(worker, bond + fees);
    }

    /// @dev Burns half of the bond and frees the rest of what both have locked for the task.
    function _refuse(uint256 taskId, Task storage task, uint256 deposit, uint256 fees) internal {
        Account worker = accountOfAgent(task.agentId);
        uint256 bond = MarketMath.bondOf(task.reserve, task.bondPercent);
        uint256 burned = MarketMath.rejectionBurnOf(bond);

        ledger.burn(worker, burned);
        ledger.unlock(worker, bond - burned + fees);
        _refund(taskId, task, TaskState.Refunded, deposit);
    }

    function _refund(uint256 taskId, Task storage task, TaskState end, uint256 deposit) internal {
        uint256 amount = task.reserve + deposit;
        task.state = end;

        emit TaskRefunded(taskId, amount);
        ledger.unlock(accountOf(task.requester), amount);
    }

    /// @param weight What the score counts for the worker's reputation, in percent.
    function _report(uint256 taskId, Task storage task, uint256 score, uint8 weight, bool settled) internal {
        incentives.report(
            IIncentiveEngine.Outcome({
                agentId: task.agentId,
                epoch: task.epoch,
                skill: auction.skillOf(taskId),
                client: task.requester,
                price: task.price,
                score: score,
                lateness: task.lateness,
                weight: weight,
                settled: settled
            })
        );
    }

    /* AMOUNTS */

    /// @dev The larger panel's fee, which each party of a dispute has locked.
    function _appealFee(Task storage task) internal view returns (uint256) {
        return MarketMath.panelFeeOf(MarketMath.APPEAL_SIZE, task.seatFee);
    }

    function _panelFee(Task storage task) internal view returns (uint256) {
        return MarketMath.panelFeeOf(MarketMath.PANEL_SIZE, task.seatFee);
    }

    function _byPool(Task storage task) internal view returns (bool) {
        return task.evaluator == address(pool);
    }

    function _deposit(Task storage task) internal view returns (uint256) {
        return _depositFor(task.reserve, task.seatFee, _byPool(task));
    }

    function _depositFor(uint256 reserve, uint256 seatFee, bool byPool) internal pure returns (uint256) {
        uint256 appealFee = MarketMath.panelFeeOf(MarketMath.APPEAL_SIZE, seatFee);
        if (byPool) return appealFee + MarketMath.panelFeeOf(MarketMath.PANEL_SIZE, seatFee);
        return appealFee + MarketMath.compensationOf(reserve);
    }

    /* FILES */

    /// @dev Three words, where a file with a result hashes two: nobody can pass a result off as a seal.
    function _agreed(bytes32 specification, bytes32 seal) internal pure returns (bytes32) {
        return keccak256(abi.encode(specification, seal, bytes32(0)));
    }

    /* CHECKS */

    function _checkWorker(uint256 taskId, uint256 agentId) internal view {
        require(registry.canAct(agentId, msg.sender), NotWorker(taskId, msg.sender));
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
        task = _tasks[taskId];
        // A task that does not exist looks like one that is open, and like no other.
        if (state == TaskState.Open || task.state != state) _existing(taskId);
        require(task.state == state, WrongState(taskId, task.state));
    }
}
