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

    /// ERC-5267: what a wallet reads here is what the token's signatures are bound to.
    function testFuzzDomain(uint64 chainId) public {
        vm.chainId(chainId);
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chain,
            address verifier,
            bytes32 salt,
            uint256[] memory extensions
        ) = token.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(hex"0f"), "fields: all but the salt");
        vm.assertEq(name, "Agora Credit", "name");
        vm.assertEq(version, "1", "version");
        vm.assertEq(chain, chainId, "chain");
        vm.assertEq(verifier, address(token), "contract");
        vm.assertEq(salt, 0, "salt");
        vm.assertEq(extensions.length, 0, "extensions");

        bytes32 typehash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        bytes32 separator = keccak256(
            abi.encode(typehash, keccak256(bytes(name)), keccak256(bytes(version)), chain, verifier)
        );
        vm.assertEq(token.DOMAIN_SEPARATOR(), separator, "separator");
    }

    /// The identifiers as outside tools write them.
    function testInterfaces() public {
        vm.assertTrue(token.supportsInterface(0x01ffc9a7), "ERC-165");
        vm.assertTrue(token.supportsInterface(0x36372b07), "ERC-20");
        vm.assertTrue(token.supportsInterface(0xa219a025), "ERC-20 metadata");
        vm.assertTrue(token.supportsInterface(0x9d8ff7da), "ERC-2612");
        vm.assertTrue(token.supportsInterface(0x84b0196e), "ERC-5267");
        vm.assertTrue(token.supportsInterface(type(IAccessControl).interfaceId), "access control");
        bytes4 transfers =
            bytes4(keccak256("authorizationState(address,bytes32)")) ^
                _selector("transferWithAuthorization") ^
                _selector("receiveWithAuthorization");
        vm.assertTrue(token.supportsInterface(transfers), "ERC-3009");
        bytes4 cancel = bytes4(keccak256("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"));
        vm.assertTrue(token.supportsInterface(cancel), "ERC-3009's cancel");
        vm.assertFalse(token.supportsInterface(0xffffffff), "none");
    }

    function _selector(string memory name) internal pure returns (bytes4) {
        string memory values = "(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)";
        return bytes4(keccak256(bytes(string.concat(name, values))));
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
