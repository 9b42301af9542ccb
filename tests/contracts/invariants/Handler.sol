// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Mischief} from "./Mischief.sol";

/// @notice What happens around tasks: credits that come and go, agents that change hands, and the end of it all.
abstract contract Handler is Mischief {
    function setUp() public override {
        super.setUp();
        time = START;
        keyOf[REQUESTER] = REQUESTER_KEY;
        keyOf[WORKER] = WORKER_KEY;
        keyOf[RIVAL] = RIVAL_KEY;
        keyOf[THIRD] = THIRD_KEY;
        address[6] memory holders = [REQUESTER, RIVAL, THIRD, WORKER, TREASURY, EVALUATOR];
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
            tasks.dispute.selector,
            tasks.unseal.selector,
            tasks.appeal.selector,
            tasks.rule.selector,
            tasks.settleRace.selector,
            tasks.reportRace.selector,
            auction.open.selector,
            auction.close.selector,
            auction.commit.selector,
            auction.commitFor.selector,
            auction.bid.selector,
            auction.bidFor.selector,
            auction.accept.selector,
            auction.takeOver.selector,
            auction.invalidateNonces.selector,
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
        if (postage != 0) feats[Feat.Letter]++;
        vm.prank(sender);
        messages.send(IMessageHub.Letter(from, to, 0, postage, SPECIFICATION, ""));
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

    /// @dev Tasks that are there already do not mind.
    function vote(uint256 seed) external onTime {
        seed = _mix(seed);
        IMarketParameters.Parameters memory terms = _terms();
        terms.feeBps = uint16(seed % 1_001);
        terms.bondPercent = uint8(bound(seed >> 16, 1, 50));
        terms.namedWeight = uint8((seed >> 32) % 101);
        terms.seatFee = uint16(bound(seed >> 48, 1, 1_000));
        parameters.set(terms);
        // One time in four there are too few evaluators for any panel, and as often too few for an appeal.
        seats = (seed >> 128) & 1 == 0 ? 7 : ((seed >> 129) & 1 == 0 ? 2 : 6);
        pool.setSeats(seats);
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
            feats[Feat.Sold]++;
        }
        vm.prank(owner);
        registry.transferFrom(owner, buyer, agentId);
    }

    /* THE END */

    /// @notice An outsider ends every task, once all windows are over; then everyone leaves.
    function _windUp() internal onTime {
        // An open task, a default, a verdict and an appeal: no life has more deadlines left.
        for (uint256 round = 0; round < 4; round++) {
            _passTo(time + 1 days);
            for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) _pushOn(taskId, round);
        }
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            vm.assertTrue(_isFinal(taskId), "every task has an end");
        }
        for (uint256 i = 0; i < accounts.length; i++) {
            (Account account, address owner) = _holder(i);
            vm.assertEq(_lockedOf(account), 0, "nothing is locked at the end");
            if (freeOf[account] != 0) _withdraw(account, owner, freeOf[account]);
        }
        if (burned != flushed) _flush();
        vm.assertEq(token.balanceOf(address(ledger)), donated, "the vault is empty at the end");
    }

    /// @dev Only what anyone may do, and a panel that speaks or gives up.
    function _pushOn(uint256 taskId, uint256 seed) internal {
        if (_isOpen(taskId)) _finalize(taskId);
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (_isSealed(taskId, agentId)) _forfeit(taskId, agentId);
        }
        if (_isHeard(taskId)) _hear(taskId, _mix(seed + taskId));
        else if (_isOverdue(taskId)) _end(taskId);
    }
}
