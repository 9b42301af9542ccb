// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MessageTest} from "../utils/MessageTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SendTest is MessageTest {
    function testFuzzSendDigest(address from, address to, bytes32 digest) public {
        vm.assume(to != address(0) && digest != 0);
        IMessageHub.Letter memory letter = _letter(accountOf(from), accountOf(to));
        letter.digest = digest;
        _testSend(from, letter);
    }

    function testFuzzSendPayload(bytes memory payload) public {
        vm.assume(payload.length != 0 && payload.length <= MAX_PAYLOAD);
        IMessageHub.Letter memory letter = _toAgent();
        (letter.digest, letter.payload) = (0, payload);
        _testSend(REQUESTER, letter);
    }

    function _testSend(address caller, IMessageHub.Letter memory letter) internal {
        for (uint256 id = 1; id <= 2; id++) {
            _expectSent(id, id, letter, 0);
            vm.assertEq(_send(caller, letter), id, "id");
            vm.assertEq(messages.messageCount(), id, "count");
        }
    }

    /// An agent's wallet, owner, operators and approved write in its name, and its account pays.
    function testSendAsAgent() public {
        _fund(agent, 4);
        _setPostage(REQUESTER, requester, 1);
        vm.startPrank(WORKER);
        registry.setApprovalForAll(RIVAL, true);
        registry.approve(THIRD, agentId);
        vm.stopPrank();
        address[3] memory callers = [WORKER, RIVAL, THIRD];
        for (uint256 i = 0; i < callers.length; i++) {
            _expectSent(i + 1, i + 1, _toRequester(), 1);
            _send(callers[i], _toRequester());
        }
        _assertBalance(agent, 1, 0, "agent");
        _assertBalance(requester, 3, 0, "requester");
    }

    function testFuzzSendPaysPostage(uint256 postage, uint256 left, uint256 locked) public {
        postage = bound(postage, 1, MAX_POSTAGE);
        left = bound(left, 0, MAX_AMOUNT);
        locked = bound(locked, 1, MAX_AMOUNT);
        _fundAndLock(requester, postage + left, locked);
        _setPostage(WORKER, agent, postage);

        _expectSent(1, 1, _toAgent(), postage);
        vm.expectEmit(address(ledger));
        emit ILedger.Held(requester, requester, postage);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(requester, agent, postage);
        _send(REQUESTER, _toAgent());

        _assertBalance(requester, left, locked, "requester");
        _assertBalance(agent, postage, 0, "agent");
        _assertHolds(postage + left + locked, "tokens held");
    }

    function testFuzzSendToSelf(uint256 postage) public {
        postage = bound(postage, 1, MAX_POSTAGE);
        _fund(requester, postage);
        _setPostage(REQUESTER, requester, postage);
        _send(REQUESTER, _letter(requester, requester));
        _assertBalance(requester, postage, 0, "requester");
    }

    /// Attack: who owes sends what it has to a friend, by mail. It may write where it costs nothing.
    function testFuzzSendInDebt(uint256 debt, uint256 postage) public {
        debt = bound(debt, 1, MAX_AMOUNT);
        postage = bound(postage, 1, MAX_POSTAGE);
        _fund(agent, postage);
        _owe(agent, accountOf(OUTSIDER), debt);
        _send(WORKER, _toRequester());
        _setPostage(REQUESTER, requester, postage);
        vm.expectRevert(_inDebt(agent, debt));
        _send(WORKER, _toRequester());
        _assertBalance(agent, postage, 0, "agent");
    }

    /// What is locked is promised to others, and pays for no letter.
    function testFuzzSendWithTooFewCredits(uint256 postage, uint256 free) public {
        postage = bound(postage, 2, MAX_POSTAGE);
        free = bound(free, 1, postage - 1);
        _fundAndLock(requester, free, MAX_POSTAGE);
        _setPostage(WORKER, agent, postage);
        vm.expectRevert(_insufficientFree(requester, free, postage));
        _send(REQUESTER, _toAgent());
    }

    /// A recipient cannot raise its postage in front of a letter that is on its way.
    function testFuzzSendPostageAboveLimit(uint256 postage, uint256 limit) public {
        postage = bound(postage, 1, MAX_POSTAGE);
        limit = bound(limit, 0, postage - 1);
        _fund(requester, 2 * MAX_POSTAGE);
        _setPostage(WORKER, agent, postage);
        IMessageHub.Letter memory letter = _toAgent();
        letter.maxPostage = limit;
        vm.expectRevert(
            abi.encodeWithSelector(IMessageHub.PostageAboveLimit.selector, agent, postage, limit)
        );
        _send(REQUESTER, letter);

        letter.maxPostage = postage;
        _send(REQUESTER, letter);
        _assertBalance(agent, postage, 0, "agent");
    }

    /* PARTIES OF A TASK */

    /// From the award to the end, both ways, whatever postage the two ask of others.
    function testSendBetweenPartiesIsFree() public {
        (uint256 taskId, uint256 worker) = _award(RESERVE, RESERVE);
        _testFree(taskId, worker);
        _submit(taskId, RESULT);
        _testFree(taskId, worker);
        _evaluate(taskId, 0);
        _testFree(taskId, worker);
        _warpToDeadline(taskId);
        tasks.closeRejected(taskId);
        _testNotParties(taskId, accountOfAgent(worker), requester);
    }

    function _testFree(uint256 taskId, uint256 worker) internal {
        Account to = accountOfAgent(worker);
        _setPostage(WORKER, to, MAX_POSTAGE);
        _setPostage(REQUESTER, requester, MAX_POSTAGE);
        IMessageHub.Letter memory letter = _letter(requester, to);
        (letter.taskId, letter.maxPostage) = (taskId, 0);
        uint256 id = messages.messageCount();
        _expectSent(id + 1, id + 1, letter, 0);
        _send(REQUESTER, letter);
        (letter.from, letter.to) = (letter.to, letter.from);
        _expectSent(id + 2, id + 2, letter, 0);
        _send(WORKER, letter);
    }

    function testSendAfterSettlementIsNotFree() public {
        (uint256 taskId, uint256 worker) = _deliver(RESERVE, RESERVE);
        _evaluate(taskId, 100);
        _testNotParties(taskId, accountOfAgent(worker), requester);
        _testNotParties(taskId, requester, accountOfAgent(worker));
    }

    function testSendBeforeTheAwardIsNotFree() public {
        uint256 taskId = _post(RESERVE);
        _testNotParties(taskId, requester, agent);
        _testNotParties(taskId, agent, requester);
    }

    /// The worker's owner is not the worker, and neither evaluator nor losers nor strangers are parties.
    function testFuzzSendAsStrangerToTheTask(address stranger) public {
        vm.assume(stranger != address(0) && stranger != REQUESTER);
        (uint256 taskId, uint256 worker) = _award(RESERVE, RESERVE);
        _testNotParties(taskId, accountOf(stranger), requester);
        _testNotParties(taskId, accountOf(WORKER), requester);
        _testNotParties(taskId, accountOf(EVALUATOR), requester);
        _testNotParties(taskId, accountOf(EVALUATOR), accountOfAgent(worker));
        _testNotParties(taskId, agent, requester);
        _testNotParties(taskId, requester, requester);
        _testNotParties(taskId, requester, agent);
    }

    function _testNotParties(uint256 taskId, Account from, Account to) internal {
        IMessageHub.Letter memory letter = _letter(from, to);
        letter.taskId = taskId;
        address caller = from.isAgent() ? WORKER : from.addressOf();
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.NotParties.selector, taskId, from, to));
        _send(caller, letter);
    }

    function testFuzzSendAboutUnknownTask(uint256 taskId) public {
        vm.assume(taskId != 0);
        IMessageHub.Letter memory letter = _toAgent();
        letter.taskId = taskId;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.TaskNotFound.selector, taskId));
        _send(REQUESTER, letter);
    }

    /* REFUSED */

    function testFuzzSendInAnotherName(address caller) public {
        vm.assume(caller != REQUESTER && caller != WORKER);
        _expectCannotSpeak(requester, caller);
        _send(caller, _toAgent());
        _expectCannotSpeak(agent, caller);
        _send(caller, _toRequester());
    }

    function testFuzzSendAsNobody(uint256 seed, address caller) public {
        vm.assume(caller != address(0));
        Account nobody = _nobody(seed);
        _expectCannotSpeak(nobody, caller);
        _send(caller, _letter(nobody, agent));
    }

    function testFuzzSendToNobody(uint256 seed) public {
        Account nobody = _nobody(seed);
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.InvalidRecipient.selector, nobody));
        _send(REQUESTER, _letter(requester, nobody));
    }

    /// A block counts between the parties of a task as well.
    function testSendBlocked() public {
        (uint256 taskId, uint256 worker) = _award(RESERVE, RESERVE);
        Account to = accountOfAgent(worker);
        vm.prank(WORKER);
        messages.setBlocked(to, requester, true);
        IMessageHub.Letter memory letter = _letter(requester, to);
        for (uint256 i = 0; i < 2; i++) {
            vm.expectRevert(abi.encodeWithSelector(IMessageHub.SenderBlocked.selector, to, requester));
            _send(REQUESTER, letter);
            letter.taskId = taskId;
        }
        // The other way, and to others, nothing is refused.
        _send(WORKER, _letter(to, requester));
        _send(REQUESTER, _toAgent());
    }

    function testSendWithoutBody() public {
        IMessageHub.Letter memory letter = _toAgent();
        letter.digest = 0;
        _expectInvalidBody(0, 0);
        _send(REQUESTER, letter);
    }

    function testFuzzSendTwoBodies(bytes32 digest, bytes memory payload) public {
        vm.assume(digest != 0 && payload.length != 0);
        IMessageHub.Letter memory letter = _toAgent();
        (letter.digest, letter.payload) = (digest, payload);
        _expectInvalidBody(digest, payload.length);
        _send(REQUESTER, letter);
    }

    function testSendLongestPayload() public {
        IMessageHub.Letter memory letter = _toAgent();
        (letter.digest, letter.payload) = (0, new bytes(MAX_PAYLOAD));
        _send(REQUESTER, letter);
        letter.payload = new bytes(MAX_PAYLOAD + 1);
        _expectTooLong(MAX_PAYLOAD + 1);
        _send(REQUESTER, letter);
    }
}
