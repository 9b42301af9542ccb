// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArbitratorEvaluator} from "../../../contracts/adapters/ArbitratorEvaluator.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {MockArbitrator} from "../mocks/MockArbitrator.sol";
import {TaskTest} from "./TaskTest.sol";
import {vm} from "./Vm.sol";

/// @notice A delivered task whose evaluator is the adapter, and an arbitrator who charges by the byte.
abstract contract ArbitrationTest is TaskTest {
    bytes internal constant EXTRA_DATA = "court 34, seven jurors";
    string internal constant META_EVIDENCE = "ipfs://what-the-rulings-mean";
    uint256 internal constant COST = 22 gwei;

    MockArbitrator internal arbitrator;
    ArbitratorEvaluator internal adapter;
    uint256 internal taskId;

    function setUp() public virtual override {
        super.setUp();
        arbitrator = new MockArbitrator();
        adapter = new ArbitratorEvaluator(tasks, arbitrator, EXTRA_DATA, META_EVIDENCE);
        // Disputes count from zero; so that no number is right by chance, one is another's.
        arbitrator.createDispute(2, "");
        taskId = _deliverToAdapter();
        vm.deal(OUTSIDER, 1 ether);
    }

    function _deliverToAdapter() internal returns (uint256 delivered) {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.evaluator = address(adapter);
        (delivered, ) = _award(params, RESERVE, PROMISE);
        _submit(delivered, RESULT);
    }

    function _request(uint256 value) internal returns (uint256 disputeId) {
        vm.prank(OUTSIDER);
        return adapter.request{value: value}(taskId);
    }

    function _reviewEnd() internal view returns (uint256) {
        return tasks.getTask(taskId).deadline;
    }
}
