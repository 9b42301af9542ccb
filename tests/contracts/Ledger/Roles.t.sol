// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {LedgerTest} from "../utils/LedgerTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The set of contracts that move locked credits is fixed: no role, no admin and no vote changes it.
contract LedgerRolesTest is LedgerTest {
    bytes32 internal market;

    function setUp() public override {
        super.setUp();
        market = ledger.MARKET_ROLE();
    }

    function testMarketIsTasksAuctionAndMessages() public {
        vm.assertTrue(ledger.hasRole(market, address(tasks)), "tasks");
        vm.assertTrue(ledger.hasRole(market, address(auction)), "auction");
        vm.assertTrue(ledger.hasRole(market, address(messages)), "messages");
        vm.assertFalse(ledger.hasRole(market, address(incentives)), "incentives");
        vm.assertFalse(ledger.hasRole(market, address(registry)), "registry");
        vm.assertFalse(ledger.hasRole(market, address(marketplace)), "marketplace");
        vm.assertFalse(ledger.hasRole(market, address(actions)), "actions");
        vm.assertFalse(ledger.hasRole(market, ADMIN), "admin");
        vm.assertFalse(ledger.hasRole(0, ADMIN), "admin of roles");
    }

    function testFuzzNobodyGrants(address caller, address account, bytes32 role) public {
        _expectRefused(caller, ledger.getRoleAdmin(role));
        ledger.grantRole(role, account);
        _expectRefused(ADMIN, ledger.getRoleAdmin(market));
        ledger.grantRole(market, ADMIN);
    }

    function testFuzzNobodyRevokes(address caller) public {
        _expectRefused(caller, 0);
        ledger.revokeRole(market, address(tasks));
        _expectRefused(ADMIN, 0);
        ledger.revokeRole(market, address(auction));
    }

    function testFuzzNobodyRenouncesForTheMarket(address caller) public {
        _assumeOutside(caller);
        vm.expectRevert(IAccessControl.AccessControlBadConfirmation.selector);
        vm.prank(caller);
        ledger.renounceRole(market, address(tasks));

        vm.expectRevert(IAccessControl.AccessControlBadConfirmation.selector);
        vm.prank(ADMIN);
        ledger.renounceRole(market, address(auction));
    }

    function _expectRefused(address caller, bytes32 needed) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, needed)
        );
        vm.prank(caller);
    }
}
