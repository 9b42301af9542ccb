// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {bound, vm} from "./Vm.sol";

/// @notice REQUESTER, who writes as itself, and WORKER, who writes as its agent.
abstract contract MessageTest is LedgerTest {
    uint256 internal constant MAX_POSTAGE = 100 * CREDIT;
    uint256 internal constant MAX_PAYLOAD = 4_096;
    bytes32 internal constant BODY = keccak256("body");

    uint256 internal agentId;
    Account internal agent;
    Account internal requester;

    function setUp() public virtual override {
        super.setUp();
        agentId = _register(WORKER);
        agent = accountOfAgent(agentId);
        requester = accountOf(REQUESTER);
    }

    /// @dev A letter whose body is kept elsewhere, from someone ready to pay any postage.
    function _letter(Account from, Account to) internal pure returns (IMessageHub.Letter memory) {
        return
            IMessageHub.Letter({
                from: from,
                to: to,
                taskId: 0,
                maxPostage: MAX_POSTAGE,
                digest: BODY,
                payload: ""
            });
    }

    function _toAgent() internal view returns (IMessageHub.Letter memory) {
        return _letter(requester, agent);
    }

    function _toRequester() internal view returns (IMessageHub.Letter memory) {
        return _letter(agent, requester);
    }

    function _send(address caller, IMessageHub.Letter memory letter) internal returns (uint256 messageId) {
        vm.prank(caller);
        return messages.send(letter);
    }

    function _setPostage(address caller, Account account, uint256 postage) internal {
        vm.prank(caller);
        messages.setPostage(account, postage);
    }

    /// @dev The next call must emit just this of the hub.
    function _expectSent(
        uint256 messageId,
        uint256 threadId,
        IMessageHub.Letter memory letter,
        uint256 postage
    ) internal {
        vm.expectEmit(address(messages));
        emit IMessageHub.MessageSent(
            messageId,
            threadId,
            letter.from,
            letter.to,
            letter.taskId,
            postage,
            letter.digest,
            letter.payload
        );
    }

    function _expectCannotSpeak(Account account, address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.CannotSpeakFor.selector, account, caller));
    }

    function _expectInvalidBody(bytes32 digest, uint256 length) internal {
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.InvalidBody.selector, digest, length));
    }

    function _expectTooLong(uint256 length) internal {
        vm.expectRevert(abi.encodeWithSelector(IMessageHub.PayloadTooLong.selector, length, MAX_PAYLOAD));
    }

    /// @dev A number that is nobody's: not an address, not a registered agent, or zero.
    function _nobody(uint256 seed) internal view returns (Account) {
        if (seed == 0) return Account.wrap(0);
        seed = bound(seed, AGENT_FLAG, type(uint256).max);
        return Account.wrap(seed == Account.unwrap(agent) ? seed + 1 : seed);
    }
}
