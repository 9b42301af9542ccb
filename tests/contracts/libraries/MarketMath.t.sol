// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MarketMathTest {
    /// The least whole number of units that is a tenth of the reserve or more, and never under the minimum.
    function testFuzzBondOf(uint256 reserve) public {
        reserve = bound(reserve, 0, type(uint88).max);
        uint256 bond = MarketMath.bondOf(reserve);
        vm.assertGe(bond, MarketMath.MIN_BOND, "minimum");
        vm.assertGe(bond * 10, reserve, "a tenth");
        if (bond > MarketMath.MIN_BOND) vm.assertLt((bond - 1) * 10, reserve, "no more than that");
    }

    function testFuzzDepositOf(uint256 reserve) public {
        reserve = bound(reserve, MarketMath.MIN_RESERVE, MarketMath.MAX_RESERVE);
        uint256 deposit = MarketMath.depositOf(reserve);
        vm.assertGe(deposit * 10, reserve, "a tenth");
        vm.assertLt((deposit - 1) * 10, reserve, "no more than that");
    }

    function testFuzzFeeOf(uint256 price, uint256 feeBps) public {
        price = bound(price, 1, type(uint88).max);
        feeBps = bound(feeBps, 0, 1_000);
        uint256 fee = MarketMath.feeOf(price, feeBps);
        vm.assertLe(fee * 10_000, price * feeBps, "rounded down");
        vm.assertGt((fee + 1) * 10_000, price * feeBps, "by less than a unit");
        vm.assertLt(fee, price, "the worker is always paid something");
    }

    function testFuzzRejectionBurnOf(uint256 bond) public {
        bond = bound(bond, MarketMath.MIN_BOND, type(uint88).max);
        uint256 burned = MarketMath.rejectionBurnOf(bond);
        vm.assertTrue(burned * 2 == bond || burned * 2 == bond + 1, "half, rounded up");
        vm.assertLt(burned, bond, "something is left to unlock");
    }

    function testByNumbers() public {
        vm.assertEq(MarketMath.bondOf(1_000_000), 100_000, "bond of one credit");
        vm.assertEq(MarketMath.bondOf(1_000_001), 100_001, "bond of one credit and a unit");
        vm.assertEq(MarketMath.bondOf(999_999), 100_000, "bond just below one credit");
        vm.assertEq(MarketMath.depositOf(100_000), 10_000, "deposit");
        vm.assertEq(MarketMath.depositOf(100_001), 10_001, "deposit rounded up");
        vm.assertEq(MarketMath.feeOf(399, 250), 9, "fee rounded down");
        vm.assertEq(MarketMath.rejectionBurnOf(100_001), 50_001, "burn rounded up");
    }
}
