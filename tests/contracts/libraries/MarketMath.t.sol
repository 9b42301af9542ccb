// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MarketMathTest {
    /// The least whole number of units that is the percentage or more, and never under the minimum.
    function testFuzzBondOf(uint256 reserve, uint256 percent) public {
        reserve = bound(reserve, 0, MarketMath.MAX_RESERVE);
        percent = bound(percent, 0, 100);
        uint256 bond = MarketMath.bondOf(reserve, percent);
        vm.assertGe(bond, MarketMath.MIN_BOND, "minimum");
        vm.assertGe(bond * 100, reserve * percent, "the percentage");
        if (bond > MarketMath.MIN_BOND) {
            vm.assertLt((bond - 1) * 100, reserve * percent, "no more than that");
        }
    }

    function testFuzzCompensationOf(uint256 reserve) public {
        reserve = bound(reserve, MarketMath.MIN_RESERVE, MarketMath.MAX_RESERVE);
        uint256 compensation = MarketMath.compensationOf(reserve);
        vm.assertGe(compensation * 10, reserve, "a tenth");
        vm.assertLt((compensation - 1) * 10, reserve, "no more than that");
    }

    /// Each seat is paid the same whole number of units.
    function testFuzzPanelFeeOf(uint256 seats, uint16 seatFee) public {
        seats = bound(seats, 1, 100);
        uint256 fee = MarketMath.panelFeeOf(seats, seatFee);
        vm.assertEq(fee % seats, 0, "shared without a rest");
        vm.assertEq(fee / seats, uint256(seatFee) * 1_000, "seat");
    }

    function testFuzzFeeOf(uint256 price, uint256 feeBps) public {
        price = bound(price, 1, MarketMath.MAX_RESERVE);
        feeBps = bound(feeBps, 0, 1_000);
        uint256 fee = MarketMath.feeOf(price, feeBps);
        vm.assertLe(fee * 10_000, price * feeBps, "rounded down");
        vm.assertGt((fee + 1) * 10_000, price * feeBps, "by less than a unit");
        vm.assertLt(fee, price, "the worker is always paid something");
    }

    function testFuzzRejectionBurnOf(uint256 bond) public {
        bond = bound(bond, MarketMath.MIN_BOND, MarketMath.MAX_RESERVE);
        uint256 burned = MarketMath.rejectionBurnOf(bond);
        vm.assertTrue(burned * 2 == bond || burned * 2 == bond + 1, "half, rounded up");
        vm.assertLt(burned, bond, "something is left to unlock");
    }

    function testByNumbers() public {
        vm.assertEq(MarketMath.bondOf(1_000_000, 10), 100_000, "bond of one credit");
        vm.assertEq(MarketMath.bondOf(1_000_001, 10), 100_001, "bond of one credit and a unit");
        vm.assertEq(MarketMath.bondOf(999_999, 10), 100_000, "bond just below one credit");
        vm.assertEq(MarketMath.bondOf(1_000_001, 30), 300_001, "bond of another percentage");
        vm.assertEq(MarketMath.compensationOf(100_000), 10_000, "compensation");
        vm.assertEq(MarketMath.compensationOf(100_001), 10_001, "compensation rounded up");
        vm.assertEq(MarketMath.panelFeeOf(3, 10), 30_000, "panel of three at a hundredth of a credit");
        vm.assertEq(MarketMath.panelFeeOf(7, 10), 70_000, "panel of seven");
        vm.assertEq(MarketMath.feeOf(399, 250), 9, "fee rounded down");
        vm.assertEq(MarketMath.rejectionBurnOf(100_001), 50_001, "burn rounded up");
    }
}
