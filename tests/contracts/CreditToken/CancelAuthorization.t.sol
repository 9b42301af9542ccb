// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

import {ICreditToken} from "../../../contracts/interfaces/ICreditToken.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {AuthorizationTest} from "../utils/AuthorizationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CancelAuthorizationTest is AuthorizationTest {
    bytes32 internal constant NONCE = keccak256("nonce");

    function testFuzzCancel(uint256 key, bytes32 nonce, bool split) public {
        key = bound(key, 1, type(uint128).max);
        _testCancel(vm.addr(key), nonce, _signCancel(key, vm.addr(key), nonce), split);
    }

    function testFuzzCancelOfContract(uint256 key, bytes32 nonce, bool split) public {
        key = bound(key, 1, type(uint128).max);
        address wallet = address(new ERC1271Wallet(vm.addr(key)));
        _testCancel(wallet, nonce, _signCancel(key, wallet, nonce), split);
    }

    function _testCancel(address authorizer, bytes32 nonce, bytes memory signature, bool split) internal {
        vm.assertFalse(token.authorizationState(authorizer, nonce), "spent before");

        vm.expectEmit(address(token));
        emit IERC3009Cancel.AuthorizationCanceled(authorizer, nonce);
        _cancel(authorizer, nonce, signature, split);

        vm.assertTrue(token.authorizationState(authorizer, nonce), "spent");
    }

    function testFuzzCancelTwice(bool split, bool splitAgain) public {
        bytes memory signature = _signCancel(REQUESTER_KEY, REQUESTER, NONCE);
        _cancel(REQUESTER, NONCE, signature, split);
        _expectSpent();
        _cancel(REQUESTER, NONCE, signature, splitAgain);
    }

    /// What was paid cannot be called back.
    function testFuzzCancelAfterUse(uint256 value, bool split) public {
        Authorization memory given = Authorization({
            from: REQUESTER,
            to: WORKER,
            value: bound(value, 0, TOKEN_CAP),
            validAfter: START - 1,
            validBefore: START + 1,
            nonce: NONCE
        });
        _mint(REQUESTER, given.value);
        token.transferWithAuthorization(
            given.from,
            given.to,
            given.value,
            given.validAfter,
            given.validBefore,
            given.nonce,
            _signTransfer(REQUESTER_KEY, given)
        );
        bytes memory signature = _signCancel(REQUESTER_KEY, REQUESTER, NONCE);
        _expectSpent();
        _cancel(REQUESTER, NONCE, signature, split);
        vm.assertEq(token.balanceOf(WORKER), given.value, "payee");
    }

    /// Attack: a stranger would stop a payment.
    function testFuzzCancelSignedByAnother(uint256 key, bool split) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != REQUESTER_KEY);
        _testInvalid(_signCancel(key, REQUESTER, NONCE), split);
        _testInvalid(_signCancel(key, vm.addr(key), NONCE), split);
    }

    function testFuzzCancelOfAnotherNonce(bytes32 nonce, bool split) public {
        vm.assume(nonce != NONCE);
        _testInvalid(_signCancel(REQUESTER_KEY, REQUESTER, nonce), split);
    }

    function testFuzzCancelBySomeBytes(bytes memory signature) public {
        _testInvalid(signature, false);
    }

    function testFuzzCancelByMirroredSignature(bool split) public {
        _testInvalid(_mirror(_signCancel(REQUESTER_KEY, REQUESTER, NONCE)), split);
    }

    function testFuzzCancelOnAnotherChain(uint64 chainId, bool split) public {
        vm.assume(chainId != block.chainid);
        bytes memory signature = _signCancel(REQUESTER_KEY, REQUESTER, NONCE);
        vm.chainId(chainId);
        _testInvalid(signature, split);
    }

    function testFuzzCancelOfAnotherDeployment(bool split) public {
        bytes memory signature = _signCancel(REQUESTER_KEY, REQUESTER, NONCE);
        vm.startPrank(ADMIN);
        _deployMarket();
        vm.stopPrank();
        _testInvalid(signature, split);
    }

    function _testInvalid(bytes memory signature, bool split) internal {
        vm.expectRevert(abi.encodeWithSelector(ICreditToken.InvalidAuthorization.selector, REQUESTER, NONCE));
        _cancel(REQUESTER, NONCE, signature, split);
        vm.assertFalse(token.authorizationState(REQUESTER, NONCE), "spent by a refusal");
    }

    function _expectSpent() internal {
        vm.expectRevert(abi.encodeWithSelector(ICreditToken.AuthorizationSpent.selector, REQUESTER, NONCE));
    }

    /// @dev As an outsider: whoever has the signature may send it.
    function _cancel(address authorizer, bytes32 nonce, bytes memory signature, bool split) internal {
        (uint8 v, bytes32 r, bytes32 s) = split ? _split(signature) : (0, bytes32(0), bytes32(0));
        vm.prank(OUTSIDER);
        if (split) token.cancelAuthorization(authorizer, nonce, v, r, s);
        else token.cancelAuthorization(authorizer, nonce, signature);
    }
}
