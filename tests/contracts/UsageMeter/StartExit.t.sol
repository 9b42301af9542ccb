// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract StartExitTest is MeterTest {
    function testFuzzStartExit(uint256 time) public {
        time = bound(time, START, START + 365 days);
        _open(DEPOSIT);
        vm.warp(time);

        vm.expectEmit(address(meter));
        emit IUsageMeter.ExitStarted(_id(), time + CHALLENGE_WINDOW);
        _startExit();

        vm.assertEq(_channel().exitEnd, time + CHALLENGE_WINDOW, "end");
        vm.assertEq(meter.available(agentId, SIGNER, PROVIDER), 0, "available");
        _assertChannel(DEPOSIT, 0, "channel");
        _assertBalance(deposits, 0, DEPOSIT, "deposits");
    }

    function testFuzzStartExitCannotAct(address caller) public {
        vm.assume(caller != WORKER);
        _open(DEPOSIT);
        _expectCannotAct(caller);
        meter.startExit(agentId, SIGNER, PROVIDER);
    }

    function testStartExitNotOpen() public {
        _expectNotOpen();
        vm.prank(WORKER);
        meter.startExit(agentId, SIGNER, PROVIDER);
    }

    function testStartExitTwice() public {
        _open(DEPOSIT);
        _startExit();
        vm.warp(START + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IUsageMeter.Leaving.selector, _id(), START + CHALLENGE_WINDOW)
        );
        vm.prank(WORKER);
        meter.startExit(agentId, SIGNER, PROVIDER);
    }
}
