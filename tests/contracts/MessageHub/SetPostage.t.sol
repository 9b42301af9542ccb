// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {MessageTest} from "../utils/MessageTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetPostageTest is MessageTest {
    function testFuzzSetPostage(address holder, uint256 first, uint256 second) public {
        vm.assume(holder != REQUESTER);
        _testSet(holder, accountOf(holder), bound(first, 0, MAX_POSTAGE));
        _testSet(holder, accountOf(holder), bound(second, 0, MAX_POSTAGE));
        _testSet(WORKER, agent, bound(second, 0, MAX_POSTAGE));
        vm.assertEq(messages.postageOf(requester), 0, "postage of another");
    }

    function _testSet(address caller, Account account, uint256 postage) internal {
        vm.expectEmit(address(messages));
        emit IMessageHub.PostageSet(account, postage);
        _setPostage(caller, account, postage);
        vm.assertEq(messages.postageOf(account), postage, "postage");
    }

    function testFuzzSetPostageTooHigh(uint256 postage) public {
        postage = bound(postage, MAX_POSTAGE + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.PostageTooHigh.selector, postage, MAX_POSTAGE));
        _setPostage(REQUESTER, requester, postage);
    }

    function testFuzzSetPostageOfAnother(address caller) public {
        vm.assume(caller != REQUESTER && caller != WORKER);
        _expectCannotSpeak(requester, caller);
        _setPostage(caller, requester, 1);
        _expectCannotSpeak(agent, caller);
        _setPostage(caller, agent, 1);
    }
}
