// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {MarketTest} from "../utils/MarketTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract BurnTest is MarketTest {
    function testFuzzBurn(uint256 minted, uint256 burned) public {
        minted = bound(minted, 0, TOKEN_CAP);
        burned = bound(burned, 0, minted);
        _mint(REQUESTER, minted);

        vm.expectEmit(address(token));
        emit IERC20.Transfer(REQUESTER, address(0), burned);
        vm.prank(REQUESTER);
        token.burn(burned);

        vm.assertEq(token.balanceOf(REQUESTER), minted - burned, "balance");
        vm.assertEq(token.totalSupply(), minted - burned, "supply");
    }

    function testFuzzBurnMoreThanHeld(uint256 minted, uint256 burned) public {
        minted = bound(minted, 0, TOKEN_CAP);
        burned = bound(burned, minted + 1, type(uint256).max);
        _mint(REQUESTER, minted);

        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, REQUESTER, minted, burned)
        );
        vm.prank(REQUESTER);
        token.burn(burned);
    }

    function testBurnedSupplyCanBeMintedAgain() public {
        _mint(REQUESTER, TOKEN_CAP);
        vm.prank(REQUESTER);
        token.burn(1);
        _mint(REQUESTER, 1);
        vm.assertEq(token.totalSupply(), TOKEN_CAP, "supply");
    }
}
