// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SettleRaceTest is TaskTest {
    /// The winner is paid the reserve, for the whole record or for none, and the requester keeps what it owes a panel.
    function testFuzzSettleRace(uint256 reserve, ITaskManager.RaceResult memory result) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        uint256 taskId = _postRace(reserve);
        result = _winner(result, reserve);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        task.agentId = uint64(result.agentId);
        task.price = uint48(reserve);
        task.epoch = result.epoch;
        task.score = result.score;
        task.file = _delivered(task.file, result.result);
        task.state = ITaskManager.TaskState.Settled;
        uint256 fee = (reserve * FEE_BPS) / BPS;

        _expectEvents(taskId, task, result, fee);
        _expectReport(task, result.score, result.silent ? 0 : 100, true);
        _settle(tasks.race(), taskId, result);

        _assertTask(taskId, task);
        uint256 kept = result.panelled ? PANEL_FEE : 0;
        _assertBalance(accountOf(REQUESTER), PANEL_FEE + APPEAL_FEE - kept, kept, "requester");
        _assertBalance(accountOfAgent(result.agentId), reserve - fee + _bondOf(reserve), 0, "winner");
        _assertBalance(accountOf(TREASURY), fee, 0, "treasury");
    }

    function _expectEvents(
        uint256 taskId,
        ITaskManager.Task memory task,
        ITaskManager.RaceResult memory result,
        uint256 fee
    ) internal {
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskAwarded(taskId, task.agentId, task.price, block.timestamp, block.timestamp);
        vm.expectEmit(address(tasks));
        emit ITaskManager.ResultSubmitted(taskId, task.agentId, result.result, 0, block.timestamp);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskSettled(taskId, task.agentId, task.price, fee, result.silent);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(accountOf(REQUESTER), accountOfAgent(task.agentId), task.price - fee);
    }

    /// Where a contract judges that is not the pool, its word counts as that of a named evaluator.
    function testSettleRaceOfAnotherContract() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.mode = ITaskManager.AwardMode.Race;
        params.evaluator = address(marketplace);
        uint256 taskId = _post(params);
        ITaskManager.RaceResult memory result;
        (result.result, result.score) = (RESULT, 100);
        result = _winner(result, RESERVE);
        _settle(tasks.race(), taskId, result);
        vm.assertEq(_record(result.agentId).merit, RESERVE / 4, "merit");
        _assertBalance(accountOf(REQUESTER), _depositOf(RESERVE), 0, "requester");
    }

    function testFuzzSettleRaceNotRace(address caller) public {
        vm.assume(caller != tasks.race());
        uint256 taskId = _postRace(RESERVE);
        ITaskManager.RaceResult memory result;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotRace.selector, caller));
        _settle(caller, taskId, result);
    }

    function testSettleRaceTwice() public {
        uint256 taskId = _postRace(RESERVE);
        ITaskManager.RaceResult memory result;
        result = _winner(result, RESERVE);
        address race = tasks.race();
        _settle(race, taskId, result);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskManager.WrongState.selector, taskId, ITaskManager.TaskState.Settled)
        );
        _settle(race, taskId, result);
    }

    function testFuzzSettleRaceUnknownTask(uint256 taskId) public {
        ITaskManager.RaceResult memory result;
        address race = tasks.race();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, taskId));
        _settle(race, taskId, result);
    }

    function _settle(address caller, uint256 taskId, ITaskManager.RaceResult memory result) internal {
        vm.prank(caller);
        tasks.settleRace(taskId, result);
    }

    /// @dev A new agent whose bond the race board has locked.
    function _winner(
        ITaskManager.RaceResult memory result,
        uint256 reserve
    ) internal returns (ITaskManager.RaceResult memory) {
        result.agentId = _registerBidder(WORKER, reserve);
        result.epoch = 0;
        result.score = uint8(bound(result.score, 0, 100));
        address race = tasks.race();
        Account winner = accountOfAgent(result.agentId);
        vm.prank(race);
        ledger.lock(winner, _bondOf(reserve));
        return result;
    }
}
