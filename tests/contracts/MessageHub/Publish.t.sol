// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {MessageTest} from "../utils/MessageTest.sol";
import {vm} from "../utils/Vm.sol";

contract PublishTest is MessageTest {
    bytes32 internal constant TOPIC = "prices";

    function testFuzzPublishDigest(address from, bytes32 topic, bytes32 digest) public {
        vm.assume(topic != 0 && digest != 0);
        _testPublish(from, accountOf(from), topic, digest, "");
    }

    function testFuzzPublishPayloadAsAgent(bytes32 topic, bytes memory payload) public {
        vm.assume(topic != 0 && payload.length != 0 && payload.length <= MAX_PAYLOAD);
        _testPublish(WORKER, agent, topic, 0, payload);
    }

    function _testPublish(
        address caller,
        Account from,
        bytes32 topic,
        bytes32 digest,
        bytes memory payload
    ) internal {
        _send(REQUESTER, _toAgent());
        vm.expectEmit(address(messages));
        emit IMessageHub.MessagePublished(2, topic, from, digest, payload);
        vm.prank(caller);
        vm.assertEq(messages.publish(from, topic, digest, payload), 2, "id");
        vm.assertEq(messages.messageCount(), 2, "count");
    }

    function testFuzzPublishInAnotherName(address caller) public {
        vm.assume(caller != REQUESTER && caller != WORKER);
        _expectCannotSpeak(requester, caller);
        _publish(caller, requester, TOPIC, BODY, "");
        _expectCannotSpeak(agent, caller);
        _publish(caller, agent, TOPIC, BODY, "");
    }

    function testPublishEmptyTopic() public {
        vm.expectRevert(IMessageHub.EmptyTopic.selector);
        _publish(REQUESTER, requester, 0, BODY, "");
    }

    function testPublishInvalidBody() public {
        _expectInvalidBody(0, 0);
        _publish(REQUESTER, requester, TOPIC, 0, "");
        _expectInvalidBody(BODY, 1);
        _publish(REQUESTER, requester, TOPIC, BODY, "a");
    }

    function testPublishLongestPayload() public {
        _publish(REQUESTER, requester, TOPIC, 0, new bytes(MAX_PAYLOAD));
        _expectTooLong(MAX_PAYLOAD + 1);
        _publish(REQUESTER, requester, TOPIC, 0, new bytes(MAX_PAYLOAD + 1));
    }

    function _publish(
        address caller,
        Account from,
        bytes32 topic,
        bytes32 digest,
        bytes memory payload
    ) internal {
        vm.prank(caller);
        messages.publish(from, topic, digest, payload);
    }
}
