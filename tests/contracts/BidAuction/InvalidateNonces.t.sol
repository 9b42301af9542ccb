// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract InvalidateNoncesTest is AuctionTest {
    function testFuzzInvalidateNonces(address caller, uint256 word, uint256 mask) public {
        word = bound(word, 0, type(uint248).max);
        vm.expectEmit(address(auction));
        emit IBidAuction.NoncesInvalidated(caller, word, mask);
        vm.prank(caller);
        auction.invalidateNonces(word, mask);
        for (uint256 i = 0; i < 256; i++) {
            bool used = (mask >> i) & 1 == 1;
            vm.assertEq(auction.isNonceUsed(caller, word * 256 + i), used, "nonce");
        }
    }

    /// What is invalid stays invalid.
    function testFuzzInvalidateNoncesAdds(uint256 first, uint256 second, uint8 bit) public {
        vm.startPrank(WORKER);
        auction.invalidateNonces(0, first);
        auction.invalidateNonces(0, second);
        vm.stopPrank();
        bool used = ((first | second) >> bit) & 1 == 1;
        vm.assertEq(auction.isNonceUsed(WORKER, bit), used, "nonce");
        vm.assertFalse(auction.isNonceUsed(WORKER, 256 + uint256(bit)), "another word");
        vm.assertFalse(auction.isNonceUsed(RIVAL, bit), "another signer");
    }
}
