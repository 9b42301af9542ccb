// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PermitTest} from "../utils/PermitTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract CreateTaskWithPermitTest is PermitTest {
    function testFuzzCreateTaskWithPermit(uint256 reserve, uint256 rest, uint256 deadline) public {
        ITaskManager.TaskParams memory params = _params(bound(reserve, MIN_RESERVE, MAX_RESERVE));
        uint256 escrow = _escrowOf(params.reserve);
        rest = bound(rest, 0, MAX_RESERVE);
        _mint(REQUESTER, escrow + rest);
        ITaskManager.Permit memory permit = _permit(escrow + rest, bound(deadline, START, type(uint256).max));

        vm.expectEmit(address(ledger));
        emit ILedger.Deposited(accountOf(REQUESTER), REQUESTER, escrow + rest);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskCreated(
            1,
            REQUESTER,
            params.skill,
            params,
            FEE_BPS,
            BOND_PERCENT,
            SEAT_FEE,
            NAMED_WEIGHT
        );
        vm.prank(REQUESTER);
        uint256 taskId = tasks.createTaskWithPermit(params, permit);

        vm.assertEq(taskId, 1, "id");
        vm.assertEq(tasks.getTask(taskId).requester, REQUESTER, "requester");
        _assertBalance(accountOf(REQUESTER), rest, escrow, "requester");
        vm.assertEq(token.balanceOf(REQUESTER), 0, "tokens left");
    }

    /// A permit can also only fill up what is missing.
    function testFuzzPermitForWhatIsMissing(uint256 free) public {
        uint256 escrow = _escrowOf(RESERVE);
        free = bound(free, 1, escrow - 1);
        _fund(REQUESTER, free);
        _mint(REQUESTER, escrow - free);
        ITaskManager.Permit memory permit = _permit(escrow - free, START);
        vm.prank(REQUESTER);
        tasks.createTaskWithPermit(_params(RESERVE), permit);
        _assertBalance(accountOf(REQUESTER), 0, escrow, "requester");
    }

    /// Attack: the permit is taken from the pool of pending transactions and used first.
    function testPermitUsedBefore() public {
        uint256 escrow = _escrowOf(RESERVE);
        _mint(REQUESTER, escrow);
        ITaskManager.Permit memory permit = _permit(escrow, START);
        vm.prank(OUTSIDER);
        token.permit(REQUESTER, address(ledger), permit.value, permit.deadline, permit.v, permit.r, permit.s);

        vm.prank(REQUESTER);
        tasks.createTaskWithPermit(_params(RESERVE), permit);
        _assertBalance(accountOf(REQUESTER), 0, escrow, "requester");
    }

    /// Attack: another's permit. It is tried as the caller's own and worth nothing.
    function testFuzzPermitOfAnotherOwner(address attacker) public {
        vm.assume(attacker != REQUESTER && attacker != address(0) && attacker != address(ledger));
        uint256 escrow = _escrowOf(RESERVE);
        _mint(REQUESTER, escrow);
        ITaskManager.Permit memory permit = _permit(escrow, START);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(ledger),
                0,
                escrow
            )
        );
        vm.prank(attacker);
        tasks.createTaskWithPermit(_params(RESERVE), permit);
    }

    function testFuzzRefusedTaskTakesNoDeposit(uint256 reserve) public {
        reserve = bound(reserve, 0, MIN_RESERVE - 1);
        _mint(REQUESTER, CREDIT);
        ITaskManager.Permit memory permit = _permit(CREDIT, START);
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.reserve = reserve;
        vm.expectRevert(
            abi.encodeWithSelector(
                ITaskManager.ReserveOutOfBounds.selector,
                reserve,
                MIN_RESERVE,
                type(uint48).max
            )
        );
        vm.prank(REQUESTER);
        tasks.createTaskWithPermit(params, permit);
        vm.assertEq(token.balanceOf(REQUESTER), CREDIT, "tokens left");
    }

    function _permit(uint256 value, uint256 deadline) internal view returns (ITaskManager.Permit memory) {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(REQUESTER_KEY, address(ledger), value, deadline);
        return ITaskManager.Permit({value: value, deadline: deadline, v: v, r: r, s: s});
    }
}
