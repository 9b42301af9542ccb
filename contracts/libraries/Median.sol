// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The median of the first `count` numbers, of an even count the upper one of the middle two.
/// @dev Sorts them in place, by insertion: panels are small. `count` is not zero.
function medianOf(uint256[] memory numbers, uint256 count) pure returns (uint256) {
    for (uint256 i = 1; i < count; i++) {
        uint256 number = numbers[i];
        uint256 j = i;
        for (; j > 0 && numbers[j - 1] > number; j--) numbers[j] = numbers[j - 1];
        numbers[j] = number;
    }
    return numbers[count / 2];
}
