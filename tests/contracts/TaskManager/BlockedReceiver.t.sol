// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RefusingOwner} from "../mocks/RefusingOwner.sol";
import {TaskTest} from "../utils/TaskTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice Parties that refuse every call: a settlement only writes in the Ledger, so there is nobody to refuse it.
contract BlockedReceiverTest is TaskTest {
    RefusingOwner internal requester;
    RefusingOwner internal worker;
    uint256 internal taskId;
    uint256 internal agentId;

    function setUp() public override {
        super.setUp();
        requester = new RefusingOwner();
        worker = new RefusingOwner();
        agentId = _registerBidder(WORKER, RESERVE);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, address(worker), agentId);
        _fund(address(requester), _escrowOf(RESERVE));
        bytes memory created = requester.execute(
            address(tasks),
            abi.encodeCall(ITaskManager.createTask, (_params(RESERVE)))
        );
        taskId = abi.decode(created, (uint256));
        uint200 digest = auction.commitmentOf(taskId, agentId, RESERVE, PROMISE, _salt(taskId, agentId));
        worker.execute(address(auction), abi.encodeCall(IBidAuction.commit, (taskId, agentId, digest)));
    }

    function testPaid() public {
        _toSubmitted();
        _evaluate(taskId, 100);
        _assertPaid();
    }

    function testReleased() public {
        _toSubmitted();
        _warpToDeadline(taskId);
        tasks.release(taskId);
        _assertPaid();
    }

    function testRejected() public {
        _toSubmitted();
        _evaluate(taskId, 0);
        _warpToDeadline(taskId);
        tasks.closeRejected(taskId);
        _assertBalance(accountOf(address(requester)), _escrowOf(RESERVE), 0, "requester");
        _assertBalance(accountOfAgent(agentId), RESERVE / 20, 0, "worker");
    }

    function testDefaulted() public {
        _toAwarded();
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        _assertBalance(accountOf(address(requester)), _escrowOf(RESERVE) + RESERVE / 10, 0, "requester");
        _assertBalance(accountOfAgent(agentId), 0, 0, "worker");
    }

    function _toAwarded() internal {
        _warpToReveal(taskId);
        _reveal(taskId, agentId, RESERVE);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
    }

    function _toSubmitted() internal {
        _toAwarded();
        worker.execute(address(tasks), abi.encodeCall(ITaskManager.submit, (taskId, RESULT)));
    }

    function _assertPaid() internal {
        uint256 fee = (RESERVE * FEE_BPS) / BPS;
        _assertBalance(accountOf(address(requester)), _depositOf(RESERVE), 0, "requester");
        _assertBalance(accountOfAgent(agentId), RESERVE - fee + RESERVE / 10, 0, "worker");
    }
}
