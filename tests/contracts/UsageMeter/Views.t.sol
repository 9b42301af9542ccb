// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MeterViewsTest is MeterTest {
    function testFuzzVoucherHash(bytes32 id, uint256 cumulative, bytes32 root, uint64 chainId) public {
        vm.assertEq(meter.voucherHash(id, cumulative, root), _hash(id, cumulative, root), "hash");
        vm.chainId(chainId);
        vm.assertEq(meter.voucherHash(id, cumulative, root), _hash(id, cumulative, root), "on another chain");
    }

    /// ERC-5267: what a wallet reads here is what vouchers are bound to.
    function testDomain() public {
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chain,
            address verifier,
            ,

        ) = meter.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(hex"0f"), "fields: all but the salt");
        vm.assertEq(name, "UsageMeter", "name");
        vm.assertEq(version, "1", "version");
        vm.assertEq(chain, block.chainid, "chain");
        vm.assertEq(verifier, address(meter), "contract");
    }

    function testFuzzChannelId(uint256 id, address signer, address to) public {
        vm.assertEq(meter.channelId(id, signer, to), _idOf(id, signer, to), "id");
    }

    function testAvailableNotOpen() public {
        _grant(CREDIT);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), 0, "available");
    }

    function testFuzzAvailable(uint256 amount, uint256 spent) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        spent = bound(spent, 1, amount);
        _open(amount);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), amount, "before");
        _redeem(spent);
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), amount - spent, "after");
    }

    /* RECEIPTS */

    function testFuzzVerifyReceipt(bytes32[4] memory digests, uint256 index, bytes32 other) public {
        index = bound(index, 0, 3);
        for (uint256 i = 0; i < 4; i++) vm.assume(other != digests[i]);
        bytes32[2] memory nodes = [
            _node(_leaf(digests[0]), _leaf(digests[1])),
            _node(_leaf(digests[2]), _leaf(digests[3]))
        ];
        bytes32 root = _node(nodes[0], nodes[1]);
        bytes32[] memory proof = new bytes32[](2);
        proof[0] = _leaf(digests[index ^ 1]);
        proof[1] = nodes[1 - index / 2];
        vm.assertTrue(meter.verifyReceipt(root, digests[index], proof), "receipt");
        vm.assertFalse(meter.verifyReceipt(root, other, proof), "another receipt");
        vm.assertFalse(meter.verifyReceipt(other, digests[index], proof), "another root");
        // Attack: a node of the tree is shown as a receipt.
        bytes32[] memory short = new bytes32[](1);
        short[0] = nodes[1];
        vm.assertFalse(meter.verifyReceipt(root, nodes[0], short), "a node");
    }

    function testFuzzVerifyOnlyReceipt(bytes32 digest) public {
        vm.assertTrue(meter.verifyReceipt(_leaf(digest), digest, new bytes32[](0)), "receipt");
    }

    function _leaf(bytes32 digest) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(digest))));
    }

    function _node(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
