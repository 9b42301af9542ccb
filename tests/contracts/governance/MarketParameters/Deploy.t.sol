// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {MarketParameters} from "../../../../contracts/governance/MarketParameters.sol";
import {IMarketParameters} from "../../../../contracts/interfaces/IMarketParameters.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

/// @notice What a deployment fixes for ever.
contract DeployTest is GovernanceTest {
    function testFuzzDeploy(uint256 floor, address holder) public {
        floor = bound(floor, 1, 1 days);
        IMarketParameters.Parameters memory p = _defaults();
        p.minWindow = uint24(floor);

        address expected = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit(expected);
        emit IMarketParameters.ParametersSet(p);
        MarketParameters deployed = new MarketParameters(p, floor, holder);

        vm.assertEq(deployed.floor(), floor, "floor");
        vm.assertEq(keccak256(abi.encode(deployed.current())), keccak256(abi.encode(p)), "parameters");
        vm.assertTrue(deployed.hasRole(deployed.PARAMETERS_ROLE(), holder), "role");
        vm.assertFalse(deployed.hasRole(0, holder), "no admin");
        vm.assertFalse(deployed.hasRole(0, address(this)), "no admin by deploying");
    }

    function testFuzzDeployFloorOutOfBounds(uint256 floor) public {
        vm.assume(floor == 0 || floor > 1 days);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketParameters.FloorOutOfBounds.selector, floor, 1, 1 days)
        );
        new MarketParameters(_defaults(), floor, address(timelock));
    }

    /// @dev Not even the timelock can give its right to another.
    function testFuzzRoleCannotMove(address caller, address other) public {
        bytes32 role = voted.PARAMETERS_ROLE();
        bytes memory reason = abi.encodeWithSelector(
            IAccessControl.AccessControlUnauthorizedAccount.selector,
            caller,
            bytes32(0)
        );
        vm.expectRevert(reason);
        vm.prank(caller);
        voted.grantRole(role, other);

        vm.expectRevert(reason);
        vm.prank(caller);
        voted.revokeRole(role, address(timelock));
    }
}
