// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice Signs what others may send to the auction.
/// @dev EIP-712 by hand, so that the domain and the types are those which outside tools sign.
abstract contract RelayTest is MarketTest {
    uint256 internal constant RIVAL_KEY = uint256(keccak256("rival"));
    uint256 internal constant THIRD_KEY = uint256(keccak256("third"));
    uint256 internal constant FOREVER = type(uint256).max;

    function _hashCommitment(IBidAuction.SignedCommitment memory commitment) internal view returns (bytes32) {
        bytes32 typehash = keccak256(
            "SignedCommitment(uint256 taskId,uint256 agentId,uint200 digest,uint200 replaces,uint256 validUntil)"
        );
        return
            _typed(
                keccak256(
                    abi.encode(
                        typehash,
                        commitment.taskId,
                        commitment.agentId,
                        commitment.digest,
                        commitment.replaces,
                        commitment.validUntil
                    )
                )
            );
    }

    function _hashBid(IBidAuction.SignedBid memory signedBid) internal view returns (bytes32) {
        bytes32 typehash = keccak256(
            "SignedBid(uint256 taskId,uint256 agentId,uint256 price,uint256 promised,uint256 validUntil,uint256 nonce)"
        );
        return
            _typed(
                keccak256(
                    abi.encode(
                        typehash,
                        signedBid.taskId,
                        signedBid.agentId,
                        signedBid.price,
                        signedBid.promised,
                        signedBid.validUntil,
                        signedBid.nonce
                    )
                )
            );
    }

    function _signed(
        uint256 key,
        IBidAuction.SignedCommitment memory commitment
    ) internal view returns (IBidAuction.RelayedCommitment memory) {
        bytes memory signature = _signHash(key, _hashCommitment(commitment));
        return IBidAuction.RelayedCommitment(commitment, vm.addr(key), signature);
    }

    function _signed(
        uint256 key,
        IBidAuction.SignedBid memory signedBid
    ) internal view returns (IBidAuction.RelayedBid memory) {
        return IBidAuction.RelayedBid(signedBid, vm.addr(key), _signHash(key, _hashBid(signedBid)));
    }

    function _signHash(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function _typed(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("BidAuction"),
                keccak256("1"),
                block.chainid,
                address(auction)
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }
}
