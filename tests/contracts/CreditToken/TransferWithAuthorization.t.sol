// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {vm} from "../utils/Vm.sol";
import {MoveTest} from "./MoveTest.sol";

contract TransferWithAuthorizationTest is MoveTest {
    /// Attack: somebody sends it first. The payee has its credits all the same, and only once.
    function testFuzzTransferSentByAnyone(address attacker) public {
        Authorization memory given = _given();
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.prank(attacker);
        _transfer(given, signature);

        vm.assertEq(token.balanceOf(WORKER), AMOUNT, "payee");
        _expectSpent(given);
        _send(given, signature, false);
    }

    function testFuzzTransferToNobody(bool split) public {
        Authorization memory given = _given();
        given.to = address(0);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        _send(given, signature, split);
    }

    function _sign(uint256 key, Authorization memory given) internal view override returns (bytes memory) {
        return _signTransfer(key, given);
    }

    function _signOther(
        uint256 key,
        Authorization memory given
    ) internal view override returns (bytes memory) {
        return _signReceive(key, given);
    }

    function _send(Authorization memory given, bytes memory signature, bool split) internal override {
        (uint8 v, bytes32 r, bytes32 s) = split ? _split(signature) : (0, bytes32(0), bytes32(0));
        vm.prank(OUTSIDER);
        if (!split) return _transfer(given, signature);
        token.transferWithAuthorization(
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

    function _transfer(Authorization memory given, bytes memory signature) internal {
        token.transferWithAuthorization(
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
