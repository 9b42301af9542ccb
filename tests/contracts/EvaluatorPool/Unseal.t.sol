// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract UnsealTest is PoolTest {
    function testFuzzUnseal(bytes32 secret, uint256 number, uint256 elapsed) public {
        _convene(_case(CASE, 3));
        IEvaluatorPool.Panel memory expected = panels.panelOf(address(client), CASE);
        number = bound(number, block.number, type(uint40).max - 1);
        vm.roll(number);
        vm.warp(block.timestamp + bound(elapsed, 0, 365 days));

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.CaseUnsealed(address(client), CASE, secret);
        vm.expectEmit(address(panels));
        emit IEvaluatorPool.DrawFixed(address(client), CASE, 1, number + 1, SEATS);
        vm.prank(address(client));
        panels.unseal(CASE, secret);

        expected.stage = IEvaluatorPool.Stage.Drawing;
        expected.round = 1;
        expected.places = uint32(SEATS);
        expected.drawBlock = uint40(number + 1);
        expected.since = uint40(block.timestamp);
        expected.seed = keccak256(abi.encode(secret, ENTROPY, address(client), CASE));
        vm.assertEq(abi.encode(panels.panelOf(address(client), CASE)), abi.encode(expected), "panel");
        vm.assertEq(panels.pendingDraws(), 1, "pending");
    }

    /// A case belongs to its client; for anyone else there is none.
    function testFuzzUnsealByAnother(address caller) public {
        vm.assume(caller != address(client));
        _convene(_case(CASE, 3));
        vm.expectRevert(
            abi.encodeWithSelector(
                IEvaluatorPool.WrongStage.selector,
                caller,
                CASE,
                IEvaluatorPool.Stage.None
            )
        );
        vm.prank(caller);
        panels.unseal(CASE, SECRET);
    }

    function testUnsealTwice() public {
        _convene(_case(CASE, 3));
        _unseal(CASE);
        _expectWrongStage(IEvaluatorPool.Stage.Drawing);
        vm.prank(address(client));
        panels.unseal(CASE, SECRET);
    }
}
