// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TaskBase} from "./TaskBase.sol";
import {IEvaluatorPool} from "../interfaces/IEvaluatorPool.sol";
import {IPanelClient} from "../interfaces/IPanelClient.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../libraries/Account.sol";
import {MarketMath} from "../libraries/MarketMath.sol";

/// @notice Panels: a worker's dispute or the pool's own evaluation, the verdict, and one appeal.
/// @dev In a dispute both parties have the larger panel's fee locked. The first panel's fee is taken out of the loser's,
/// which tops it up if it appeals; so whoever loses the appeal can pay it. Where the pool evaluates, the requester
/// pays the first panel whatever it finds, and has the second fee locked beside it.
abstract contract TaskDisputes is TaskBase {
    /// @notice The longest work that can be shown in a dispute, in bytes.
    uint256 public constant MAX_WORK = 32_768;

    /* PARTIES */

    /// @inheritdoc ITaskManager
    function dispute(uint256 taskId, File calldata file, bytes calldata work) external {
        Task storage task = _taskIn(taskId, TaskState.Rejected);
        uint256 agentId = task.agentId;
        _checkWorker(taskId, agentId);
        _checkBefore(taskId, task.deadline);
        require(fileOf(file) == task.file, WrongFile(taskId));
        require(work.length <= MAX_WORK, WorkTooLong(work.length, MAX_WORK));
        bytes32 digest = sha256(work);
        require(digest == file.result, WrongWork(taskId, file.result, digest));
        uint256 unsealEnd = block.timestamp + task.reviewWindow;
        task.deadline = uint40(unsealEnd);
        task.state = TaskState.Disputed;

        emit TaskDisputed(taskId, agentId, unsealEnd, work);
        ledger.lock(accountOfAgent(agentId), _appealFee(task));
        _convene(taskId, task);
    }

    /// @inheritdoc ITaskManager
    function unseal(uint256 taskId, File calldata file, bytes32 secret) external {
        Task storage task = _existing(taskId);
        require(task.round == Round.Convened, WrongRound(taskId, task.round));
        _checkBefore(taskId, task.deadline);
        require(fileOf(file) == task.file, WrongFile(taskId));
        require(keccak256(abi.encode(secret)) == file.seal, WrongSecret(taskId));
        task.round = Round.Unsealed;

        emit SecretShown(taskId, secret);
        pool.unseal(taskId, secret);
    }

    /// @inheritdoc ITaskManager
    function appeal(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Ruled);
        _checkBefore(taskId, task.deadline);
        bool passed = _passed(task);
        address requester = task.requester;
        uint256 agentId = task.agentId;
        bool appellant = passed ? msg.sender == requester : registry.canAct(agentId, msg.sender);
        require(appellant, NotAppellant(taskId, msg.sender));
        uint256 fee = _appealFee(task);
        task.state = TaskState.Disputed;
        task.round = Round.Appeal;

        emit TaskAppealed(taskId, msg.sender);
        Account account = passed ? accountOf(requester) : accountOfAgent(agentId);
        ledger.lock(account, _byPool(task) ? fee : _panelFee(task));
        pool.reconvene(taskId, MarketMath.APPEAL_SIZE, fee);
    }

    /* POOL */

    /// @inheritdoc IPanelClient
    function rule(uint256 taskId, bool decided, uint256 score) external returns (Account payer) {
        require(msg.sender == address(pool), NotPool(msg.sender));
        Task storage task = _existing(taskId);
        Round round = task.round;
        if (round == Round.Appeal) return _ruleAppeal(taskId, task, decided, score);
        require(round == Round.Unsealed, WrongRound(taskId, round));
        if (!decided) {
            _settle(taskId, task, _deposit(task), _byPool(task) ? 0 : _appealFee(task), true);
            _report(taskId, task, 0, 0, true);
            return payer;
        }
        task.score = uint8(score);
        bool passed = _passed(task);
        payer = passed || _byPool(task) ? accountOf(task.requester) : accountOfAgent(task.agentId);
        if (passed && _byPool(task)) {
            emit TaskRuled(taskId, score, round, 0);
            _settle(taskId, task, _appealFee(task), 0, false);
            _reportPanel(taskId, task, true);
        } else {
            uint256 appealEnd = block.timestamp + task.reviewWindow;
            task.deadline = uint40(appealEnd);
            task.state = TaskState.Ruled;

            emit TaskRuled(taskId, score, round, appealEnd);
        }
    }

    /* ANYONE, AFTER A DEADLINE */

    /// @inheritdoc ITaskManager
    function closeSealed(uint256 taskId) external {
        Task storage task = _existing(taskId);
        require(task.round == Round.Convened, WrongRound(taskId, task.round));
        _checkAfter(taskId, task.deadline);
        task.round = Round.None;
        uint256 deposit = _deposit(task);
        if (_byPool(task)) {
            _settle(taskId, task, deposit, 0, true);
        } else {
            deposit -= _compensate(taskId, task);
            _settle(taskId, task, deposit, _appealFee(task), true);
        }
        _report(taskId, task, 0, 0, true);
    }

    /// @inheritdoc ITaskManager
    function closeRuled(uint256 taskId) external {
        Task storage task = _taskIn(taskId, TaskState.Ruled);
        _checkAfter(taskId, task.deadline);
        uint256 appealFee = _appealFee(task);
        uint256 lost = _byPool(task) ? appealFee : appealFee - _panelFee(task);
        if (_passed(task)) _conclude(taskId, task, lost, appealFee);
        else _conclude(taskId, task, appealFee, _byPool(task) ? 0 : lost);
    }

    /* VIEWS */

    /// @inheritdoc ITaskManager
    function fileOf(File calldata file) public pure returns (bytes32 hash) {
        hash = keccak256(abi.encode(file.specification, file.seal));
        if (file.result != bytes32(0)) hash = keccak256(abi.encode(hash, file.result));
    }

    /* INTERNAL */

    function _convene(uint256 taskId, Task storage task) internal {
        task.round = Round.Convened;

        emit PanelConvened(taskId);
        pool.convene(
            IEvaluatorPool.Case({
                caseId: taskId,
                size: MarketMath.PANEL_SIZE,
                fee: _panelFee(task),
                bornBefore: task.createdAt,
                window: task.reviewWindow,
                entropy: auction.entropyOf(taskId, task.agentId)
            })
        );
    }

    /// @dev Where no quorum hears the appeal, the first verdict stands and nobody pays.
    function _ruleAppeal(
        uint256 taskId,
        Task storage task,
        bool decided,
        uint256 score
    ) internal returns (Account payer) {
        require(task.state == TaskState.Disputed, WrongState(taskId, task.state));
        uint256 appealFee = _appealFee(task);
        if (!decided) {
            _conclude(taskId, task, appealFee, appealFee);
            return payer;
        }
        task.score = uint8(score);

        emit TaskRuled(taskId, score, Round.Appeal, 0);
        if (_passed(task)) {
            payer = accountOf(task.requester);
            _conclude(taskId, task, 0, appealFee);
        } else {
            payer = accountOfAgent(task.agentId);
            _conclude(taskId, task, appealFee, 0);
        }
    }

    /// @dev Ends a task by the verdict that stands.
    /// @param requesterFee What is left of the requester's panel fee, to be freed.
    /// @param workerFee What is left of the worker's panel fee, to be freed.
    function _conclude(uint256 taskId, Task storage task, uint256 requesterFee, uint256 workerFee) internal {
        bool passed = _passed(task);
        uint256 compensation = _byPool(task) ? 0 : MarketMath.compensationOf(task.reserve);
        if (passed) {
            if (compensation != 0) _compensate(taskId, task);
            _settle(taskId, task, requesterFee, workerFee, false);
        } else {
            _refuse(taskId, task, requesterFee + compensation, workerFee);
        }
        _reportPanel(taskId, task, passed);
    }

    function _compensate(uint256 taskId, Task storage task) internal returns (uint256 amount) {
        uint256 agentId = task.agentId;
        amount = MarketMath.compensationOf(task.reserve);

        emit WorkerCompensated(taskId, agentId, amount);
        ledger.pay(accountOf(task.requester), accountOfAgent(agentId), amount);
    }

    /// @dev A panel counts in full, but not where an evaluation counts nothing.
    function _reportPanel(uint256 taskId, Task storage task, bool settled) internal {
        _report(taskId, task, task.score, task.weight == 0 ? 0 : PANEL_WEIGHT, settled);
    }

    function _passed(Task storage task) internal view returns (bool) {
        return task.score >= task.passingScore;
    }
}
