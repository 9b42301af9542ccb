// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {medianOf} from "../../../contracts/libraries/Median.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MedianTest {
    /// No more than half are below it, and fewer than half are above: that is the middle, or the upper middle.
    function testFuzzMedian(uint256[15] memory raw, uint256 count, uint256 range) public {
        count = bound(count, 1, 15);
        range = bound(range, 1, 1_000);
        uint256[] memory numbers = new uint256[](15);
        for (uint256 i = 0; i < 15; i++) numbers[i] = raw[i] % range;
        uint256[] memory counted = new uint256[](count);
        for (uint256 i = 0; i < count; i++) counted[i] = numbers[i];

        uint256 median = medianOf(numbers, count);
        (uint256 below, uint256 same, uint256 above) = (0, 0, 0);
        for (uint256 i = 0; i < count; i++) {
            if (counted[i] < median) below++;
            else if (counted[i] == median) same++;
            else above++;
        }
        vm.assertGt(same, 0, "one of them");
        vm.assertLe(2 * below, count, "below");
        vm.assertLt(2 * above, count, "above");
    }

    function testMedianOfTwoIsTheUpper() public {
        uint256[] memory numbers = new uint256[](2);
        (numbers[0], numbers[1]) = (40, 60);
        vm.assertEq(medianOf(numbers, 2), 60, "median");
    }
}
