// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

import {PermitTest} from "../utils/PermitTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TokenPermitTest is PermitTest {
    function testFuzzPermit(address spender, uint256 value, uint256 deadline) public {
        vm.assume(spender != address(0));
        deadline = bound(deadline, START, type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, spender, value, deadline);

        vm.expectEmit(address(token));
        emit IERC20.Approval(REQUESTER, spender, value);
        vm.prank(OUTSIDER);
        token.permit(REQUESTER, spender, value, deadline, v, r, s);

        vm.assertEq(token.allowance(REQUESTER, spender), value, "allowance");
        vm.assertEq(token.nonces(REQUESTER), 1, "nonce");
    }

    function testFuzzPermitExpired(uint256 deadline) public {
        deadline = bound(deadline, 0, START - 1);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, WORKER, 1, deadline);

        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, deadline));
        token.permit(REQUESTER, WORKER, 1, deadline, v, r, s);
    }

    function testFuzzPermitSignedByAnother(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != REQUESTER_KEY);
        bytes32 digest = _permitDigest(REQUESTER, WORKER, 1, START, 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);

        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, vm.addr(key), REQUESTER)
        );
        token.permit(REQUESTER, WORKER, 1, START, v, r, s);
    }

    /// The same signature recovers to a stranger once the nonce has moved on, and on another chain.
    function testPermitReplayed() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, WORKER, 1, START);
        token.permit(REQUESTER, WORKER, 1, START, v, r, s);

        vm.expectRevert(_invalidSigner(1, v, r, s));
        token.permit(REQUESTER, WORKER, 1, START, v, r, s);
    }

    function testPermitOnAnotherChain() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, WORKER, 1, START);
        vm.chainId(1);

        vm.expectRevert(_invalidSigner(0, v, r, s));
        token.permit(REQUESTER, WORKER, 1, START, v, r, s);
    }

    function _invalidSigner(
        uint256 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) internal view returns (bytes memory) {
        address found = ecrecover(_permitDigest(REQUESTER, WORKER, 1, START, nonce), v, r, s);
        return abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, found, REQUESTER);
    }
}
