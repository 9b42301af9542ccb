// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The cheatcodes that these tests use, as Hardhat's EVM answers them.
/// @dev Assertions are not marked as views, so that the compiler asks no test to be one.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function assume(bool condition) external pure;

    function addr(uint256 privateKey) external pure returns (address);

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);

    function getNonce(address account) external view returns (uint64);

    function toString(uint256 value) external pure returns (string memory);

    function getCode(string calldata artifact) external view returns (bytes memory);

    function label(address account, string calldata name) external;

    function prank(address sender) external;

    function startPrank(address sender) external;

    function stopPrank() external;

    function warp(uint256 timestamp) external;

    function roll(uint256 blockNumber) external;

    function deal(address account, uint256 balance) external;

    function chainId(uint256 id) external;

    function etch(address target, bytes calldata code) external;

    function snapshotState() external returns (uint256 id);

    function revertToState(uint256 id) external returns (bool);

    function recordLogs() external;

    function getRecordedLogs() external returns (Log[] memory);

    function expectRevert(bytes4 selector) external;

    function expectRevert(bytes calldata reason) external;

    function expectEmit(address emitter) external;

    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;

    function expectCall(address callee, bytes calldata data) external;

    function assertTrue(bool condition, string calldata label) external;

    function assertFalse(bool condition, string calldata label) external;

    function assertEq(bool left, bool right, string calldata label) external;

    function assertEq(uint256 left, uint256 right, string calldata label) external;

    function assertEq(int256 left, int256 right, string calldata label) external;

    function assertEq(address left, address right, string calldata label) external;

    function assertEq(bytes32 left, bytes32 right, string calldata label) external;

    function assertEq(string calldata left, string calldata right, string calldata label) external;

    function assertEq(bytes calldata left, bytes calldata right, string calldata label) external;

    function assertNotEq(uint256 left, uint256 right, string calldata label) external;

    function assertLt(uint256 left, uint256 right, string calldata label) external;

    function assertLe(uint256 left, uint256 right, string calldata label) external;

    function assertGt(uint256 left, uint256 right, string calldata label) external;

    function assertGe(uint256 left, uint256 right, string calldata label) external;
}

/// @dev The last 20 bytes of keccak256("hevm cheat code").
Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// @notice A number within [low, high] for any `x`; `x` itself where it lies within.
function bound(uint256 x, uint256 low, uint256 high) pure returns (uint256) {
    require(low <= high, "bound: low is above high");
    if (x >= low && x <= high) return x;
    uint256 size;
    unchecked {
        size = high - low + 1;
    }
    return size == 0 ? x : low + (x % size);
}
