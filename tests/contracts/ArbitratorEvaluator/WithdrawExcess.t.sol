// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitratorEvaluator} from "../../../contracts/interfaces/IArbitratorEvaluator.sol";
import {ArbitrationTest} from "../utils/ArbitrationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract WithdrawExcessTest is ArbitrationTest {
    bool private greedy;
    bytes private answer;

    /// @dev This test pays as well: it comes back for more while it is paid, or takes nothing.
    receive() external payable {
        require(greedy, "not wanted");
        (, answer) = address(adapter).call(abi.encodeCall(IArbitratorEvaluator.withdrawExcess, ()));
    }

    function testFuzzWithdrawExcess(uint256 excess, uint256 others) public {
        excess = bound(excess, 1, 1 ether - COST);
        others = bound(others, 1, 1 ether - COST);
        _request(COST + excess);
        taskId = _deliverToAdapter();
        vm.deal(RIVAL, COST + others);
        vm.prank(RIVAL);
        adapter.request{value: COST + others}(taskId);

        vm.expectEmit(address(adapter));
        emit IArbitratorEvaluator.ExcessWithdrawn(OUTSIDER, excess);
        vm.prank(OUTSIDER);
        adapter.withdrawExcess();
        vm.assertEq(OUTSIDER.balance, 1 ether - COST, "payer");
        vm.assertEq(adapter.excessOf(OUTSIDER), 0, "owed");
        vm.assertEq(adapter.excessOf(RIVAL), others, "owed to the other");
        vm.assertEq(address(adapter).balance, others, "held");
    }

    function testFuzzWithdrawNothing(address caller) public {
        _request(COST);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.NothingToWithdraw.selector, caller));
        vm.prank(caller);
        adapter.withdrawExcess();
    }

    function testWithdrawNotTaken() public {
        vm.deal(address(this), COST + 5);
        adapter.request{value: COST + 5}(taskId);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorEvaluator.NotTaken.selector, address(this), 5));
        adapter.withdrawExcess();
        vm.assertEq(adapter.excessOf(address(this)), 5, "still owed");
    }

    /// Who comes back while it is paid finds nothing left.
    function testWithdrawReentered() public {
        greedy = true;
        _request(COST + 5);
        taskId = _deliverToAdapter();
        vm.deal(address(this), COST + 5);
        adapter.request{value: COST + 5}(taskId);
        adapter.withdrawExcess();
        vm.assertEq(
            answer,
            abi.encodeWithSelector(IArbitratorEvaluator.NothingToWithdraw.selector, address(this)),
            "answer"
        );
        vm.assertEq(address(this).balance, 5, "taken");
        vm.assertEq(address(adapter).balance, 5, "the other's");
    }
}
