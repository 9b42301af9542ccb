// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What one agent has bid on one task, sealed or open, in one slot: revealing a bid writes over its commitment.
///
///     sealed:    digest 200                                  | revealed 0 | epoch 32 | quality 16
///     revealed:  tie-break 64 | 0 (56) | promised 32 | price 48 | revealed 1 | epoch 32 | quality 16
///
/// @dev The tie-break of a sealed bid is the head of its digest, so a commitment also fixes who wins a tie, and gives the
/// draw of a panel something that the requester could not know when it chose its secret.
/// @param quality The bidder's quality, frozen when the bid was made, in basis points.
/// @param epoch The agent's ownership epoch when the bid was made.
struct BidSlot {
    uint16 quality;
    uint32 epoch;
    bool revealed;
    uint200 body;
}

using {priceOf, promisedOf, tieBreakOf, isSealed} for BidSlot global;

uint256 constant PROMISED_SHIFT = 48;
uint256 constant TIE_BREAK_SHIFT = 136;

/// @notice The body of an open bid.
function bodyOf(uint256 price, uint256 promised, uint64 tieBreak) pure returns (uint200) {
    return uint200((uint256(tieBreak) << TIE_BREAK_SHIFT) | (promised << PROMISED_SHIFT) | price);
}

function isSealed(BidSlot memory bid) pure returns (bool) {
    return !bid.revealed && bid.body != 0;
}

function priceOf(BidSlot memory bid) pure returns (uint256) {
    return uint48(bid.body);
}

function promisedOf(BidSlot memory bid) pure returns (uint256) {
    return uint32(bid.body >> PROMISED_SHIFT);
}

function tieBreakOf(BidSlot memory bid) pure returns (uint64) {
    return uint64(bid.body >> TIE_BREAK_SHIFT);
}
