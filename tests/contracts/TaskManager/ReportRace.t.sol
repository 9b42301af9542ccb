// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReportRaceTest is TaskTest {
    /// The record learns of it, and nothing else changes.
    function testFuzzReportRace(uint256 reserve, uint32 epoch, uint256 score) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        score = bound(score, 0, 100);
        uint256 taskId = _postRace(reserve);
        uint256 agentId = _register(WORKER);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        IIncentiveEngine.Outcome memory outcome = IIncentiveEngine.Outcome({
            agentId: agentId,
            epoch: epoch,
            skill: SKILL,
            client: REQUESTER,
            price: reserve,
            score: score,
            lateness: 0,
            weight: 100,
            settled: false
        });
        vm.expectCall(address(incentives), abi.encodeCall(IIncentiveEngine.report, (outcome)));
        _report(tasks.race(), taskId, agentId, epoch, score);

        _assertTask(taskId, task);
        _assertBalance(accountOf(REQUESTER), 0, reserve + PANEL_FEE + APPEAL_FEE, "requester");
    }

    function testFuzzReportRaceNotRace(address caller) public {
        vm.assume(caller != tasks.race());
        uint256 taskId = _postRace(RESERVE);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotRace.selector, caller));
        _report(caller, taskId, 1, 0, 0);
    }

    function testReportRaceAfterTheEnd() public {
        uint256 taskId = _postRace(RESERVE);
        address race = tasks.race();
        vm.prank(race);
        tasks.expire(taskId);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskManager.WrongState.selector, taskId, ITaskManager.TaskState.Expired)
        );
        _report(race, taskId, 1, 0, 0);
    }

    function testFuzzReportRaceUnknownTask(uint256 taskId) public {
        address race = tasks.race();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, taskId));
        _report(race, taskId, 1, 0, 0);
    }

    function _report(address caller, uint256 taskId, uint256 agentId, uint32 epoch, uint256 score) internal {
        vm.prank(caller);
        tasks.reportRace(taskId, agentId, epoch, score);
    }
}
