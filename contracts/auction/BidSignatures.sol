// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {AuctionBase} from "./AuctionBase.sol";
import {IBidAuction} from "../interfaces/IBidAuction.sol";

/// @notice Bids that others send: EIP-712 signatures with an expiry, by ECDSA or ERC-1271, and nonces without an order.
abstract contract BidSignatures is AuctionBase, EIP712 {
    bytes32 private constant COMMITMENT_TYPEHASH = keccak256(
        "SignedCommitment(uint256 taskId,uint256 agentId,uint200 digest,uint200 replaces,uint256 validUntil)"
    );
    bytes32 private constant BID_TYPEHASH = keccak256(
        "SignedBid(uint256 taskId,uint256 agentId,uint256 price,uint256 promised,uint256 validUntil,uint256 nonce)"
    );

    /// @dev 256 nonces a slot.
    mapping(address => mapping(uint256 => uint256)) private _usedNonces;

    constructor() EIP712("BidAuction", "1") {}

    /// @inheritdoc IBidAuction
    function invalidateNonces(uint256 word, uint256 mask) external {
        _usedNonces[msg.sender][word] |= mask;

        emit NoncesInvalidated(msg.sender, word, mask);
    }

    /// @inheritdoc IBidAuction
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool) {
        return _usedNonces[signer][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IBidAuction
    function hashOfCommitment(SignedCommitment calldata commitment) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(COMMITMENT_TYPEHASH, commitment)));
    }

    /// @inheritdoc IBidAuction
    function hashOfBid(SignedBid calldata signedBid) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(BID_TYPEHASH, signedBid)));
    }

    function _checkSignature(
        address signer,
        bytes32 digest,
        uint256 validUntil,
        bytes calldata signature
    ) internal view {
        require(block.timestamp < validUntil, SignatureExpired(validUntil, block.timestamp));
        require(SignatureChecker.isValidSignatureNow(signer, digest, signature), InvalidSignature(signer));
    }

    function _useBid(RelayedBid calldata relayed) internal {
        (address signer, uint256 nonce) = (relayed.signer, relayed.bid.nonce);
        _checkSignature(signer, hashOfBid(relayed.bid), relayed.bid.validUntil, relayed.signature);
        uint256 used = _usedNonces[signer][nonce >> 8];
        uint256 bit = 1 << (nonce & 0xff);
        require(used & bit == 0, NonceUsed(signer, nonce));
        _usedNonces[signer][nonce >> 8] = used | bit;
    }
}
