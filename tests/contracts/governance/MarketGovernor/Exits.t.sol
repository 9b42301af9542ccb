// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IMarketParameters} from "../../../../contracts/interfaces/IMarketParameters.sol";
import {ITaskManager} from "../../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../../contracts/libraries/Account.sol";
import {GovernanceTest} from "../../utils/GovernanceTest.sol";
import {bound, vm} from "../../utils/Vm.sol";

/// @notice A vote that is wholly captured tries to close an exit, or to take what is not its own.
contract ExitsTest is GovernanceTest {
    struct Attempt {
        address target;
        bytes call;
    }

    uint256 internal taskId;
    uint256 internal agentId;
    uint256 internal lockId;
    Attempt[] internal attempts;

    /// @dev A task whose result is delivered, under a vote that lasts until its review is over.
    function setUp() public override {
        super.setUp();
        lockId = _lock(VOTER, 100 * LEAST_QUORUM);
        ITaskManager.TaskParams memory params = _params(RESERVE);
        params.reviewWindow = 30 days;
        (taskId, agentId) = _award(params, RESERVE, PROMISE);
        _submit(taskId, RESULT);
        _fundAgent(agentId, RESERVE);
        vm.startPrank(WORKER);
        meter.open(agentId, WORKER, EVALUATOR, CREDIT);
        meter.pledge(agentId, CREDIT);
        vm.stopPrank();
    }

    function _attempt(address target, bytes memory call) internal {
        attempts.push(Attempt(target, call));
    }

    function _attemptLedger() internal {
        Account thief = accountOf(address(timelock));
        Account requester = accountOf(REQUESTER);
        Account worker = accountOfAgent(agentId);
        _attempt(address(ledger), abi.encodeCall(ledger.withdraw, (worker, THIRD, 1)));
        _attempt(address(ledger), abi.encodeCall(ledger.transfer, (worker, thief, 1)));
        _attempt(address(ledger), abi.encodeCall(ledger.lock, (worker, 1)));
        _attempt(address(ledger), abi.encodeCall(ledger.unlock, (requester, 1)));
        _attempt(address(ledger), abi.encodeCall(ledger.pay, (requester, thief, 1)));
        _attempt(address(ledger), abi.encodeCall(ledger.burn, (worker, 1)));
        _attempt(address(token), abi.encodeCall(token.transferFrom, (address(ledger), THIRD, 1)));
    }

    function _attemptTasks() internal {
        _attempt(address(tasks), abi.encodeCall(tasks.cancel, (taskId)));
        _attempt(address(tasks), abi.encodeCall(tasks.expire, (taskId)));
        _attempt(address(tasks), abi.encodeCall(tasks.award, (taskId, agentId, 0, 1, 1)));
        _attempt(address(tasks), abi.encodeCall(tasks.submit, (taskId, RESULT)));
        _attempt(address(tasks), abi.encodeCall(tasks.evaluate, (taskId, 0)));
        _attempt(address(tasks), abi.encodeCall(tasks.release, (taskId)));
        _attempt(address(tasks), abi.encodeCall(tasks.declareDefault, (taskId)));
        _attempt(address(tasks), abi.encodeCall(tasks.closeRejected, (taskId)));
        _attempt(address(registry), abi.encodeCall(registry.transferFrom, (WORKER, THIRD, agentId)));
        _attempt(address(registry), abi.encodeCall(registry.setActive, (agentId, false)));
        _attempt(address(votes), abi.encodeCall(votes.withdraw, (lockId, THIRD)));
    }

    function _attemptMeter() internal {
        _attempt(address(meter), abi.encodeCall(meter.close, (agentId, WORKER, EVALUATOR)));
        _attempt(address(meter), abi.encodeCall(meter.startExit, (agentId, WORKER, EVALUATOR)));
        _attempt(address(meter), abi.encodeCall(meter.unpledge, (agentId)));
        _attempt(address(meter), abi.encodeCall(meter.startUnpledge, (agentId)));
        _attempt(address(meter), abi.encodeCall(meter.seize, (agentId)));
    }

    function _attemptRoles() internal {
        _attempt(
            address(voted),
            abi.encodeCall(IAccessControl.grantRole, (keccak256("PARAMETERS_ROLE"), THIRD))
        );
        _attempt(address(voted), abi.encodeCall(IAccessControl.grantRole, (0, THIRD)));
    }

    /// @dev Puts each attempt to its own vote, with every vote for it, and carries it out.
    function testEveryAttemptFails() public {
        _attemptLedger();
        _attemptTasks();
        _attemptMeter();
        _attemptRoles();
        bytes32 earlier = _world();
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < attempts.length; i++) {
            Proposal memory proposal = _pass(attempts[i].target, attempts[i].call);
            _warpToExecution(proposal);
            vm.prank(OUTSIDER);
            (bool done, ) = address(governor).call(
                abi.encodeCall(
                    governor.execute,
                    (proposal.targets, proposal.values, proposal.calls, proposal.digest)
                )
            );
            vm.assertFalse(done, vm.toString(i));
            vm.assertEq(_world(), earlier, vm.toString(i));
            vm.revertToState(start);
            start = vm.snapshotState();
        }
    }

    /// @dev All that the parties have, and where their task is.
    function _world() internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    ledger.balanceOf(accountOf(REQUESTER)),
                    ledger.balanceOf(accountOfAgent(agentId)),
                    tasks.getTask(taskId),
                    meter.channelOf(agentId, WORKER, EVALUATOR),
                    meter.pledgeOf(agentId),
                    registry.ownerOf(agentId),
                    token.balanceOf(THIRD),
                    token.balanceOf(address(ledger))
                )
            );
    }

    /// @dev Whatever parameters a vote sets, what was agreed before ends as it was agreed.
    function testFuzzRunningTaskUnaffected(uint16 feeBps, uint8 bondPercent) public {
        IMarketParameters.Parameters memory p = _defaults();
        p.feeBps = uint16(bound(feeBps, 251, 1_000));
        p.bondPercent = uint8(bound(bondPercent, 11, 30));
        uint256 free = _freeOf(accountOfAgent(agentId));
        uint256 bond = _lockedOf(accountOfAgent(agentId)) - CREDIT;
        Proposal memory proposal = _pass(address(voted), abi.encodeCall(voted.set, (p)));
        _warpToExecution(proposal);
        _execute(proposal);
        vm.assertEq(voted.current().feeBps, p.feeBps, "new fee");

        _warpToDeadline(taskId);
        vm.prank(OUTSIDER);
        tasks.release(taskId);
        uint256 fee = (RESERVE * FEE_BPS) / BPS;
        _assertBalance(accountOfAgent(agentId), free + bond + RESERVE - fee, CREDIT, "worker");
        vm.assertEq(_lockedOf(accountOf(REQUESTER)), 0, "escrow");
    }

    /// @dev A vote for the worst of all still leaves a window that a task can be posted with.
    function testFuzzBoundsHoldAgainstVote(IMarketParameters.Parameters memory p) public {
        Proposal memory proposal = _pass(address(voted), abi.encodeCall(voted.set, (p)));
        _warpToExecution(proposal);
        vm.prank(OUTSIDER);
        (bool done, ) = address(governor).call(
            abi.encodeCall(
                governor.execute,
                (proposal.targets, proposal.values, proposal.calls, proposal.digest)
            )
        );
        if (!done) p = _defaults();

        IMarketParameters.Parameters memory found = voted.current();
        vm.assertEq(keccak256(abi.encode(found)), keccak256(abi.encode(p)), "all or nothing");
        vm.assertLe(found.feeBps, 1_000, "fee");
        vm.assertTrue(found.minWindow <= 1 days && found.maxWindow >= 1 days, "a day is a good window");
        vm.assertTrue(found.minWindow >= FLOOR && found.maxWindow <= 30 days, "windows");
        vm.assertTrue(found.bondPercent >= 5 && found.bondPercent <= 30, "bond");
    }

    /// @dev The most that a captured vote can do with the token: what the cap leaves.
    function testMintUpToCap() public {
        uint256 left = TOKEN_CAP - token.totalSupply();
        bytes32 minter = token.MINTER_ROLE();
        Proposal memory proposal = _pass(
            address(token),
            abi.encodeCall(token.grantRole, (minter, address(timelock)))
        );
        _warpToExecution(proposal);
        _execute(proposal);

        vm.startPrank(address(timelock));
        token.mint(THIRD, left);
        vm.assertEq(token.totalSupply(), TOKEN_CAP, "supply");
        (bool done, ) = address(token).call(abi.encodeCall(token.mint, (THIRD, 1)));
        vm.stopPrank();
        vm.assertFalse(done, "above the cap");
    }
}
