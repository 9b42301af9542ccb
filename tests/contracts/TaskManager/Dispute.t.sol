// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DisputeTest is CaseTest {
    uint256 internal constant MAX_WORK = 32_768;

    function testFuzzDispute(Seeds memory seeds, Odds memory odds, uint256 elapsed) public {
        _beginFrom(seeds, odds, EVALUATOR);
        _reject();
        ITaskManager.Task memory task = tasks.getTask(taskId);
        uint256 time = bound(elapsed, block.timestamp, task.deadline - 1);
        vm.warp(time);
        uint256 free = _freeOf(worker);

        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskDisputed(taskId, agentId, time + task.reviewWindow, WORK);
        vm.expectEmit(address(ledger));
        emit ILedger.Locked(worker, appealFee);
        _dispute();

        task.deadline = uint40(time + task.reviewWindow);
        task.state = ITaskManager.TaskState.Disputed;
        task.round = ITaskManager.Round.Convened;
        _assertTask(taskId, task);
        _assertBalance(worker, free - appealFee, bond + appealFee, "worker");
        vm.assertEq(_lockedOf(requester), task.reserve + tasks.depositOf(taskId), "requester");
        _assertConvened(task);
    }

    /// @dev Three seats, all taken before the task, and a lot that the worker bound itself to with its bid.
    function _assertConvened(ITaskManager.Task memory task) internal {
        PoolStub.Asked memory asked = pool.asked(address(tasks), taskId);
        IEvaluatorPool.Case memory request = IEvaluatorPool.Case({
            caseId: taskId,
            size: 3,
            fee: panelFee,
            bornBefore: task.createdAt,
            window: task.reviewWindow,
            entropy: auction.entropyOf(taskId, agentId)
        });
        vm.assertEq(abi.encode(asked.request), abi.encode(request), "case");
        vm.assertEq(asked.secret, bytes32(0), "nobody is drawn yet");
    }

    function testDisputeUntilTheDeadline() public {
        _begin(EVALUATOR);
        _reject();
        _testUntilDeadline(_dispute);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Disputed), "state");
    }

    function testFuzzDisputeNotWorker(address caller) public {
        vm.assume(caller != WORKER);
        _begin(EVALUATOR);
        _reject();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotWorker.selector, taskId, caller));
        vm.prank(caller);
        tasks.dispute(taskId, _file(), WORK);
    }

    /// Any bytes are work, and no other bytes are the same work.
    function testFuzzDisputeShowsTheWork(bytes memory work, bytes memory other) public {
        vm.assume(keccak256(work) != keccak256(other));
        _begin(EVALUATOR);
        ITaskManager.File memory file = _rejectWork(work);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskManager.WrongWork.selector, taskId, sha256(work), sha256(other))
        );
        vm.prank(WORKER);
        tasks.dispute(taskId, file, other);

        vm.prank(WORKER);
        tasks.dispute(taskId, file, work);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Disputed), "state");
    }

    function testDisputeOfTheLongestWork() public {
        _begin(EVALUATOR);
        bytes memory work = new bytes(MAX_WORK);
        ITaskManager.File memory file = _rejectWork(work);
        vm.prank(WORKER);
        tasks.dispute(taskId, file, work);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Disputed), "state");
    }

    function testFuzzDisputeWorkTooLong(uint256 length) public {
        length = bound(length, MAX_WORK + 1, MAX_WORK + 1_000);
        _begin(EVALUATOR);
        bytes memory work = new bytes(length);
        ITaskManager.File memory file = _rejectWork(work);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WorkTooLong.selector, length, MAX_WORK));
        vm.prank(WORKER);
        tasks.dispute(taskId, file, work);
    }

    function _rejectWork(bytes memory work) internal returns (ITaskManager.File memory file) {
        file = _file();
        file.result = sha256(work);
        _submit(taskId, file.result);
        _evaluate(taskId, 0);
    }

    function testFuzzDisputeWrongFile(ITaskManager.File memory file) public {
        vm.assume(keccak256(abi.encode(file)) != keccak256(abi.encode(_file())));
        _begin(EVALUATOR);
        _reject();
        ITaskManager.File[4] memory files = [file, _file(), _file(), _file()];
        files[1].specification = ~SPECIFICATION;
        files[2].seal = ~SEAL;
        files[3].result = 0;
        for (uint256 i = 0; i < 4; i++) {
            vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongFile.selector, taskId));
            vm.prank(WORKER);
            tasks.dispute(taskId, files[i], WORK);
        }
    }

    function testFuzzDisputeWithTooFewCredits(uint256 free) public {
        _begin(EVALUATOR);
        _reject();
        free = bound(free, 0, APPEAL_FEE - 1);
        uint256 spare = _freeOf(worker) - free;
        vm.prank(WORKER);
        ledger.withdraw(worker, WORKER, spare);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InsufficientFree.selector, worker, free, APPEAL_FEE));
        _dispute();
    }

    function testFuzzDisputeWithTooFewSeats(uint256 seats) public {
        _begin(EVALUATOR);
        _reject();
        _expectTooFewSeats(3, bound(seats, 0, 2));
        _dispute();
    }
}
