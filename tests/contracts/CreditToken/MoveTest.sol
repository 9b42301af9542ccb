// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ICreditToken} from "../../../contracts/interfaces/ICreditToken.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {FickleWallet} from "../mocks/FickleWallet.sol";
import {AuthorizationTest} from "../utils/AuthorizationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What transferWithAuthorization and receiveWithAuthorization have in common, in both their forms.
abstract contract MoveTest is AuthorizationTest {
    uint256 internal constant AMOUNT = 10 * CREDIT;
    bytes32 internal constant NONCE = keccak256("nonce");

    function _sign(uint256 key, Authorization memory given) internal view virtual returns (bytes memory);

    function _signOther(uint256 key, Authorization memory given) internal view virtual returns (bytes memory);

    /// @dev As whoever may; in the form (v, r, s) where `split` is set.
    function _send(Authorization memory given, bytes memory signature, bool split) internal virtual;

    function setUp() public override {
        super.setUp();
        _mint(REQUESTER, AMOUNT);
    }

    function testFuzzMove(Authorization memory given, uint256 key, bool split) public {
        key = bound(key, 1, type(uint128).max);
        given.from = vm.addr(key);
        vm.assume(given.to != address(0) && given.to != given.from);
        given.value = bound(given.value, 0, TOKEN_CAP - AMOUNT);
        given.validAfter = bound(given.validAfter, 0, START - 1);
        given.validBefore = bound(given.validBefore, START + 1, type(uint256).max);
        _mint(given.from, given.value);
        _testMove(given, _sign(key, given), split);
    }

    /// A contract pays as ERC-1271 says.
    function testFuzzMoveFromContract(uint256 key, bool split) public {
        key = bound(key, 1, type(uint128).max);
        Authorization memory given = _given();
        given.from = address(new ERC1271Wallet(vm.addr(key)));
        _mint(given.from, AMOUNT);
        _testMove(given, _sign(key, given), split);
    }

    function _testMove(Authorization memory given, bytes memory signature, bool split) internal {
        uint256 before = token.balanceOf(given.to);
        uint256 left = token.balanceOf(given.from) - given.value;
        vm.assertFalse(token.authorizationState(given.from, given.nonce), "spent before");

        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(given.from, given.nonce);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(given.from, given.to, given.value);
        _send(given, signature, split);

        vm.assertTrue(token.authorizationState(given.from, given.nonce), "spent");
        vm.assertEq(token.balanceOf(given.from), left, "payer");
        vm.assertEq(token.balanceOf(given.to), before + given.value, "payee");
        vm.assertEq(token.nonces(given.from), 0, "permits' nonce");
    }

    /* TIME */

    function testFuzzMoveAroundItsStart(uint256 validAfter, bool split) public {
        Authorization memory given = _given();
        given.validAfter = bound(validAfter, START, given.validBefore - 2);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.warp(given.validAfter - 1);
        _expectNotYetValid(given.validAfter);
        _send(given, signature, split);
        vm.warp(given.validAfter);
        _expectNotYetValid(given.validAfter);
        _send(given, signature, split);
        vm.warp(given.validAfter + 1);
        _testMove(given, signature, split);
    }

    function testFuzzMoveAroundItsEnd(uint256 validBefore, bool split) public {
        Authorization memory given = _given();
        given.validBefore = bound(validBefore, START + 1, START + 365 days);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.warp(given.validBefore + 1);
        _expectExpired(given.validBefore);
        _send(given, signature, split);
        vm.warp(given.validBefore);
        _expectExpired(given.validBefore);
        _send(given, signature, split);
        vm.warp(given.validBefore - 1);
        _testMove(given, signature, split);
    }

    function _expectNotYetValid(uint256 validAfter) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICreditToken.AuthorizationNotYetValid.selector,
                validAfter,
                block.timestamp
            )
        );
    }

    function _expectExpired(uint256 validBefore) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ICreditToken.AuthorizationExpired.selector, validBefore, block.timestamp)
        );
    }

    /* ONCE */

    /// Attack: the same signature again, in either form.
    function testFuzzMoveReplayed(bool split, bool splitAgain) public {
        Authorization memory given = _given();
        bytes memory signature = _sign(REQUESTER_KEY, given);
        _send(given, signature, split);
        _mint(REQUESTER, AMOUNT);
        _expectSpent(given);
        _send(given, signature, splitAgain);
        vm.assertEq(token.balanceOf(REQUESTER), AMOUNT, "payer");
    }

    /// Another payment under a nonce that is spent is none.
    function testFuzzMoveOtherValueUnderTheNonce(uint256 value, bool split) public {
        Authorization memory given = _given();
        _send(given, _sign(REQUESTER_KEY, given), split);
        given.value = value;
        bytes memory signature = _sign(REQUESTER_KEY, given);
        _expectSpent(given);
        _send(given, signature, split);
    }

    function testFuzzMoveCancelled(bool split) public {
        Authorization memory given = _given();
        bytes memory signature = _sign(REQUESTER_KEY, given);
        token.cancelAuthorization(REQUESTER, NONCE, _signCancel(REQUESTER_KEY, REQUESTER, NONCE));
        _expectSpent(given);
        _send(given, signature, split);
        vm.assertEq(token.balanceOf(REQUESTER), AMOUNT, "payer");
    }

    /// Nonces have no order, and each holder has its own.
    function testFuzzMoveUnderAnyNonce(bytes32 first, bytes32 second, bool split) public {
        vm.assume(first != second);
        Authorization memory given = _given();
        given.value = AMOUNT / 2;
        given.nonce = first;
        _testMove(given, _sign(REQUESTER_KEY, given), split);
        given.nonce = second;
        _testMove(given, _sign(REQUESTER_KEY, given), split);
        given.from = vm.addr(uint256(keccak256("rival")));
        _mint(RIVAL, AMOUNT);
        _testMove(given, _sign(uint256(keccak256("rival")), given), split);
    }

    /// What fails spends nothing: the same signature is good once the credits are there.
    function testFuzzMoveMoreThanHeld(uint256 value, bool split) public {
        Authorization memory given = _given();
        given.value = bound(value, AMOUNT + 1, TOKEN_CAP - AMOUNT);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientBalance.selector,
                REQUESTER,
                AMOUNT,
                given.value
            )
        );
        _send(given, signature, split);
        _mint(REQUESTER, given.value - AMOUNT);
        _testMove(given, signature, split);
    }

    function _expectSpent(Authorization memory given) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ICreditToken.AuthorizationSpent.selector, given.from, given.nonce)
        );
    }

    /* SIGNATURES */

    function testFuzzMoveSignedByAnother(uint256 key, bool split) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != REQUESTER_KEY);
        _testInvalid(_given(), _sign(key, _given()), split);
    }

    /// Attack: each value is changed after it was signed.
    function testFuzzMoveChangedAfterSigning(Authorization memory other, bool split) public {
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        Authorization memory given = _given();
        vm.assume(other.from != given.from && other.from.code.length == 0);
        vm.assume(other.to != given.to && other.value != given.value && other.nonce != given.nonce);
        other.validAfter = bound(other.validAfter, 0, given.validAfter - 1);
        other.validBefore = bound(other.validBefore, given.validBefore + 1, type(uint256).max);

        given.from = other.from;
        _testInvalid(given, signature, split);
        given = _given();
        given.to = other.to;
        _testInvalid(given, signature, split);
        given = _given();
        given.value = other.value;
        _testInvalid(given, signature, split);
        given = _given();
        given.validAfter = other.validAfter;
        _testInvalid(given, signature, split);
        given = _given();
        given.validBefore = other.validBefore;
        _testInvalid(given, signature, split);
        given = _given();
        given.nonce = other.nonce;
        _testInvalid(given, signature, split);
    }

    /// A signature that recovers to nobody is not nobody's.
    function testFuzzMoveFromNobody(uint8 v, bytes32 r, bytes32 s, bool split) public {
        Authorization memory given = _given();
        given.from = address(0);
        _testInvalid(given, abi.encodePacked(r, s, v), split);
    }

    function testFuzzMoveBySomeBytes(bytes memory signature) public {
        _testInvalid(_given(), signature, false);
    }

    /// Attack: the mirrored signature, which recovers to the same address.
    function testFuzzMoveByMirroredSignature(bool split) public {
        _testInvalid(_given(), _mirror(_sign(REQUESTER_KEY, _given())), split);
    }

    /// A signature is for one function only.
    function testFuzzMoveBySignatureForAnotherFunction(bool split) public {
        _testInvalid(_given(), _signOther(REQUESTER_KEY, _given()), split);
        _testInvalid(_given(), _signCancel(REQUESTER_KEY, REQUESTER, NONCE), split);
    }

    function testFuzzMoveOnAnotherChain(uint64 chainId, bool split) public {
        vm.assume(chainId != block.chainid);
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        vm.chainId(chainId);
        _testInvalid(_given(), signature, split);
    }

    function testFuzzMoveOfAnotherDeployment(bool split) public {
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
        _mint(REQUESTER, AMOUNT);
        _testInvalid(_given(), signature, split);
    }

    function testFuzzMoveBadContractSignature(uint256 key, bool split) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != WORKER_KEY);
        Authorization memory given = _given();
        given.from = address(new ERC1271Wallet(WORKER));
        _testInvalid(given, _sign(key, given), split);
        given.from = address(ledger);
        _testInvalid(given, _sign(key, given), split);
    }

    /// Attack: a wallet that changes its mind. Until it pays nothing has moved and nothing is spent; once it has paid
    /// its mind does not matter.
    function testFuzzMoveFromFickleWallet(bytes memory signature) public {
        FickleWallet wallet = new FickleWallet();
        Authorization memory given = _given();
        given.from = address(wallet);
        _mint(given.from, 2 * AMOUNT);
        _testInvalid(given, signature, false);
        wallet.setWilling(true);
        _testMove(given, signature, false);
        _expectSpent(given);
        _send(given, signature, false);
        vm.assertEq(token.balanceOf(given.from), AMOUNT, "payer");
    }

    function _testInvalid(Authorization memory given, bytes memory signature, bool split) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ICreditToken.InvalidAuthorization.selector, given.from, given.nonce)
        );
        _send(given, signature, split);
        vm.assertFalse(token.authorizationState(given.from, given.nonce), "spent by a refusal");
    }

    function _given() internal view returns (Authorization memory) {
        return
            Authorization({
                from: REQUESTER,
                to: WORKER,
                value: AMOUNT,
                validAfter: START - 1,
                validBefore: START + 1 days,
                nonce: NONCE
            });
    }
}
