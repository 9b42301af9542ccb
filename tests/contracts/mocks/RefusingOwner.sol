// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A contract that takes neither ether nor agents, nor answers any call: the worst party to pay.
/// @dev It can still act, through `execute`.
contract RefusingOwner {
    error Refused();

    fallback() external {
        revert Refused();
    }

    function execute(address target, bytes calldata data) external returns (bytes memory) {
        (bool success, bytes memory result) = target.call(data);
        require(success, Refused());
        return result;
    }
}
