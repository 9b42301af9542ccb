// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice depositOf and fileOf.
contract ViewsTest is TaskTest {
    function testFuzzDepositOf(uint256 reserve, bool byPool) public {
        ITaskManager.TaskParams memory params = _params(bound(reserve, MIN_RESERVE, MAX_RESERVE));
        if (byPool) params.evaluator = address(pool);
        _fund(REQUESTER, PANEL_FEE);
        uint256 taskId = _post(params);
        uint256 tenth = (params.reserve + 9) / 10;
        vm.assertEq(tasks.depositOf(taskId), byPool ? PANEL_FEE + APPEAL_FEE : APPEAL_FEE + tenth, "deposit");
    }

    /// The task's own file is bound to all of its parts, before the result is there and after.
    function testFuzzFileOf(ITaskManager.File memory file) public {
        if (file.specification == 0) file.specification = SPECIFICATION;
        if (file.seal == 0) file.seal = SEAL;
        if (file.result == 0) file.result = RESULT;
        ITaskManager.TaskParams memory params = _params(RESERVE);
        (params.specification, params.seal) = (file.specification, file.seal);
        (uint256 taskId, ) = _award(params, RESERVE, PROMISE);
        bytes32 result = file.result;
        file.result = 0;
        vm.assertEq(tasks.getTask(taskId).file, tasks.fileOf(file), "before the result");

        _submit(taskId, result);
        file.result = result;
        vm.assertEq(tasks.getTask(taskId).file, tasks.fileOf(file), "with the result");
    }

    /// No two files are the same, least of all one with a result and one without.
    function testFuzzFileOfDistinct(ITaskManager.File memory a, ITaskManager.File memory b) public {
        vm.assume(keccak256(abi.encode(a)) != keccak256(abi.encode(b)));
        vm.assertTrue(tasks.fileOf(a) != tasks.fileOf(b), "distinct");
        ITaskManager.File memory forged = ITaskManager.File({
            specification: tasks.fileOf(ITaskManager.File(a.specification, a.seal, 0)),
            seal: a.result,
            result: 0
        });
        vm.assertTrue(tasks.fileOf(a) != tasks.fileOf(forged), "not with the result as the seal");
    }

    function testFuzzUnknownTask(uint256 taskId) public {
        bytes memory reason = abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, taskId);
        vm.expectRevert(reason);
        tasks.getTask(taskId);
        vm.expectRevert(reason);
        tasks.stateOf(taskId);
        vm.expectRevert(reason);
        tasks.requesterOf(taskId);
        vm.expectRevert(reason);
        tasks.depositOf(taskId);
    }
}
