// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {MarketParameters} from "../../../../contracts/governance/MarketParameters.sol";
import {IMarketParameters} from "../../../../contracts/interfaces/IMarketParameters.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

contract SetTest is GovernanceTest {
    function _bounded(
        IMarketParameters.Parameters memory p
    ) internal pure returns (IMarketParameters.Parameters memory) {
        p.feeBps = uint16(bound(p.feeBps, 0, 1_000));
        p.bondPercent = uint8(bound(p.bondPercent, 5, 30));
        p.namedWeight = uint8(bound(p.namedWeight, 0, 50));
        p.minWindow = uint24(bound(p.minWindow, FLOOR, 1 days));
        p.maxWindow = uint24(bound(p.maxWindow, 1 days, 30 days));
        p.seatFee = uint16(bound(p.seatFee, 1, 10_000));
        p.overdraftLimit = uint48(bound(p.overdraftLimit, 0, 100 * CREDIT));
        return p;
    }

    function _assertCurrent(IMarketParameters.Parameters memory expected, string memory label) internal {
        vm.assertEq(keccak256(abi.encode(voted.current())), keccak256(abi.encode(expected)), label);
    }

    function _refuse(IMarketParameters.Parameters memory p, bytes memory reason) internal {
        IMarketParameters.Parameters memory earlier = voted.current();
        vm.expectRevert(reason);
        vm.prank(address(timelock));
        voted.set(p);
        _assertCurrent(earlier, "unchanged");

        vm.expectRevert(reason);
        new MarketParameters(p, FLOOR, address(timelock));
    }

    function _accept(IMarketParameters.Parameters memory p) internal {
        vm.prank(address(timelock));
        voted.set(p);
        _assertCurrent(p, "accepted");
    }

    function testFuzzSet(IMarketParameters.Parameters memory p) public {
        p = _bounded(p);

        vm.expectEmit(address(voted));
        emit IMarketParameters.ParametersSet(p);
        vm.prank(address(timelock));
        voted.set(p);

        _assertCurrent(p, "parameters");
    }

    function testFuzzSetNotTimelock(address caller, IMarketParameters.Parameters memory p) public {
        vm.assume(caller != address(timelock));
        p = _bounded(p);
        bytes32 role = voted.PARAMETERS_ROLE();

        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role)
        );
        vm.prank(caller);
        voted.set(p);
    }

    function testFuzzSetFeeTooHigh(uint16 feeBps) public {
        IMarketParameters.Parameters memory p = _defaults();
        p.feeBps = uint16(bound(feeBps, 1_001, type(uint16).max));
        _refuse(p, abi.encodeWithSelector(IMarketParameters.FeeTooHigh.selector, p.feeBps, 1_000));
    }

    function testFuzzSetBondOutOfBounds(uint8 percent) public {
        vm.assume(percent < 5 || percent > 30);
        IMarketParameters.Parameters memory p = _defaults();
        p.bondPercent = percent;
        _refuse(p, abi.encodeWithSelector(IMarketParameters.BondOutOfBounds.selector, percent, 5, 30));
    }

    function testFuzzSetNamedWeightTooHigh(uint8 weight) public {
        IMarketParameters.Parameters memory p = _defaults();
        p.namedWeight = uint8(bound(weight, 51, type(uint8).max));
        _refuse(p, abi.encodeWithSelector(IMarketParameters.NamedWeightTooHigh.selector, p.namedWeight, 50));
    }

    function testFuzzSetMinWindowOutOfBounds(uint24 window) public {
        vm.assume(window < FLOOR || window > 1 days);
        IMarketParameters.Parameters memory p = _defaults();
        p.minWindow = window;
        _refuse(
            p,
            abi.encodeWithSelector(IMarketParameters.MinWindowOutOfBounds.selector, window, FLOOR, 1 days)
        );
    }

    function testFuzzSetMaxWindowOutOfBounds(uint24 window) public {
        vm.assume(window < 1 days || window > 30 days);
        IMarketParameters.Parameters memory p = _defaults();
        p.maxWindow = window;
        _refuse(
            p,
            abi.encodeWithSelector(IMarketParameters.MaxWindowOutOfBounds.selector, window, 1 days, 30 days)
        );
    }

    function testFuzzSetSeatFeeOutOfBounds(uint16 seatFee) public {
        vm.assume(seatFee < 1 || seatFee > 10_000);
        IMarketParameters.Parameters memory p = _defaults();
        p.seatFee = seatFee;
        _refuse(p, abi.encodeWithSelector(IMarketParameters.SeatFeeOutOfBounds.selector, seatFee, 1, 10_000));
    }

    function testFuzzSetOverdraftLimitTooHigh(uint48 limit) public {
        uint256 highest = 100 * CREDIT;
        IMarketParameters.Parameters memory p = _defaults();
        p.overdraftLimit = uint48(bound(limit, highest + 1, type(uint48).max));
        _refuse(
            p,
            abi.encodeWithSelector(
                IMarketParameters.OverdraftLimitTooHigh.selector,
                p.overdraftLimit,
                highest
            )
        );
    }

    /// @dev Every bound itself is within the bounds.
    function testSetAtBounds() public {
        _accept(IMarketParameters.Parameters(0, 5, 0, uint24(FLOOR), 1 days, 1, 0));
        _accept(IMarketParameters.Parameters(1_000, 30, 50, 1 days, 30 days, 10_000, uint48(100 * CREDIT)));
        _accept(IMarketParameters.Parameters(1_000, 30, 50, 1 days, 1 days, 10_000, uint48(100 * CREDIT)));
    }

    /// @dev One above and one below each bound, so that a bound that moved is seen.
    function testSetBesideBounds() public {
        IMarketParameters.Parameters memory p = _defaults();
        p.bondPercent = 4;
        _refuse(p, abi.encodeWithSelector(IMarketParameters.BondOutOfBounds.selector, 4, 5, 30));
        p.bondPercent = 31;
        _refuse(p, abi.encodeWithSelector(IMarketParameters.BondOutOfBounds.selector, 31, 5, 30));
        p = _defaults();
        p.minWindow = 59;
        _refuse(p, abi.encodeWithSelector(IMarketParameters.MinWindowOutOfBounds.selector, 59, 60, 86_400));
        p.minWindow = 86_401;
        _refuse(
            p,
            abi.encodeWithSelector(IMarketParameters.MinWindowOutOfBounds.selector, 86_401, 60, 86_400)
        );
        p = _defaults();
        p.maxWindow = 86_399;
        _refuse(
            p,
            abi.encodeWithSelector(IMarketParameters.MaxWindowOutOfBounds.selector, 86_399, 86_400, 2_592_000)
        );
        p.maxWindow = 2_592_001;
        _refuse(
            p,
            abi.encodeWithSelector(
                IMarketParameters.MaxWindowOutOfBounds.selector,
                2_592_001,
                86_400,
                2_592_000
            )
        );
    }
}
