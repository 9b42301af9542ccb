// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EvaluatorPool} from "../../../contracts/EvaluatorPool.sol";
import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Miswired, Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TakeSeatTest is PoolTest {
    function testFuzzTakeSeat(uint256 count, uint256 time) public {
        count = bound(count, 1, 5);
        time = bound(time, block.timestamp, type(uint40).max);
        vm.warp(time);
        _fund(OUTSIDER, count * SEAT_STAKE);
        for (uint256 i = 0; i < count; i++) {
            vm.expectEmit(address(panels));
            emit IEvaluatorPool.SeatTaken(SEATS + i, OUTSIDER, SEAT_STAKE);
            vm.prank(OUTSIDER);
            vm.assertEq(panels.takeSeat(), SEATS + i, "seat");

            IEvaluatorPool.Seat memory expected = IEvaluatorPool.Seat({
                holder: OUTSIDER,
                bornAt: uint40(time),
                leavingSince: 0,
                duties: 0,
                slashes: 0
            });
            vm.assertEq(abi.encode(panels.seatOf(SEATS + i)), abi.encode(expected), "seat's record");
            vm.assertEq(panels.stakeOf(SEATS + i), SEAT_STAKE, "stake");
            vm.assertEq(panels.seatCount(), SEATS + i + 1, "seats");
        }
        _assertBalance(accountOf(OUTSIDER), 0, count * SEAT_STAKE, "evaluator");
    }

    function testFuzzTakeSeatWithoutStake(uint256 free) public {
        free = bound(free, 0, SEAT_STAKE - 1);
        if (free != 0) _fund(OUTSIDER, free);
        vm.expectRevert(
            abi.encodeWithSelector(ILedger.InsufficientFree.selector, accountOf(OUTSIDER), free, SEAT_STAKE)
        );
        vm.prank(OUTSIDER);
        panels.takeSeat();
    }

    function testNoSeat() public {
        IEvaluatorPool.Seat memory none;
        vm.assertEq(abi.encode(panels.seatOf(SEATS)), abi.encode(none), "record of no seat");
        vm.assertEq(panels.stakeOf(SEATS), 0, "stake of no seat");
    }

    function testParameters() public {
        vm.assertEq(address(panels.ledger()), address(ledger), "ledger");
        vm.assertEq(panels.tasks(), address(client), "tasks");
        vm.assertEq(panels.race(), address(raceClient), "race");
        vm.assertEq(panels.seatStake(), SEAT_STAKE, "stake");
        vm.assertEq(panels.warmUp(), WARM_UP, "warm-up");
        vm.assertEq(panels.leaveDelay(), LEAVE_DELAY, "delay");
    }

    function testFuzzMiswired(uint256 other) public {
        Wiring memory wiring;
        wiring.pool = IEvaluatorPool(vm.addr(bound(other, 1, type(uint128).max)));
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(Miswired.selector, address(wiring.pool), actual));
        new EvaluatorPool(wiring, SEAT_STAKE, WARM_UP, LEAVE_DELAY);
    }

    function testFuzzStakeTooSmall(uint256 stake) public {
        stake = bound(stake, 0, 3);
        Wiring memory wiring;
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.StakeTooSmall.selector, stake, 4));
        new EvaluatorPool(wiring, stake, WARM_UP, LEAVE_DELAY);
    }
}
