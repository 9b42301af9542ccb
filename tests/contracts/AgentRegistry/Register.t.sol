// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RegisterTest is MarketTest {
    function testFuzzRegister(uint256 key) public {
        address owner = _ownerFrom(key);
        _expectRegistered(1, "", owner);
        _expectMinted(1, owner);
        vm.prank(owner);
        uint256 agentId = registry.register();

        vm.assertEq(agentId, 1, "first id");
        _assertNew(agentId, "", owner);
    }

    function testFuzzRegisterWithURI(uint256 key, string memory uri) public {
        vm.assume(bytes(uri).length != 0);
        address owner = _ownerFrom(key);
        vm.expectEmit(address(registry));
        emit IERC4906.MetadataUpdate(1);
        _expectRegistered(1, uri, owner);
        _expectMinted(1, owner);
        vm.prank(owner);
        uint256 agentId = registry.register(uri);

        _assertNew(agentId, uri, owner);
    }

    function testFuzzRegisterWithMetadata(string memory uri, string memory key, bytes memory value) public {
        vm.assume(bytes(uri).length != 0);
        IAgentRegistry.MetadataEntry[] memory metadata = _entries(key, value);
        vm.expectEmit(address(registry));
        emit IERC4906.MetadataUpdate(1);
        _expectRegistered(1, uri, WORKER);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(1, key, key, value);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(1, "second", "second", "2");
        _expectMinted(1, WORKER);
        vm.prank(WORKER);
        uint256 agentId = registry.register(uri, metadata);

        _assertNew(agentId, uri, WORKER);
        vm.assertEq(registry.getMetadata(agentId, key), value, "metadata");
        vm.assertEq(registry.getMetadata(agentId, "second"), bytes("2"), "second metadata");
    }

    /// Who registers is the wallet: nobody slips another address in by metadata.
    function testFuzzRegisterReservedKey(bytes memory value) public {
        IAgentRegistry.MetadataEntry[] memory metadata = _entries("agentWallet", value);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.ReservedMetadataKey.selector, "agentWallet"));
        registry.register("ipfs://card", metadata);
    }

    function testRegisterCounts() public {
        vm.assertEq(_register(WORKER), 1, "first");
        vm.assertEq(_register(RIVAL), 2, "second");
        vm.assertEq(_register(WORKER), 3, "third");
        vm.assertEq(registry.agentCount(), 3, "count");
        vm.assertEq(registry.balanceOf(WORKER), 2, "worker's agents");
    }

    /// This test is a contract that takes no tokens.
    function testRegisterByContractThatTakesNoAgents() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(this)));
        registry.register();
    }

    function _entries(
        string memory key,
        bytes memory value
    ) internal pure returns (IAgentRegistry.MetadataEntry[] memory metadata) {
        metadata = new IAgentRegistry.MetadataEntry[](2);
        metadata[0] = IAgentRegistry.MetadataEntry({metadataKey: key, metadataValue: value});
        metadata[1] = IAgentRegistry.MetadataEntry({metadataKey: "second", metadataValue: "2"});
    }

    /// @dev An address without code.
    function _ownerFrom(uint256 key) internal pure returns (address) {
        return vm.addr(bound(key, 1, type(uint128).max));
    }

    function _expectRegistered(uint256 agentId, string memory uri, address owner) internal {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Registered(agentId, uri, owner);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(agentId, "agentWallet", "agentWallet", abi.encodePacked(owner));
    }

    function _expectMinted(uint256 agentId, address owner) internal {
        vm.expectEmit(address(registry));
        emit IERC721.Transfer(address(0), owner, agentId);
    }

    function _assertNew(uint256 agentId, string memory uri, address owner) internal {
        vm.assertEq(registry.agentCount(), agentId, "count");
        vm.assertEq(registry.ownerOf(agentId), owner, "owner");
        vm.assertEq(registry.tokenURI(agentId), uri, "URI");
        vm.assertEq(registry.getAgentWallet(agentId), owner, "wallet");
        vm.assertEq(registry.getMetadata(agentId, "agentWallet"), abi.encodePacked(owner), "wallet bytes");
        vm.assertEq(uint256(registry.ownershipEpoch(agentId)), 0, "epoch");
        vm.assertTrue(registry.isActive(agentId), "active");
        vm.assertTrue(registry.canBid(agentId, owner), "can bid");
    }
}
