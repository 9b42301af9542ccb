// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title Who follows an arbitrator's rulings: the ABI of ERC-792.
interface IArbitrable {
    event Ruling(IArbitrator indexed _arbitrator, uint256 indexed _disputeID, uint256 _ruling);

    /// @notice Carries out a ruling. Only the arbitrator of the dispute.
    /// @param _ruling One of the choices, from 1; zero when the arbitrator refused to arbitrate.
    function rule(uint256 _disputeID, uint256 _ruling) external;
}
