// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Mischief} from "./Mischief.sol";

/// @notice The market and its ghost side by side: what happens around tasks, and how the two compare.
contract Handler is Mischief {
    function setUp() public override {
        super.setUp();
        time = START;
        fee = FEE_BPS;
        address[4] memory holders = [REQUESTER, RIVAL, THIRD, TREASURY];
        for (uint256 i = 0; i < holders.length; i++) accounts.push(accountOf(holders[i]));
        people = holders.length;
        // One owner has two agents, and some owners post tasks as well.
        address[AGENTS] memory owners = [WORKER, RIVAL, THIRD, WORKER, REQUESTER];
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            vm.assertEq(_register(owners[agentId - 1]), agentId, "agent id");
            ownerOf[agentId] = owners[agentId - 1];
            accounts.push(accountOfAgent(agentId));
        }
        _setOutsiderCalls();
        // Tokens outside, with a standing allowance, for thieves to try.
        minted += CREDIT;
        _mint(REQUESTER, CREDIT);
        vm.prank(REQUESTER);
        token.approve(address(ledger), type(uint256).max);
    }

    function _setOutsiderCalls() internal {
        outsiderCalls = [
            ledger.withdraw.selector,
            ledger.transfer.selector,
            ledger.deposit.selector,
            ledger.depositWithPermit.selector,
            ledger.lock.selector,
            ledger.unlock.selector,
            ledger.pay.selector,
            ledger.burn.selector,
            ledger.grantRole.selector,
            ledger.revokeRole.selector,
            ledger.renounceRole.selector,
            tasks.createTask.selector,
            tasks.cancel.selector,
            tasks.award.selector,
            tasks.expire.selector,
            tasks.submit.selector,
            tasks.evaluate.selector,
            tasks.setFee.selector,
            auction.commit.selector,
            incentives.report.selector,
            registry.approve.selector,
            registry.setApprovalForAll.selector,
            registry.transferFrom.selector,
            registry.setActive.selector,
            registry.unsetAgentWallet.selector,
            token.permit.selector,
            token.mint.selector
        ];
    }

    /* CREDITS */

    function deposit(uint256 seed, uint256 amount) external onTime {
        (Account account, ) = _holder(seed);
        _deposit(account, bound(amount, 1, 1_000 * CREDIT));
    }

    function withdraw(uint256 seed, uint256 amount) external onTime {
        (Account account, address owner) = _holder(seed);
        if (freeOf[account] == 0) return _passToNext();
        _withdraw(account, owner, bound(amount, 1, freeOf[account]));
    }

    function transfer(uint256 seed, uint256 toSeed, uint256 amount) external onTime {
        (Account from, address owner) = _holder(seed);
        (Account to, ) = _holder(toSeed);
        if (freeOf[from] == 0) return _passToNext();
        amount = bound(amount, 1, freeOf[from]);
        freeOf[from] -= amount;
        freeOf[to] += amount;
        vm.prank(owner);
        ledger.transfer(from, to, amount);
    }

    /// @dev Tokens that reach the Ledger without a deposit belong to nobody.
    function donate(uint256 amount) external onTime {
        amount = bound(amount, 1, 1_000 * CREDIT);
        donated += amount;
        minted += amount;
        _mint(address(ledger), amount);
    }

    function flush() external onTime {
        if (burned == flushed) return _passToNext();
        _flush();
    }

    function _withdraw(Account account, address owner, uint256 amount) internal {
        freeOf[account] -= amount;
        vm.prank(owner);
        ledger.withdraw(account, owner, amount);
    }

    function _flush() internal {
        flushed = burned;
        vm.prank(OUTSIDER);
        ledger.flushBurn();
    }

    /* PARAMETERS AND IDENTITIES */

    function setFee(uint256 feeBps) external onTime {
        fee = bound(feeBps, 0, MAX_FEE_BPS);
        vm.prank(ADMIN);
        tasks.setFee(fee);
    }

    /// @dev An agent changes hands unless something of it is locked. Its record does not go along.
    function sell(uint256 agentSeed, uint256 buyerSeed) external onTime {
        uint256 agentId = (agentSeed % AGENTS) + 1;
        address[4] memory buyers = [REQUESTER, RIVAL, THIRD, WORKER];
        (address owner, address buyer) = (ownerOf[agentId], buyers[buyerSeed % 4]);
        uint256 locked = _owed()[people + agentId - 1];
        if (locked != 0) {
            bytes4 reason = IAgentRegistry.AgentHasLockedCredits.selector;
            vm.expectRevert(abi.encodeWithSelector(reason, agentId, locked));
        } else {
            ownerOf[agentId] = buyer;
            epochOf[agentId]++;
        }
        vm.prank(owner);
        registry.transferFrom(owner, buyer, agentId);
    }

    /* THE END */

    /// @notice An outsider ends every task, once all windows are over; then everyone leaves.
    function windUp() external onTime {
        _passTo(time + 1 days);
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            if (_isOpen(taskId)) _finalize(taskId);
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
                if (_isSealed(taskId, agentId)) _forfeit(taskId, agentId);
            }
        }
        _passTo(time + 1 days);
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) if (!_isFinal(taskId)) _end(taskId);
        for (uint256 i = 0; i < accounts.length; i++) {
            (Account account, address owner) = _holder(i);
            vm.assertEq(_lockedOf(account), 0, "nothing is locked at the end");
            if (freeOf[account] != 0) _withdraw(account, owner, freeOf[account]);
        }
        if (burned != flushed) _flush();
        vm.assertEq(token.balanceOf(address(ledger)), donated, "the vault is empty at the end");
    }

    /* COMPARISONS */

    function assertConserved() external {
        uint256 held = ledger.pendingBurn() + donated;
        for (uint256 i = 0; i < accounts.length; i++) held += _freeOf(accounts[i]) + _lockedOf(accounts[i]);
        vm.assertEq(token.balanceOf(address(ledger)), held, "the vault holds accounts, burns and donations");
        vm.assertEq(token.totalSupply() + flushed, minted, "minted is what is there and what was burned");
        vm.assertEq(
            ledger.pendingBurn() + flushed,
            burned,
            "burned is what is to be burned and what is gone"
        );
    }

    function assertOwed() external {
        uint256[] memory owed = _owed();
        for (uint256 i = 0; i < accounts.length; i++) {
            vm.assertEq(_lockedOf(accounts[i]), owed[i], "locked is what is owed");
            vm.assertEq(
                _freeOf(accounts[i]),
                freeOf[accounts[i]],
                "free is what its owner or a rule made it"
            );
        }
        ILedger.Balance memory outsider = ledger.balanceOf(accountOf(OUTSIDER));
        vm.assertEq(outsider.free + outsider.locked, 0, "an outsider gets nothing");
    }

    function assertTasks() external {
        vm.assertEq(tasks.taskCount(), ghosts.length, "tasks");
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            GhostTask storage ghost = _task(taskId);
            ITaskManager.Task memory task = tasks.getTask(taskId);
            vm.assertEq(uint256(task.state), uint256(ghost.state), "state");
            vm.assertEq(task.agentId, ghost.winner, "winner");
            vm.assertEq(task.price, ghost.price, "price");
            vm.assertEq(task.deadline, ghost.deadline, "deadline");
            vm.assertEq(task.promisedAt, ghost.promisedAt, "promise");
            vm.assertEq(task.score, ghost.score, "score");
            vm.assertEq(task.lateness, ghost.lateness, "lateness");
            vm.assertEq(task.feeBps, ghost.feeBps, "fee");
            bool delivered = task.result != 0;
            vm.assertEq(delivered, ghost.submitted, "delivered");
            if (task.state == ITaskManager.TaskState.Settled) vm.assertTrue(delivered, "paid for work");
            if (task.price > task.reserve) vm.assertTrue(false, "price within the reserve");
        }
    }

    function assertAuctions() external {
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            uint256[] memory ranked = _ranked(taskId);
            IBidAuction.Bid[3] memory kept = auction.getRanking(taskId);
            for (uint256 i = 0; i < 3; i++) {
                GhostBid storage ghost = bids[taskId][i < ranked.length ? ranked[i] : 0];
                vm.assertEq(kept[i].agentId, i < ranked.length ? ranked[i] : 0, "ranked agent");
                vm.assertEq(kept[i].price, ghost.price, "ranked price");
                vm.assertEq(kept[i].promised, ghost.promised, "ranked promise");
                vm.assertEq(kept[i].quality, ghost.quality, "ranked quality");
            }
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) _assertCommitment(taskId, agentId);
        }
    }

    function assertRecords() external {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            vm.assertEq(registry.ownerOf(agentId), ownerOf[agentId], "owner");
            for (uint256 i = 0; i < skills.length; i++) {
                bytes24 skill = skills[i];
                GhostRecord storage ghost = records[agentId][epochOf[agentId]][skill];
                IIncentiveEngine.Record memory record = incentives.recordOf(agentId, skill);
                vm.assertEq(record.experience, ghost.experience, "experience");
                vm.assertEq(record.merit, ghost.merit, "merit");
                vm.assertLe(record.merit, record.experience, "merit is within experience");
                uint256 quality = incentives.qualityOf(agentId, skill);
                vm.assertEq(quality, _quality(agentId, skill), "quality");
                vm.assertGe(quality, MIN_QUALITY, "least quality");
                vm.assertLe(quality, MAX_QUALITY, "most quality");
            }
        }
    }

    function _assertCommitment(uint256 taskId, uint256 agentId) internal {
        GhostBid storage ghost = bids[taskId][agentId];
        bool isSealed = _isSealed(taskId, agentId);
        IBidAuction.Commitment memory commitment = auction.getCommitment(taskId, agentId);
        vm.assertEq(commitment.digest, isSealed ? ghost.digest : 0, "digest");
        vm.assertEq(commitment.quality, isSealed ? ghost.quality : 0, "frozen quality");
    }

    /// @notice How many tasks are in each state.
    function census() external view returns (uint256[8] memory counts) {
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) counts[uint256(_task(taskId).state)]++;
    }
}
