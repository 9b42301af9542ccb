// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {MarketTest} from "../utils/MarketTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract MintTest is MarketTest {
    function testFuzzMint(address to, uint256 amount) public {
        vm.assume(to != address(0));
        amount = bound(amount, 0, TOKEN_CAP);

        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(0), to, amount);
        vm.prank(ADMIN);
        token.mint(to, amount);

        vm.assertEq(token.balanceOf(to), amount, "balance");
        vm.assertEq(token.totalSupply(), amount, "supply");
    }

    function testFuzzMintNotMinter(address caller, uint256 amount) public {
        vm.assume(caller != ADMIN);
        bytes32 role = token.MINTER_ROLE();

        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role)
        );
        vm.prank(caller);
        token.mint(caller, amount);
    }

    function testFuzzMintAboveCap(uint256 first, uint256 second) public {
        first = bound(first, 1, TOKEN_CAP);
        second = bound(second, TOKEN_CAP - first + 1, TOKEN_CAP);
        _mint(REQUESTER, first);

        vm.expectRevert(
            abi.encodeWithSelector(ERC20Capped.ERC20ExceededCap.selector, first + second, TOKEN_CAP)
        );
        vm.prank(ADMIN);
        token.mint(REQUESTER, second);
    }

    function testMintUpToCap() public {
        _mint(REQUESTER, TOKEN_CAP);
        vm.assertEq(token.totalSupply(), TOKEN_CAP, "supply");
    }
}
