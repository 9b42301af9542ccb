// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice Signs the token's ERC-3009 authorizations.
/// @dev EIP-712 by hand, so that the domain and the types are those which outside tools sign.
abstract contract AuthorizationTest is MarketTest {
    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    string private constant FIELDS =
        "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    function _signTransfer(uint256 key, Authorization memory given) internal view returns (bytes memory) {
        return _sign(key, _structHash("TransferWithAuthorization", given));
    }

    function _signReceive(uint256 key, Authorization memory given) internal view returns (bytes memory) {
        return _sign(key, _structHash("ReceiveWithAuthorization", given));
    }

    function _signCancel(
        uint256 key,
        address authorizer,
        bytes32 nonce
    ) internal view returns (bytes memory) {
        bytes32 typehash = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        return _sign(key, keccak256(abi.encode(typehash, authorizer, nonce)));
    }

    function _structHash(string memory name, Authorization memory given) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(bytes(string.concat(name, FIELDS))), given));
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Agora Credit"),
                keccak256("1"),
                block.chainid,
                address(token)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked("\x19\x01", domain, structHash))
        );
        return abi.encodePacked(r, s, v);
    }

    function _split(bytes memory signature) internal pure returns (uint8 v, bytes32 r, bytes32 s) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }

    /// @dev The other signature of the same digest by the same key: s mirrored at the order of the curve.
    function _mirror(bytes memory signature) internal pure returns (bytes memory) {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        (uint8 v, bytes32 r, bytes32 s) = _split(signature);
        return abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
    }
}
