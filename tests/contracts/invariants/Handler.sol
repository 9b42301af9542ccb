// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Mischief} from "./Mischief.sol";

/// @notice What happens around tasks: credits that come and go, agents that change hands, and the end of it all.
abstract contract Handler is Mischief {
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
            ledger.depositWithAuthorization.selector,
            ledger.lock.selector,
            ledger.unlock.selector,
            ledger.pay.selector,
            ledger.burn.selector,
            ledger.hold.selector,
            ledger.owe.selector,
            ledger.repay.selector,
            ledger.forgive.selector,
            tasks.createTask.selector,
            tasks.cancel.selector,
            tasks.award.selector,
            tasks.expire.selector,
            tasks.submit.selector,
            tasks.evaluate.selector,
            tasks.setFee.selector,
            auction.commit.selector,
            registry.approve.selector,
            registry.setApprovalForAll.selector,
            registry.transferFrom.selector,
            registry.setActive.selector,
            registry.unsetAgentWallet.selector,
            registry.setEncryptionKey.selector,
            registry.setParentAgent.selector,
            messages.setPostage.selector,
            messages.setBlocked.selector,
            messages.publish.selector,
            actions.commitBatch.selector,
            token.permit.selector,
            token.mint.selector
        ];
    }

    /* CREDITS */

    function bank(uint256 kind, uint256 seed, uint256 toSeed, uint256 amount) external onTime {
        kind = _mix(kind) % 7;
        if (kind == 0) _deposit(seed, amount);
        if (kind == 1) _withdraw(seed, amount);
        if (kind == 2) _transfer(seed, toSeed, amount);
        if (kind == 3) _donate(amount);
        if (kind == 4 && burned != flushed) _flush();
        if (kind == 5) _depositSigned(seed, amount);
        if (kind == 6) _write(seed, toSeed, amount);
    }

    function _deposit(uint256 seed, uint256 amount) internal {
        (Account account, ) = _holder(seed);
        _deposit(account, bound(amount, 1, 1_000 * CREDIT));
    }

    /// @dev The requester signs and pays, an outsider sends, and the account is whoever's.
    function _depositSigned(uint256 seed, uint256 amount) internal {
        (Account account, ) = _holder(seed);
        amount = bound(amount, 1, 1_000 * CREDIT);
        freeOf[account] += amount;
        minted += amount;
        _mint(REQUESTER, amount);
        // What was minted only grows, so that no salt comes twice.
        bytes32 salt = bytes32(minted);
        bytes memory signature = _signDeposit(account, amount, salt);
        vm.prank(OUTSIDER);
        ledger.depositWithAuthorization(REQUESTER, account, amount, 0, type(uint256).max, salt, signature);
    }

    function _withdraw(uint256 seed, uint256 amount) internal {
        (Account account, address owner) = _holder(seed);
        if (freeOf[account] == 0) return;
        _withdraw(account, owner, bound(amount, 1, freeOf[account]));
    }

    function _transfer(uint256 seed, uint256 toSeed, uint256 amount) internal {
        (Account from, address owner) = _holder(seed);
        (Account to, ) = _holder(toSeed);
        if (freeOf[from] == 0) return;
        amount = bound(amount, 1, freeOf[from]);
        freeOf[from] -= amount;
        freeOf[to] += amount;
        vm.prank(owner);
        ledger.transfer(from, to, amount);
    }

    /// @dev Tokens that reach the Ledger without a deposit belong to nobody.
    function _donate(uint256 amount) internal {
        amount = bound(amount, 1, 1_000 * CREDIT);
        donated += amount;
        minted += amount;
        _mint(address(ledger), amount);
    }

    /// @dev Postage goes from account to account, and leaves nothing locked.
    function _write(uint256 seed, uint256 toSeed, uint256 postage) internal {
        (Account from, address sender) = _holder(seed);
        (Account to, address recipient) = _holder(toSeed);
        postage = bound(postage, 0, CREDIT);
        vm.prank(recipient);
        messages.setPostage(to, postage);
        if (freeOf[from] < postage) return;
        freeOf[from] -= postage;
        freeOf[to] += postage;
        if (postage != 0) letters++;
        vm.prank(sender);
        messages.send(IMessageHub.Letter(from, to, 0, postage, RESULT, ""));
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
    function _windUp() internal onTime {
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

    /// @notice How many tasks came to each end, and how often the rarer things happened.
    function _census() internal view returns (uint256[11] memory counts) {
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            GhostTask storage task = _task(taskId);
            bool scored = task.score != 0;
            if (task.state == ITaskManager.TaskState.Settled) counts[scored ? 0 : 1]++;
            if (task.state == ITaskManager.TaskState.Refunded) counts[task.submitted ? 2 : 3]++;
            if (task.state == ITaskManager.TaskState.Cancelled) counts[4]++;
            if (task.state == ITaskManager.TaskState.Expired) counts[5]++;
            if (_ranked(taskId).length > 3) counts[6]++;
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
                if (bids[taskId][agentId].state == BidState.Forfeited) counts[7]++;
            }
        }
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            counts[8] += epochOf[agentId];
            counts[9] += _quality(agentId, skills[0]) - MIN_QUALITY;
        }
        counts[10] = letters;
    }
}
