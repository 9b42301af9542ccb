// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";

/// @notice Takes agents, and in the middle of taking the first one makes the call it was told to make.
contract Receiver is IERC721Receiver {
    struct Call {
        address target;
        bytes data;
    }

    Call[] private _calls;

    /// @notice Whether the last planned call succeeded, and what it returned.
    bool public succeeded;
    bytes public returned;

    function plan(address target, bytes calldata data) external {
        _calls.push(Call({target: target, data: data}));
    }

    /// @notice Calls `target` as this contract, and reverts as it does.
    function execute(address target, bytes calldata data) external returns (bytes memory) {
        (bool success, bytes memory result) = target.call(data);
        if (success) return result;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        while (_calls.length != 0) {
            Call memory planned = _calls[_calls.length - 1];
            _calls.pop();
            (succeeded, returned) = planned.target.call(planned.data);
        }
        return IERC721Receiver.onERC721Received.selector;
    }
}
