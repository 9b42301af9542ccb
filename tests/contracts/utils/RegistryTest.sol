// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice One agent of WORKER, and what its owner's functions have in common.
abstract contract RegistryTest is MarketTest {
    uint256 internal agentId;

    function setUp() public virtual override {
        super.setUp();
        agentId = _register(WORKER);
    }

    /// @dev The next call, by `caller`, must be refused.
    function _expectNotAuthorized(address caller) internal {
        vm.assume(caller != WORKER);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NotAuthorized.selector, agentId, caller));
        vm.prank(caller);
    }

    function _expectNonexistent(uint256 unknown) internal {
        vm.assume(unknown != agentId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, unknown));
        vm.prank(WORKER);
    }

    /// @dev RIVAL becomes an operator of all of WORKER's agents, THIRD is approved for this one.
    function _approveBoth() internal {
        vm.startPrank(WORKER);
        registry.setApprovalForAll(RIVAL, true);
        registry.approve(THIRD, agentId);
        vm.stopPrank();
    }
}
