// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {CaseTest} from "../utils/CaseTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract UnsealTest is CaseTest {
    /// By anyone who has the secret, in a dispute and where the pool evaluates.
    function testFuzzUnseal(
        Seeds memory seeds,
        Odds memory odds,
        address caller,
        bool byPool,
        uint256 elapsed
    ) public {
        _beginFrom(seeds, odds, byPool ? address(pool) : EVALUATOR);
        _toSealed(byPool);
        ITaskManager.Task memory task = tasks.getTask(taskId);
        vm.warp(bound(elapsed, block.timestamp, task.deadline - 1));

        vm.expectEmit(address(tasks));
        emit ITaskManager.SecretShown(taskId, SECRET);
        vm.prank(caller);
        tasks.unseal(taskId, _file(), SECRET);

        task.round = ITaskManager.Round.Unsealed;
        _assertTask(taskId, task);
        PoolStub.Asked memory asked = pool.asked(address(tasks), taskId);
        vm.assertEq(asked.secret, SECRET, "secret");
    }

    function testUnsealUntilTheDeadline() public {
        for (uint256 byPool = 0; byPool < 2; byPool++) {
            _begin(byPool == 1 ? address(pool) : EVALUATOR);
            _toSealed(byPool == 1);
            _testUntilDeadline(_unseal);
        }
    }

    function testFuzzUnsealWrongSecret(bytes32 secret, bool byPool) public {
        vm.assume(secret != SECRET);
        _begin(byPool ? address(pool) : EVALUATOR);
        _toSealed(byPool);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongSecret.selector, taskId));
        tasks.unseal(taskId, _file(), secret);
    }

    /// With any part of another, with any seal, and without the result, for which there is a time before.
    function testFuzzUnsealWrongFile(ITaskManager.File memory file, bytes32 secret, bool byPool) public {
        vm.assume(keccak256(abi.encode(file)) != keccak256(abi.encode(_file())));
        _begin(byPool ? address(pool) : EVALUATOR);
        _toSealed(byPool);
        ITaskManager.File[4] memory files = [file, _file(), _file(), _file()];
        files[1].specification = ~SPECIFICATION;
        files[2].seal = keccak256(abi.encode(secret));
        files[3].result = 0;
        for (uint256 i = 0; i < 4; i++) {
            if (i == 2 && secret == SECRET) continue;
            vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongFile.selector, taskId));
            tasks.unseal(taskId, files[i], i == 2 ? secret : SECRET);
        }
    }

    /// Attack: the worker delivers the seal of a secret of its own, and passes off what was agreed as a specification and
    /// its result as the requester's seal. It would have drawn the panel itself.
    function testFuzzUnsealWithTheWorkersOwnSecret(bytes32 secret) public {
        _begin(address(pool));
        bytes32 result = keccak256(abi.encode(secret));
        _submit(taskId, result);
        ITaskManager.File memory forged = ITaskManager.File({
            specification: _agreed(SPECIFICATION, SEAL),
            seal: result,
            result: 0
        });
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongFile.selector, taskId));
        tasks.unseal(taskId, forged, secret);
    }

    function testUnsealBeforeAPanelIsAsked() public {
        _begin(EVALUATOR);
        _expectWrongRound(ITaskManager.Round.None);
        _unseal();
        _reject();
        _expectWrongRound(ITaskManager.Round.None);
        _unseal();
    }

    function testUnsealTwice() public {
        _begin(EVALUATOR);
        _toHearing();
        _expectWrongRound(ITaskManager.Round.Unsealed);
        _unseal();
    }

    function _toSealed(bool byPool) internal {
        if (byPool) {
            _deliver();
        } else {
            _reject();
            _dispute();
        }
    }
}
