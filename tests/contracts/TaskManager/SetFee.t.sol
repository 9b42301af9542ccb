// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetFeeTest is TaskTest {
    function testFuzzSetFee(uint256 feeBps) public {
        feeBps = bound(feeBps, 0, MAX_FEE_BPS);
        vm.expectEmit(address(tasks));
        emit ITaskManager.FeeSet(feeBps);
        vm.prank(ADMIN);
        tasks.setFee(feeBps);

        vm.assertEq(tasks.feeBps(), feeBps, "fee");
        vm.assertEq(uint256(tasks.getTask(_post(RESERVE)).feeBps), feeBps, "fee of a new task");
    }

    function testFuzzSetFeeTooHigh(uint256 feeBps) public {
        feeBps = bound(feeBps, MAX_FEE_BPS + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.FeeTooHigh.selector, feeBps, MAX_FEE_BPS));
        vm.prank(ADMIN);
        tasks.setFee(feeBps);
    }

    function testFuzzSetFeeNotAllowed(address caller, uint256 feeBps) public {
        vm.assume(caller != ADMIN);
        bytes32 role = tasks.PARAMETERS_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role)
        );
        vm.prank(caller);
        tasks.setFee(feeBps);
    }

    /// A task keeps the fee it was created under, whenever the change comes.
    function testFuzzSetFeeLeavesRunningTasks(uint256 feeBps, uint256 phase) public {
        feeBps = bound(feeBps, 0, MAX_FEE_BPS);
        phase = bound(phase, 0, 2);
        uint256 taskId = _post(RESERVE);
        uint256 agentId = _registerBidder(WORKER, RESERVE);
        if (phase == 0) _setFee(feeBps);
        _commit(taskId, agentId, RESERVE);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        _warpToFinalize(taskId);
        if (phase == 1) _setFee(feeBps);
        auction.finalize(taskId);
        _submit(taskId, RESULT);
        if (phase == 2) _setFee(feeBps);
        _evaluate(taskId, 100);

        uint256 fee = (RESERVE * FEE_BPS) / BPS;
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.assertEq(uint256(task.feeBps), FEE_BPS, "fee of the task");
        _assertParties(task, RESERVE / 10, RESERVE - fee + RESERVE / 10, fee);
    }

    function _setFee(uint256 feeBps) internal {
        vm.prank(ADMIN);
        tasks.setFee(feeBps);
    }
}
