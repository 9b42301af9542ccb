// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {PoolTest} from "../utils/PoolTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract ConveneTest is PoolTest {
    function testFuzzConvene(IEvaluatorPool.Case memory request, bool byRace) public {
        request.size = 2 * bound(request.size, 0, 4) + 1;
        request.fee = request.size * bound(request.fee, 0, type(uint40).max);
        request.bornBefore = bound(request.bornBefore, 0, block.timestamp);
        request.window = bound(request.window, 1, type(uint24).max);
        address caller = byRace ? address(raceClient) : address(client);

        vm.expectEmit(address(panels));
        emit IEvaluatorPool.CaseConvened(
            caller,
            request.caseId,
            request.size,
            request.fee,
            request.bornBefore,
            request.window,
            request.entropy
        );
        vm.prank(caller);
        panels.convene(request);

        IEvaluatorPool.Panel memory expected;
        expected.stage = IEvaluatorPool.Stage.Sealed;
        expected.size = uint8(request.size);
        expected.window = uint24(request.window);
        expected.bornBefore = uint40(request.bornBefore);
        expected.seatFee = uint40(request.fee / request.size);
        expected.seed = request.entropy;
        vm.assertEq(abi.encode(panels.panelOf(caller, request.caseId)), abi.encode(expected), "panel");
        vm.assertEq(panels.pendingDraws(), 0, "pending");
    }

    /// The two clients number their cases without knowing of each other.
    function testConveneByBothClients() public {
        _convene(_case(CASE, 3));
        vm.prank(address(raceClient));
        panels.convene(_case(CASE, 5));
        vm.assertEq(panels.panelOf(address(client), CASE).size, 3, "tasks' panel");
        vm.assertEq(panels.panelOf(address(raceClient), CASE).size, 5, "race's panel");
    }

    function testFuzzConveneNotClient(address caller) public {
        vm.assume(caller != address(client) && caller != address(raceClient));
        vm.expectRevert(abi.encodeWithSelector(IEvaluatorPool.NotClient.selector, caller));
        vm.prank(caller);
        panels.convene(_case(CASE, 3));
    }

    function testConveneTwice() public {
        _convene(_case(CASE, 3));
        _expectWrongStage(IEvaluatorPool.Stage.Sealed);
        vm.prank(address(client));
        panels.convene(_case(CASE, 3));
    }

    function testFuzzConvenePanelEven(uint256 size) public {
        size = size - (size % 2);
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.size = size;
        _expectRefused(request, abi.encodeWithSelector(IEvaluatorPool.PanelEven.selector, size));
    }

    function testFuzzConvenePanelTooLarge(uint256 size, uint256 leaving) public {
        leaving = bound(leaving, 0, SEATS);
        for (uint256 i = 0; i < leaving; i++) _announceLeave(i);
        uint256 maximum = SEATS - leaving;
        size = bound(size, maximum + 1, type(uint256).max - 1) | 1;
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.size = size;
        _expectRefused(request, abi.encodeWithSelector(IEvaluatorPool.PanelTooLarge.selector, size, maximum));
    }

    /// However many seats there are.
    function testConveneTheLargestPanel() public {
        for (uint256 i = 0; i < 20; i++) _takeSeat(OUTSIDER);
        _convene(_case(CASE, 15));
        _expectRefused(_case(8, 17), abi.encodeWithSelector(IEvaluatorPool.PanelTooLarge.selector, 17, 15));
    }

    function testFuzzConveneInvalidFee(uint256 fee) public {
        if (fee % 3 == 0) fee = bound(fee, 3 * uint256(type(uint40).max) + 1, type(uint256).max);
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.fee = fee;
        _expectRefused(request, abi.encodeWithSelector(IEvaluatorPool.InvalidFee.selector, fee, 3));
    }

    function testFuzzConveneWindowOutOfBounds(uint256 window) public {
        uint256 maximum = type(uint24).max;
        if (window != 0) window = bound(window, maximum + 1, type(uint256).max);
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.window = window;
        _expectRefused(
            request,
            abi.encodeWithSelector(IEvaluatorPool.WindowOutOfBounds.selector, window, 1, maximum)
        );
    }

    function testFuzzConveneBirthInFuture(uint256 bornBefore) public {
        bornBefore = bound(bornBefore, block.timestamp + 1, type(uint256).max);
        IEvaluatorPool.Case memory request = _case(CASE, 3);
        request.bornBefore = bornBefore;
        _expectRefused(
            request,
            abi.encodeWithSelector(IEvaluatorPool.BirthInFuture.selector, bornBefore, block.timestamp)
        );
    }

    function _expectRefused(IEvaluatorPool.Case memory request, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(address(client));
        panels.convene(request);
    }
}
