// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditToken} from "../../../contracts/interfaces/ICreditToken.sol";
import {vm} from "../utils/Vm.sol";
import {MoveTest} from "./MoveTest.sol";

contract ReceiveWithAuthorizationTest is MoveTest {
    /// Attack: somebody sends it in front of the payee, who counts on sending it itself.
    function testFuzzReceiveByAnother(address attacker, bool split) public {
        vm.assume(attacker != WORKER);
        Authorization memory given = _given();
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(abi.encodeWithSelector(ICreditToken.NotPayee.selector, WORKER, attacker));
        _sendAs(attacker, given, signature, split);
        _testMove(given, signature, split);
    }

    function _sign(uint256 key, Authorization memory given) internal view override returns (bytes memory) {
        return _signReceive(key, given);
    }

    function _signOther(
        uint256 key,
        Authorization memory given
    ) internal view override returns (bytes memory) {
        return _signTransfer(key, given);
    }

    function _send(Authorization memory given, bytes memory signature, bool split) internal override {
        _sendAs(given.to, given, signature, split);
    }

    function _sendAs(
        address caller,
        Authorization memory given,
        bytes memory signature,
        bool split
    ) internal {
        (uint8 v, bytes32 r, bytes32 s) = split ? _split(signature) : (0, bytes32(0), bytes32(0));
        vm.prank(caller);
        if (!split) return _receive(given, signature);
        token.receiveWithAuthorization(
            given.from,
            given.to,
            given.value,
            given.validAfter,
            given.validBefore,
            given.nonce,
            v,
            r,
            s
        );
    }

    function _receive(Authorization memory given, bytes memory signature) internal {
        token.receiveWithAuthorization(
            given.from,
            given.to,
            given.value,
            given.validAfter,
            given.validBefore,
            given.nonce,
            signature
        );
    }
}
