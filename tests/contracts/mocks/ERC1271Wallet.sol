// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract wallet whose one signer speaks for it.
contract ERC1271Wallet is IERC1271 {
    address private immutable SIGNER;

    constructor(address signer) {
        SIGNER = signer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address found, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return found == SIGNER ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
