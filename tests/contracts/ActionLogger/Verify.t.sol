// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IActionLogger} from "../../../contracts/interfaces/IActionLogger.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract VerifyTest is RegistryTest {
    /// @dev Batch 1 has three actions; batch 2 has eight, numbered from 4.
    uint64 internal constant FIRST = 4;
    uint256 internal constant SIZE = 8;

    bytes32[][] internal levels;

    function setUp() public override {
        super.setUp();
        vm.prank(WORKER);
        actions.commitBatch(agentId, 1, keccak256("another batch"), uint32(FIRST - 1));
        levels.push();
        for (uint64 i = 0; i < SIZE; i++) levels[0].push(_leaf(_action(FIRST + i)));
        while (levels[levels.length - 1].length > 1) {
            uint256 below = levels.length - 1;
            levels.push();
            for (uint256 i = 0; i < levels[below].length; i += 2) {
                levels[below + 1].push(_node(levels[below][i], levels[below][i + 1]));
            }
        }
        vm.prank(WORKER);
        actions.commitBatch(agentId, 2, levels[levels.length - 1][0], uint32(SIZE));
    }

    function testFuzzVerify(uint256 index) public {
        index = bound(index, 0, SIZE - 1);
        bytes32[] memory proof = _proof(index);
        vm.assertEq(proof.length, 3, "a proof grows with the logarithm");
        vm.assertTrue(actions.verify(agentId, 2, _actionAt(index), proof), "action");
    }

    function testFuzzVerifyAlone(bytes32 digest) public {
        IActionLogger.Action memory action = IActionLogger.Action(uint64(FIRST + SIZE), digest);
        bytes32 root = _leaf(action);
        vm.prank(WORKER);
        actions.commitBatch(agentId, 3, root, 1);
        vm.assertTrue(actions.verify(agentId, 3, action, new bytes32[](0)), "action");
    }

    function testFuzzVerifyAnotherDigest(uint256 index, bytes32 digest) public {
        index = bound(index, 0, SIZE - 1);
        IActionLogger.Action memory action = _actionAt(index);
        vm.assume(digest != action.digest);
        action.digest = digest;
        vm.assertFalse(actions.verify(agentId, 2, action, _proof(index)), "another digest");
    }

    function testFuzzVerifyAnotherNumber(uint256 index, uint64 sequence) public {
        index = bound(index, 0, SIZE - 1);
        IActionLogger.Action memory action = _actionAt(index);
        vm.assume(sequence != action.sequence);
        action.sequence = sequence;
        vm.assertFalse(actions.verify(agentId, 2, action, _proof(index)), "another number");
    }

    function testFuzzVerifyInAnotherBatch(uint256 index, uint256 batch, uint256 agent) public {
        index = bound(index, 0, SIZE - 1);
        vm.assume(batch != 2 && agent != agentId);
        vm.assertFalse(actions.verify(agentId, batch, _actionAt(index), _proof(index)), "another batch");
        vm.assertFalse(actions.verify(agent, 2, _actionAt(index), _proof(index)), "another agent");
    }

    function testFuzzVerifyBadProof(uint256 index, uint256 level, bytes32 node) public {
        index = bound(index, 0, SIZE - 1);
        bytes32[] memory proof = _proof(index);
        level = bound(level, 0, proof.length - 1);
        vm.assume(node != proof[level]);
        proof[level] = node;
        vm.assertFalse(actions.verify(agentId, 2, _actionAt(index), proof), "another node");
        vm.assertFalse(actions.verify(agentId, 2, _actionAt(index), new bytes32[](2)), "too short");
        vm.assertFalse(actions.verify(agentId, 2, _actionAt(index), new bytes32[](4)), "too long");
    }

    /// A batch says how many actions it has: one under a number before or behind them is not of it, root or no root.
    function testFuzzVerifyNumberOutOfRange(uint64 sequence) public {
        vm.assume(sequence != FIRST + SIZE);
        IActionLogger.Action memory action = _action(sequence);
        bytes32 root = _leaf(action);
        vm.prank(WORKER);
        actions.commitBatch(agentId, 3, root, 1);
        vm.assertFalse(actions.verify(agentId, 3, action, new bytes32[](0)), "out of range");
    }

    /// A batch that does not exist has no actions, not even one that hashes to its empty root.
    function testFuzzVerifyUnknownBatch(uint256 agent, uint256 batch, uint64 sequence) public {
        vm.assume(agent != agentId);
        bytes32[] memory proof = new bytes32[](0);
        vm.assertFalse(actions.verify(agent, batch, _action(sequence), proof), "no batch");
    }

    /// The same hashes as OpenZeppelin's merkle-tree makes for the types uint256, uint64 and bytes32.
    function testFuzzLeafOf(uint256 agent, uint64 sequence, bytes32 digest) public {
        bytes32 inner = keccak256(abi.encode(agent, sequence, digest));
        bytes32 leaf = actions.leafOf(agent, IActionLogger.Action(sequence, digest));
        vm.assertEq(leaf, keccak256(abi.encodePacked(inner)), "leaf");
    }

    function _action(uint64 sequence) internal pure returns (IActionLogger.Action memory) {
        return IActionLogger.Action(sequence, keccak256(abi.encode("action", sequence)));
    }

    function _actionAt(uint256 index) internal pure returns (IActionLogger.Action memory) {
        return _action(FIRST + uint64(index));
    }

    function _leaf(IActionLogger.Action memory action) internal view returns (bytes32) {
        return actions.leafOf(agentId, action);
    }

    function _node(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function _proof(uint256 index) internal view returns (bytes32[] memory proof) {
        proof = new bytes32[](levels.length - 1);
        for (uint256 i = 0; i < proof.length; i++) proof[i] = levels[i][(index >> i) ^ 1];
    }
}
