// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {TaskManager} from "../../../contracts/TaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice What each attack on an escrow comes to; further ones are where the call is tested that refuses them.
contract AttacksTest is CaseTest {
    /// Attack: a requester that evaluates itself rejects good work, to keep work and money. By its own secret it would
    /// have lost before a panel; by keeping it, it pays the price and a tenth of the reserve.
    function testFreeRejection() public {
        _begin(REQUESTER);
        _reject();
        _dispute();
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.closeSealed(taskId);
        _assertEnd(-int256(PRICE + RESERVE / 10), int256(PRICE - fee + RESERVE / 10), 0, 0);
    }

    function testFreeRejectionBeforeAPanel() public {
        _begin(REQUESTER);
        _toHearing();
        _rule(100);
        _expectEnd(100, 100, true);
        _closeRuled();
        _assertEnd(
            -int256(PRICE + RESERVE / 10 + PANEL_FEE),
            int256(PRICE - fee + RESERVE / 10),
            PANEL_FEE,
            0
        );
    }

    /// Attack: a seal of which the requester knows no secret. Nobody can ever show one.
    function testFuzzSealOfNoSecret(bytes32 seal, bytes32 secret) public {
        vm.assume(seal != 0 && seal != keccak256(abi.encode(secret)));
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.seal = seal;
        _begin(params, PRICE, PROMISE);
        _reject();
        ITaskManager.File memory file = _file();
        file.seal = seal;
        vm.prank(WORKER);
        tasks.dispute(taskId, file, WORK);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongSecret.selector, taskId));
        tasks.unseal(taskId, file, secret);
        _warpToDeadline(taskId);
        _expectEnd(0, 0, true);
        tasks.closeSealed(taskId);
        _assertEnd(-int256(PRICE + RESERVE / 10), int256(PRICE - fee + RESERVE / 10), 0, 0);
    }

    /// Attack: garbage, so as not to lose the whole bond by default. It loses half, and the panel's fee if it insists.
    function testGarbageInsteadOfDefault() public {
        _begin(EVALUATOR);
        _deliver();
        _evaluate(taskId, 0);
        uint256 state = vm.snapshotState();
        _warpToDeadline(taskId);
        _expectEnd(0, NAMED_WEIGHT, false);
        tasks.closeRejected(taskId);
        _assertEnd(0, -int256(RESERVE / 20), 0, RESERVE / 20);

        vm.revertToState(state);
        _dispute();
        _unseal();
        _rule(0);
        _expectEnd(0, 100, false);
        _closeRuled();
        _assertEnd(0, -int256(RESERVE / 20 + PANEL_FEE), PANEL_FEE, RESERVE / 20);
    }

    /// Attack: a digest of nothing, delivered because no work is ready. No bytes can be shown for it.
    function testFuzzDigestOfNoWork(bytes32 result, bytes memory work) public {
        vm.assume(result != 0 && result != sha256(work));
        _begin(EVALUATOR);
        _submit(taskId, result);
        _evaluate(taskId, 0);
        ITaskManager.File memory file = _file();
        file.result = result;
        vm.expectRevert(
            abi.encodeWithSelector(ITaskManager.WrongWork.selector, taskId, result, sha256(work))
        );
        vm.prank(WORKER);
        tasks.dispute(taskId, file, work);
    }

    /// Attack: the file of another task of the same two parties, with work that was good there.
    function testDisputeWithAnothersFile() public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.specification = ~SPECIFICATION;
        _begin(params, PRICE, PROMISE);
        _submit(taskId, sha256("other work"));
        _evaluate(taskId, 0);
        uint256 other = taskId;
        _begin(EVALUATOR);
        _reject();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongFile.selector, other));
        vm.prank(WORKER);
        tasks.dispute(other, _file(), WORK);
    }

    /// Attack: winner and runner-up are one. The winner defaults, so that the runner-up is paid more. It is paid what it
    /// would have been paid without the winner's bid, later, and a bond has gone to the requester.
    function testTakeOverCollusion() public {
        taskId = _post(RESERVE);
        uint256 low = _registerBidder(WORKER, RESERVE);
        uint256 high = _registerBidder(WORKER, RESERVE);
        uint256 honest = _registerBidder(RIVAL, RESERVE);
        uint256 state = vm.snapshotState();
        _commit(taskId, high, RESERVE / 2);
        _commit(taskId, honest, (RESERVE * 3) / 4);
        _finish(high, honest);
        uint256 alone = tasks.getTask(taskId).price;

        vm.revertToState(state);
        _commit(taskId, low, RESERVE / 4);
        _commit(taskId, high, RESERVE / 2);
        _commit(taskId, honest, (RESERVE * 3) / 4);
        _warpToReveal(taskId);
        _reveal(taskId, low, RESERVE / 4);
        _finish(high, honest);
        _warpToDeadline(taskId);
        tasks.declareDefault(taskId);
        vm.prank(WORKER);
        auction.takeOver(taskId, high);
        vm.assertEq(tasks.getTask(taskId).price, alone, "price");
        _assertBalance(accountOfAgent(low), 0, 0, "winner");
        _assertBalance(accountOf(REQUESTER), RESERVE / 10, _escrowOf(RESERVE), "requester");
    }

    function _finish(uint256 high, uint256 honest) internal {
        _warpToReveal(taskId);
        _reveal(taskId, high, RESERVE / 2);
        _reveal(taskId, honest, (RESERVE * 3) / 4);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
    }

    /// Attack: a worker posts a part to another agent of its own and praises it. It costs the fee and moves nothing: not
    /// the parent's escrow, and no record.
    function testSelfDealingPart() public {
        (uint256 parentId, ) = _award(RESERVE, RESERVE);
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.parentId = parentId;
        params.evaluator = WORKER;
        (params.biddingWindow, params.revealWindow) = (5 minutes, 5 minutes);
        (params.deliveryWindow, params.reviewWindow) = (5 minutes, 5 minutes);
        _fund(WORKER, _escrowOf(RESERVE));
        vm.prank(WORKER);
        taskId = tasks.createTask(params);
        uint256 accomplice = _registerBidder(WORKER, RESERVE);
        _commit(taskId, accomplice, RESERVE);
        _warpToReveal(taskId);
        _reveal(taskId, accomplice, RESERVE);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
        _submit(taskId, RESULT);
        _evaluate(taskId, 100);

        uint256 marketFee = (RESERVE * FEE_BPS) / BPS;
        uint256 left = _freeOf(accountOf(WORKER)) + _freeOf(accountOfAgent(accomplice));
        vm.assertEq(left, _escrowOf(RESERVE) + RESERVE / 10 - marketFee, "what is left of its own");
        vm.assertEq(_record(accomplice).experience, 0, "experience");
        _assertBalance(accountOf(REQUESTER), 0, _escrowOf(RESERVE), "parent's requester");
        vm.assertEq(_state(parentId), uint256(ITaskManager.TaskState.Awarded), "parent");
    }

    /// Attack: a task is copied to a second deployment, seal and all. What happens to one does not touch the other, and
    /// who copied the seal has copied no secret.
    function testCopiedTaskOnASecondDeployment() public {
        _begin(EVALUATOR);
        _reject();
        (TaskManager first, uint256 firstId) = (tasks, taskId);
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();

        _begin(EVALUATOR);
        vm.assertEq(taskId, firstId, "the same id");
        _reject();
        vm.assertEq(tasks.getTask(taskId).file, first.getTask(firstId).file, "the same file");
        _dispute();
        _warpToDeadline(taskId);
        tasks.closeSealed(taskId);
        vm.assertEq(_state(taskId), uint256(ITaskManager.TaskState.Settled), "the copy");
        vm.assertEq(
            uint256(first.stateOf(firstId)),
            uint256(ITaskManager.TaskState.Rejected),
            "the original"
        );
    }

    /// Attack: a commitment from one deployment opens nothing on another.
    function testCopiedCommitmentOnASecondDeployment() public {
        uint200 digest = auction.commitmentOf(1, 1, PRICE, PROMISE, SECRET);
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
        taskId = _post(RESERVE);
        agentId = _registerBidder(WORKER, RESERVE);
        vm.prank(WORKER);
        auction.commit(taskId, agentId, digest);
        _warpToReveal(taskId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.WrongOpening.selector, taskId, agentId));
        auction.reveal(taskId, agentId, PRICE, PROMISE, SECRET);
    }
}
