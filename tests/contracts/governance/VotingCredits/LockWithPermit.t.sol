// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

contract LockWithPermitTest is GovernanceTest {
    function testFuzzLockWithPermit(uint256 amount, uint256 period) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        period = bound(period, MIN_PERIOD, MAX_PERIOD);
        _mint(VOTER, amount);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(VOTER_KEY, address(votes), amount, block.timestamp);

        vm.prank(VOTER);
        uint256 lockId = votes.lockWithPermit(amount, period, block.timestamp, v, r, s);

        vm.assertEq(lockId, 1, "id");
        vm.assertEq(votes.getLock(1).amount, amount, "amount");
        vm.assertEq(votes.getVotes(VOTER), (amount * period) / MAX_PERIOD, "votes");
        vm.assertEq(token.balanceOf(address(votes)), amount, "locked tokens");
    }

    /// @dev Who uses the permit first changes nothing.
    function testFuzzLockWithPermitUsedBefore(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        _mint(VOTER, amount);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(VOTER_KEY, address(votes), amount, block.timestamp);
        vm.prank(OUTSIDER);
        token.permit(VOTER, address(votes), amount, block.timestamp, v, r, s);

        vm.prank(VOTER);
        votes.lockWithPermit(amount, MIN_PERIOD, block.timestamp, v, r, s);

        vm.assertEq(votes.getLock(1).amount, amount, "amount");
    }

    /// @dev Another's permit gives nothing to the caller.
    function testFuzzLockWithPermitOfAnother(uint256 amount) public {
        amount = bound(amount, CREDIT, TOKEN_CAP);
        _mint(VOTER, amount);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(VOTER_KEY, address(votes), amount, block.timestamp);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(votes),
                0,
                amount
            )
        );
        vm.prank(OUTSIDER);
        votes.lockWithPermit(amount, MIN_PERIOD, block.timestamp, v, r, s);
    }
}
