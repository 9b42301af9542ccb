// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {MessageTest} from "../utils/MessageTest.sol";
import {vm} from "../utils/Vm.sol";

contract SetBlockedTest is MessageTest {
    function testFuzzSetBlocked(address holder, Account sender, bool[2] memory values) public {
        for (uint256 i = 0; i < values.length; i++) {
            _testSet(holder, accountOf(holder), sender, values[i]);
            _testSet(WORKER, agent, sender, values[i]);
        }
    }

    function _testSet(address caller, Account account, Account sender, bool blocked) internal {
        vm.expectEmit(address(messages));
        emit IMessageHub.BlockSet(account, sender, blocked);
        _set(caller, account, sender, blocked);
        vm.assertEq(messages.isBlocked(account, sender), blocked, "blocked");
    }

    function testSetBlockedAndBack() public {
        _set(WORKER, agent, requester, true);
        vm.assertFalse(messages.isBlocked(requester, agent), "the other way");
        vm.assertFalse(messages.isBlocked(agent, accountOf(WORKER)), "another sender");
        _set(WORKER, agent, requester, false);
        _send(REQUESTER, _toAgent());
        vm.assertEq(messages.messageCount(), 1, "count");
    }

    function testFuzzSetBlockedOfAnother(address caller) public {
        vm.assume(caller != REQUESTER && caller != WORKER);
        _expectCannotSpeak(requester, caller);
        _set(caller, requester, agent, true);
        _expectCannotSpeak(agent, caller);
        _set(caller, agent, requester, true);
    }

    function _set(address caller, Account account, Account sender, bool blocked) internal {
        vm.prank(caller);
        messages.setBlocked(account, sender, blocked);
    }
}
