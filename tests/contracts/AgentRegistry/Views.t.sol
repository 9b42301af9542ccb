// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

contract RegistryViewsTest is RegistryTest {
    function testIdentity() public {
        vm.assertEq(registry.name(), "AgentIdentity", "name");
        vm.assertEq(registry.symbol(), "AGENT", "symbol");
        vm.assertEq(registry.getVersion(), "2.0.0", "version");
        vm.assertTrue(registry.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        vm.assertTrue(registry.supportsInterface(type(IERC721).interfaceId), "ERC-721");
        vm.assertTrue(registry.supportsInterface(0x49064906), "ERC-4906");
    }

    function testFuzzRights(address account) public {
        vm.assume(account != WORKER && account != RIVAL && account != THIRD);
        _approveBoth();
        _assertRights(WORKER, true, "owner");
        _assertRights(RIVAL, true, "operator");
        _assertRights(THIRD, true, "approved");
        _assertRights(account, false, "stranger");
    }

    function _assertRights(address account, bool expected, string memory label) internal {
        vm.assertEq(registry.isAuthorizedOrOwner(account, agentId), expected, label);
        vm.assertEq(registry.canAct(agentId, account), expected, label);
        vm.assertEq(registry.canBid(agentId, account), expected, label);
    }

    /// Nobody acts for an agent that does not exist, the zero address and operators of others included.
    function testFuzzUnknownAgent(uint256 unknown, address account) public {
        vm.assume(unknown != agentId);
        _approveBoth();
        vm.assertFalse(registry.exists(unknown), "exists");
        vm.assertFalse(registry.isActive(unknown), "active");
        vm.assertFalse(registry.canAct(unknown, account), "acts");
        vm.assertFalse(registry.canAct(unknown, address(0)), "zero address acts");
        vm.assertFalse(registry.canBid(unknown, RIVAL), "bids");
        vm.assertEq(registry.getAgentWallet(unknown), address(0), "wallet");
        vm.assertEq(registry.getMetadata(unknown, "agentWallet"), bytes(""), "wallet bytes");

        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, unknown));
        registry.isAuthorizedOrOwner(account, unknown);
    }
}
