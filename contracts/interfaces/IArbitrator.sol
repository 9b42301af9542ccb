// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of an arbitrator here: a part of the ABI of ERC-792. Appeals are between it and the parties.
interface IArbitrator {
    /// @notice Opens a dispute between `_choices` rulings; the caller is the arbitrable contract.
    function createDispute(
        uint256 _choices,
        bytes calldata _extraData
    ) external payable returns (uint256 disputeID);

    /// @notice What `createDispute` costs, in the chain's currency.
    function arbitrationCost(bytes calldata _extraData) external view returns (uint256 cost);
}
