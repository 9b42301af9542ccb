// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MessageTest} from "../utils/MessageTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ReplyTest is MessageTest {
    uint256 internal threadId;

    function setUp() public override {
        super.setUp();
        _send(REQUESTER, _letter(requester, accountOf(OUTSIDER)));
        threadId = _send(REQUESTER, _toAgent());
    }

    /// Both of the two, in any order, any number of times; the thread is the first message's.
    function testFuzzReply(bool[6] memory byAgent) public {
        for (uint256 i = 0; i < byAgent.length; i++) {
            uint256 id = threadId + 1 + i;
            IMessageHub.Letter memory letter = byAgent[i] ? _toRequester() : _toAgent();
            _expectSent(id, threadId, letter, 0);
            vm.assertEq(_reply(byAgent[i] ? WORKER : REQUESTER, threadId, letter), id, "id");
            vm.assertEq(messages.messageCount(), id, "count");
        }
    }

    function testFuzzReplyPaysPostage(uint256 postage) public {
        postage = bound(postage, 1, MAX_POSTAGE);
        _setPostage(REQUESTER, requester, postage);
        _fund(agent, postage);
        _expectSent(threadId + 1, threadId, _toRequester(), postage);
        _reply(WORKER, threadId, _toRequester());
        _assertBalance(agent, 0, 0, "agent");
        _assertBalance(requester, postage, 0, "requester");
    }

    function testReplyBetweenPartiesIsFree() public {
        (uint256 taskId, uint256 worker) = _award(RESERVE, RESERVE);
        _setPostage(REQUESTER, requester, MAX_POSTAGE);
        IMessageHub.Letter memory letter = _letter(requester, accountOfAgent(worker));
        (letter.taskId, letter.maxPostage) = (taskId, 0);
        uint256 thread = _send(REQUESTER, letter);
        (letter.from, letter.to) = (letter.to, letter.from);
        _expectSent(thread + 1, thread, letter, 0);
        _reply(WORKER, thread, letter);
    }

    /// A reply opens no thread, and ids that no message has do not either.
    function testFuzzReplyToNoThread(uint256 other) public {
        vm.assume(other != threadId);
        _reply(WORKER, threadId, _toRequester());
        _expectNotInThread(other, agent, requester);
        _reply(WORKER, other, _toRequester());
        _expectNotInThread(threadId + 1, agent, requester);
        _reply(WORKER, threadId + 1, _toRequester());
    }

    function testFuzzReplyAsStranger(address stranger) public {
        vm.assume(stranger != address(0) && stranger != REQUESTER);
        _expectNotInThread(threadId, accountOf(stranger), requester);
        _reply(stranger, threadId, _letter(accountOf(stranger), requester));
        _expectNotInThread(threadId, requester, accountOf(stranger));
        _reply(REQUESTER, threadId, _letter(requester, accountOf(stranger)));
        _expectNotInThread(threadId, accountOf(stranger), agent);
        _reply(stranger, threadId, _letter(accountOf(stranger), agent));
    }

    function testFuzzReplyInAnotherName(address caller) public {
        vm.assume(caller != WORKER);
        _expectCannotSpeak(agent, caller);
        _reply(caller, threadId, _toRequester());
    }

    function testReplyBlocked() public {
        vm.prank(REQUESTER);
        messages.setBlocked(requester, agent, true);
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.SenderBlocked.selector, requester, agent));
        _reply(WORKER, threadId, _toRequester());
    }

    function testReplyWithoutBody() public {
        IMessageHub.Letter memory letter = _toRequester();
        letter.digest = 0;
        _expectInvalidBody(0, 0);
        _reply(WORKER, threadId, letter);
    }

    function _reply(
        address caller,
        uint256 thread,
        IMessageHub.Letter memory letter
    ) internal returns (uint256 messageId) {
        vm.prank(caller);
        return messages.reply(thread, letter);
    }

    function _expectNotInThread(uint256 thread, Account from, Account to) internal {
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.NotInThread.selector, thread, from, to));
    }
}
