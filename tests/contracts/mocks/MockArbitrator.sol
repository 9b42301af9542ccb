// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../../contracts/interfaces/IArbitrable.sol";
import {IArbitrator} from "../../../contracts/interfaces/IArbitrator.sol";

/// @notice An arbitrator that rules what it is told.
contract MockArbitrator is IArbitrator {
    struct DisputeCase {
        IArbitrable arbitrable;
        uint256 choices;
        bytes extraData;
        uint256 paid;
    }

    uint256 private constant PRICE_OF_A_BYTE = 1 gwei;

    DisputeCase[] private _disputes;
    bool private _hasty;

    /// @dev A hasty arbitrator rules before it says what the dispute's number is.
    function setHasty(bool hasty) external {
        _hasty = hasty;
    }

    function createDispute(
        uint256 choices,
        bytes calldata extraData
    ) external payable returns (uint256 disputeID) {
        disputeID = _disputes.length;
        _disputes.push(DisputeCase(IArbitrable(msg.sender), choices, extraData, msg.value));
        if (_hasty) IArbitrable(msg.sender).rule(disputeID, 1);
    }

    function give(uint256 disputeID, uint256 ruling) external {
        _disputes[disputeID].arbitrable.rule(disputeID, ruling);
    }

    function disputeOf(uint256 disputeID) external view returns (DisputeCase memory) {
        return _disputes[disputeID];
    }

    function arbitrationCost(bytes calldata extraData) external pure returns (uint256 cost) {
        return extraData.length * PRICE_OF_A_BYTE;
    }
}
