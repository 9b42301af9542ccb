// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {MarketTest} from "./MarketTest.sol";
import {bound, vm} from "./Vm.sol";

/// @notice Tasks at the price that a test asks for, and what all of their ends have in common.
abstract contract TaskTest is MarketTest {
    /// @dev The seeds of a task, small enough for a fuzzed test's stack.
    struct Seeds {
        uint256 reserve;
        uint256 price;
        uint256 promised;
        uint32[4] windows;
        uint8 passingScore;
        bool firstPrice;
    }

    function _paramsFrom(Seeds memory seeds) internal view returns (ITaskManager.TaskParams memory params) {
        params = _params(seeds.reserve);
        params.mode =
            seeds.firstPrice
                ? ITaskManager.AwardMode.SealedFirstPrice
                : ITaskManager.AwardMode.SealedSecondPrice;
        params.passingScore = seeds.passingScore;
        params.biddingWindow = seeds.windows[0];
        params.revealWindow = seeds.windows[1];
        params.deliveryWindow = seeds.windows[2];
        params.reviewWindow = seeds.windows[3];
        return _bounded(params);
    }

    /// @dev A first-price task, so that its only bidder is paid the fuzzed price.
    function _awardFrom(Seeds memory seeds) internal returns (uint256 taskId, uint256 agentId) {
        seeds.firstPrice = true;
        ITaskManager.TaskParams memory params = _paramsFrom(seeds);
        uint256 price = bound(seeds.price, 1, params.reserve);
        uint256 promised = bound(seeds.promised, 1, params.deliveryWindow);
        return _award(params, price, promised);
    }

    function _deliverFrom(Seeds memory seeds) internal returns (uint256 taskId, uint256 agentId) {
        (taskId, agentId) = _awardFrom(seeds);
        _submit(taskId, RESULT);
    }

    function _state(uint256 taskId) internal view returns (uint256) {
        return uint256(tasks.stateOf(taskId));
    }

    /// @dev Every field at once.
    function _assertTask(uint256 taskId, ITaskManager.Task memory expected) internal {
        vm.assertEq(abi.encode(tasks.getTask(taskId)), abi.encode(expected), "task");
    }

    /// @dev Requester and worker began with the escrow and the bond, and nothing else.
    function _assertParties(
        ITaskManager.Task memory task,
        uint256 requesterFree,
        uint256 workerFree,
        uint256 fees
    ) internal {
        _assertBalance(accountOf(task.requester), requesterFree, 0, "requester");
        _assertBalance(accountOfAgent(task.agentId), workerFree, 0, "worker");
        _assertBalance(accountOf(TREASURY), fees, 0, "treasury");
        uint256 all = requesterFree + workerFree + fees;
        vm.assertEq(token.balanceOf(address(ledger)), all + ledger.pendingBurn(), "tokens held");
        vm.assertEq(_escrowOf(task.reserve) + _bondOf(task), all + ledger.pendingBurn(), "conserved");
    }

    function _bondOf(ITaskManager.Task memory task) internal pure returns (uint256) {
        return MarketMath.bondOf(task.reserve);
    }

    function _record(uint256 agentId) internal view returns (IIncentiveEngine.Record memory) {
        return incentives.recordOf(agentId, SKILL);
    }

    /// @dev The engine must be told this by the next call.
    function _expectReport(ITaskManager.Task memory task, uint256 score) internal {
        IIncentiveEngine.Outcome memory outcome = IIncentiveEngine.Outcome({
            agentId: task.agentId,
            epoch: registry.ownershipEpoch(task.agentId),
            skill: task.skill,
            client: task.requester,
            price: task.price,
            score: score,
            lateness: task.lateness,
            weight: 25,
            settled: score >= task.passingScore
        });
        vm.expectCall(address(incentives), abi.encodeCall(IIncentiveEngine.report, (outcome)));
    }
}
