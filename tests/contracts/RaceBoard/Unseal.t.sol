// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract UnsealTest is RaceTest {
    function testFuzzUnseal(bytes32 secret, uint256 elapsed, address caller) public {
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.seal = keccak256(abi.encode(secret));
        _postRace(params, true);
        _twoWithHead();
        vm.warp(bound(elapsed, revealEnd, revealEnd + reviewWindow - 1));
        ITaskManager.File memory file = _file();
        file.seal = params.seal;

        vm.expectEmit(address(race));
        emit IRaceBoard.SecretShown(taskId, secret);
        vm.prank(caller);
        race.unseal(taskId, file, secret);

        vm.assertTrue(race.getRace(taskId).unsealed, "unsealed");
        vm.assertEq(race.getRace(taskId).secret, secret, "secret");
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.AlreadyUnsealed.selector, taskId));
        race.unseal(taskId, file, secret);
    }

    function testUnsealAtTheDeadline() public {
        _postRace(true);
        _twoWithHead();
        uint256 end = revealEnd + reviewWindow;
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(end + i);
            _expectClosed(end);
            _unseal();
        }
        vm.warp(end - 1);
        _unseal();
    }

    function testFuzzUnsealWrongFile(bytes32[3] memory parts) public {
        _postRace(true);
        _twoWithHead();
        vm.assume(parts[0] != SPECIFICATION || parts[1] != SEAL || parts[2] != 0);
        ITaskManager.File memory file = ITaskManager.File(parts[0], parts[1], parts[2]);
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongFile.selector, taskId));
        race.unseal(taskId, file, SECRET);
    }

    function testFuzzUnsealWrongSecret(bytes32 secret) public {
        vm.assume(secret != SECRET);
        _postRace(true);
        _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongSecret.selector, taskId));
        race.unseal(taskId, _file(), secret);
    }

    function testUnsealNoHead() public {
        _postRace(true);
        _twoShown();
        _expectNoHead();
        _unseal();
    }

    function testUnsealNotByPool() public {
        _postRace(false);
        _twoWithHead();
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotByPool.selector, taskId));
        _unseal();
    }
}
