// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IERC8004Identity} from "../utils/IERC8004.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The identity registry through the standard's eyes alone.
contract IdentityStandardTest is RegistryTest {
    IERC8004Identity internal identity;

    function setUp() public override {
        super.setUp();
        identity = IERC8004Identity(address(registry));
    }

    /// A function or an event that is spelt otherwise is another one.
    function testSelectors() public {
        bytes4[8] memory ours = [
            IAgentRegistry.setAgentURI.selector,
            IAgentRegistry.getMetadata.selector,
            IAgentRegistry.setMetadata.selector,
            IAgentRegistry.getAgentWallet.selector,
            IAgentRegistry.setAgentWallet.selector,
            IAgentRegistry.unsetAgentWallet.selector,
            IAgentRegistry.isAuthorizedOrOwner.selector,
            IAgentRegistry.getVersion.selector
        ];
        string[8] memory standard = [
            "setAgentURI(uint256,string)",
            "getMetadata(uint256,string)",
            "setMetadata(uint256,string,bytes)",
            "getAgentWallet(uint256)",
            "setAgentWallet(uint256,address,uint256,bytes)",
            "unsetAgentWallet(uint256)",
            "isAuthorizedOrOwner(address,uint256)",
            "getVersion()"
        ];
        for (uint256 i = 0; i < 8; i++) {
            vm.assertEq(bytes32(ours[i]), bytes32(bytes4(keccak256(bytes(standard[i])))), standard[i]);
        }
        _assertEvent(IAgentRegistry.Registered.selector, "Registered(uint256,string,address)");
        _assertEvent(IAgentRegistry.MetadataSet.selector, "MetadataSet(uint256,string,string,bytes)");
        _assertEvent(IAgentRegistry.URIUpdated.selector, "URIUpdated(uint256,string,address)");
    }

    function _assertEvent(bytes32 found, string memory signature) internal {
        vm.assertEq(found, keccak256(bytes(signature)), signature);
    }

    function testDescribesItself() public {
        vm.assertEq(identity.name(), "AgentIdentity", "name");
        vm.assertEq(identity.symbol(), "AGENT", "symbol");
        vm.assertEq(identity.getVersion(), "2.0.0", "version");
        bytes4[4] memory interfaces = [bytes4(0x01ffc9a7), 0x80ac58cd, 0x5b5e139f, 0x49064906];
        for (uint256 i = 0; i < 4; i++) {
            vm.assertTrue(identity.supportsInterface(interfaces[i]), "ERC-165, 721, 721 metadata, 4906");
        }
        vm.assertFalse(identity.supportsInterface(0xffffffff), "none");
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chain,
            address verifier,
            ,

        ) = identity.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)), "domain fields");
        vm.assertEq(name, "ERC8004IdentityRegistry", "domain name");
        vm.assertEq(version, "1", "domain version");
        vm.assertEq(chain, block.chainid, "domain chain");
        vm.assertEq(verifier, address(registry), "domain contract");
    }

    /// The three ways to register. Ids count from 1 here and from 0 there: a client learns them from the event.
    function testRegister() public {
        IERC8004Identity.MetadataEntry[] memory metadata = new IERC8004Identity.MetadataEntry[](1);
        metadata[0] = IERC8004Identity.MetadataEntry({metadataKey: "model", metadataValue: "small"});
        vm.startPrank(RIVAL);
        _expectRegistered(2, "");
        vm.assertEq(identity.register(), 2, "id");
        _expectRegistered(3, "ipfs://card");
        vm.assertEq(identity.register("ipfs://card"), 3, "id with URI");
        _expectRegistered(4, "ipfs://card");
        vm.expectEmit(address(identity));
        emit IERC8004Identity.MetadataSet(4, "model", "model", "small");
        vm.assertEq(identity.register("ipfs://card", metadata), 4, "id with metadata");
        vm.stopPrank();

        vm.assertEq(identity.ownerOf(4), RIVAL, "owner");
        vm.assertEq(identity.balanceOf(RIVAL), 3, "balance");
        vm.assertEq(identity.tokenURI(4), "ipfs://card", "URI");
        vm.assertEq(identity.getMetadata(4, "model"), bytes("small"), "metadata");
        vm.assertEq(identity.getAgentWallet(4), RIVAL, "wallet");
    }

    function _expectRegistered(uint256 id, string memory uri) internal {
        vm.expectEmit(address(identity));
        emit IERC8004Identity.Registered(id, uri, RIVAL);
        vm.expectEmit(address(identity));
        emit IERC8004Identity.MetadataSet(id, "agentWallet", "agentWallet", abi.encodePacked(RIVAL));
    }

    function testUpdate() public {
        vm.startPrank(WORKER);
        vm.expectEmit(address(identity));
        emit IERC8004Identity.URIUpdated(agentId, "ipfs://new", WORKER);
        identity.setAgentURI(agentId, "ipfs://new");
        vm.expectEmit(address(identity));
        emit IERC8004Identity.MetadataSet(agentId, "key", "key", "value");
        identity.setMetadata(agentId, "key", "value");
        vm.expectEmit(address(identity));
        emit IERC8004Identity.MetadataSet(agentId, "agentWallet", "agentWallet", "");
        identity.unsetAgentWallet(agentId);
        vm.stopPrank();
        vm.assertEq(identity.getAgentWallet(agentId), address(0), "wallet");
        vm.assertEq(identity.getMetadata(agentId, "agentWallet"), bytes(""), "wallet bytes");
    }

    /// A transfer clears the wallet and says so with an empty value.
    function testTransfer() public {
        vm.prank(WORKER);
        identity.approve(THIRD, agentId);
        vm.assertTrue(identity.isAuthorizedOrOwner(THIRD, agentId), "approved");
        vm.expectEmit(address(identity));
        emit IERC8004Identity.Transfer(WORKER, RIVAL, agentId);
        vm.expectEmit(address(identity));
        emit IERC8004Identity.MetadataSet(agentId, "agentWallet", "agentWallet", "");
        vm.prank(THIRD);
        identity.safeTransferFrom(WORKER, RIVAL, agentId, "");

        vm.assertEq(identity.ownerOf(agentId), RIVAL, "owner");
        vm.assertEq(identity.getAgentWallet(agentId), address(0), "wallet");
        vm.assertFalse(identity.isAuthorizedOrOwner(THIRD, agentId), "approval is gone");
    }
}
