// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IArbitratorEvaluator} from "../interfaces/IArbitratorEvaluator.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";

/// @notice See {IArbitratorEvaluator}, where everything is documented.
contract ArbitratorEvaluator is IArbitratorEvaluator {
    uint256 public constant CHOICES = 2;
    uint256 private constant ACCEPTED = 1;
    uint256 private constant BEST_SCORE = 100;
    uint256 private constant META_EVIDENCE = 0;

    ITaskManager public immutable tasks;
    IArbitrator public immutable arbitrator;

    /// @notice What the arbitrator is told with each dispute: the court, the number of jurors, as it wants it.
    bytes public extraData;

    /// @inheritdoc IArbitratorEvaluator
    mapping(uint256 disputeId => uint256) public taskOf;

    /// @inheritdoc IArbitratorEvaluator
    mapping(uint256 taskId => bool) public requested;

    /// @inheritdoc IArbitratorEvaluator
    mapping(address payer => uint256) public excessOf;

    constructor(
        ITaskManager tasks_,
        IArbitrator arbitrator_,
        bytes memory extraData_,
        string memory metaEvidence
    ) {
        tasks = tasks_;
        arbitrator = arbitrator_;
        extraData = extraData_;

        emit MetaEvidence(META_EVIDENCE, metaEvidence);
    }

    /* ANYONE */

    /// @inheritdoc IArbitratorEvaluator
    function request(uint256 taskId) external payable returns (uint256 disputeId) {
        ITaskManager.Task memory task = tasks.getTask(taskId);
        require(task.evaluator == address(this), NotEvaluatorOf(taskId, task.evaluator));
        require(_isInReview(task), NotInReview(taskId));
        require(!requested[taskId], AlreadyRequested(taskId));
        uint256 cost = costOf();
        require(msg.value >= cost, CostNotCovered(msg.value, cost));
        requested[taskId] = true;
        excessOf[msg.sender] += msg.value - cost;

        // The events need the dispute's number, which the arbitrator gives.
        disputeId = arbitrator.createDispute{value: cost}(CHOICES, extraData);
        taskOf[disputeId] = taskId;

        emit RulingRequested(taskId, disputeId, msg.sender, cost);
        emit Dispute(arbitrator, disputeId, META_EVIDENCE, taskId);
    }

    /// @inheritdoc IArbitratorEvaluator
    function submitEvidence(uint256 taskId, string calldata evidence) external {
        emit Evidence(arbitrator, taskId, msg.sender, evidence);
    }

    /// @inheritdoc IArbitratorEvaluator
    function withdrawExcess() external {
        uint256 amount = excessOf[msg.sender];
        require(amount != 0, NothingToWithdraw(msg.sender));
        excessOf[msg.sender] = 0;

        emit ExcessWithdrawn(msg.sender, amount);
        (bool taken, ) = msg.sender.call{value: amount}("");
        require(taken, NotTaken(msg.sender, amount));
    }

    /* ARBITRATOR */

    /// @inheritdoc IArbitrable
    function rule(uint256 disputeId, uint256 ruling) external {
        require(msg.sender == address(arbitrator), NotArbitrator(msg.sender));
        uint256 taskId = taskOf[disputeId];
        require(taskId != 0, DisputeNotFound(disputeId));
        require(ruling <= CHOICES, InvalidRuling(ruling, CHOICES));
        bool passedOn = ruling != 0 && _isInReview(tasks.getTask(taskId));
        delete taskOf[disputeId];

        emit Ruling(arbitrator, disputeId, ruling);
        emit RulingReceived(taskId, ruling, passedOn);
        // Asked first instead of tried: who pays for the gas could let a try fail by giving too little.
        if (passedOn) tasks.evaluate(taskId, ruling == ACCEPTED ? BEST_SCORE : 0);
    }

    /* VIEWS */

    /// @inheritdoc IArbitratorEvaluator
    function costOf() public view returns (uint256) {
        return arbitrator.arbitrationCost(extraData);
    }

    /* INTERNAL */

    function _isInReview(ITaskManager.Task memory task) internal view returns (bool) {
        return task.state == ITaskManager.TaskState.Submitted && block.timestamp < task.deadline;
    }
}
