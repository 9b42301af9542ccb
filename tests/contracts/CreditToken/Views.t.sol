// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {MarketTest} from "../utils/MarketTest.sol";
import {vm} from "../utils/Vm.sol";

contract TokenViewsTest is MarketTest {
    function testIdentity() public {
        vm.assertEq(token.name(), "Agora Credit", "name");
        vm.assertEq(token.symbol(), "AGC", "symbol");
        vm.assertEq(uint256(token.decimals()), 6, "decimals");
        vm.assertEq(token.cap(), TOKEN_CAP, "cap");
    }

    /// Deployment alone lets nobody mint: the admin has to decide it.
    function testFuzzOnlyAdminGrantsMinting(address caller) public {
        bytes32 role = token.MINTER_ROLE();
        vm.assume(caller != ADMIN);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector,
                caller,
                bytes32(0)
            )
        );
        vm.prank(caller);
        token.grantRole(role, caller);
    }
}
