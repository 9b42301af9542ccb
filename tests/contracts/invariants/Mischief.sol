// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {IMessageHub} from "../../../contracts/interfaces/IMessageHub.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf} from "../../../contracts/libraries/Account.sol";
import {AuthorizationTest} from "../utils/AuthorizationTest.sol";
import {bound, vm} from "../utils/Vm.sol";
import {Lives} from "./Lives.sol";

/// @notice What nobody may do. The ghost does not change here, so whatever succeeds breaks an invariant.
abstract contract Mischief is Lives, AuthorizationTest {
    uint256 private constant CHAIN_ID = 31337;

    /// @dev The functions with which an outsider is let loose: all that change something, but for those that
    /// anyone may call to end a task, to open a bid or to burn.
    bytes4[] internal outsiderCalls;

    /* OTHER PEOPLE'S BIDS */

    /// @notice Commits, for one agent, to the digest that another agent committed to, here or elsewhere.
    function copy(uint256 seed, uint256 victimSeed, uint256 agentSeed) external onTime {
        uint256 taskId = _pick(seed, _takesSealed);
        uint256 victimTask = _pick(victimSeed, _hasOriginals);
        if (taskId == 0 || victimTask == 0) return _advance(seed);
        uint256 victim = _pickOriginal(victimTask, victimSeed);
        uint256 agentId = (agentSeed % AGENTS) + 1;
        if (agentId == victim && taskId == victimTask) agentId = (agentId % AGENTS) + 1;
        GhostBid memory copied = bids[victimTask][victim];
        copied.state = BidState.Copied;
        _seal(taskId, agentId, copied, seed % 2 == 0);
    }

    /// @notice Tries a valid opening everywhere that it does not belong: under every other agent, on every other
    /// task, on another chain.
    function misopen(uint256 seed, uint256 agentSeed) external onTime {
        uint256 taskId = _pick(seed, _isRevealingOriginals);
        if (taskId == 0) return _advance(seed);
        uint256 agentId = _pickOriginal(taskId, agentSeed);
        GhostBid storage opening = bids[taskId][agentId];
        for (uint256 other = 1; other <= AGENTS; other++) {
            if (other != agentId) _expectNoOpening(taskId, other, opening);
        }
        for (uint256 other = 1; other <= ghosts.length; other++) {
            if (other != taskId && _isRevealing(other)) _expectNoOpening(other, agentId, opening);
        }
        vm.chainId(CHAIN_ID + 1);
        _expectNoOpening(taskId, agentId, opening);
        vm.chainId(CHAIN_ID);
    }

    function _expectNoOpening(uint256 taskId, uint256 agentId, GhostBid storage opening) internal {
        bytes4 reason =
            _isSealed(taskId, agentId)
                ? IBidAuction.WrongOpening.selector
                : IBidAuction.NoCommitment.selector;
        vm.expectRevert(abi.encodeWithSelector(reason, taskId, agentId));
        vm.prank(OUTSIDER);
        auction.reveal(taskId, agentId, opening.price, opening.promised, opening.salt);
    }

    /* OUT OF TURN */

    /// @notice Everyone tries, in their own right, all that the state and the time of a task forbid.
    function breakRules(uint256 seed, uint256 agentSeed) external onTime {
        if (ghosts.length == 0) return _advance(seed);
        uint256 taskId = (seed % ghosts.length) + 1;
        uint256 agentId = (agentSeed % AGENTS) + 1;
        GhostTask storage task = _task(taskId);
        GhostBid storage own = bids[taskId][agentId];
        address owner = ownerOf[agentId];

        if (!_takesSealed(taskId)) _forbidBid(owner, abi.encodeCall(auction.commit, (taskId, agentId, 1)));
        bool lower = own.state != BidState.Revealed || own.price > 1;
        if (!_takesOpen(taskId) || !lower) {
            _forbidBid(owner, abi.encodeCall(auction.bid, (taskId, agentId, 1, 1)));
        }
        if (!_takesAcceptance(taskId)) {
            IBidAuction.SignedBid memory offer = IBidAuction.SignedBid(
                taskId,
                agentId,
                1,
                1,
                FOREVER,
                FOREVER
            );
            IBidAuction.RelayedBid memory relayed = _signed(keyOf[owner], offer);
            _forbidBid(task.requester, abi.encodeCall(auction.accept, (relayed)));
        }
        if (!_isInheritable(taskId) || agentId != _heir(taskId)) {
            _forbidBid(owner, abi.encodeCall(auction.takeOver, (taskId, agentId)));
        }
        if (!_isRevealing(taskId) || !_isSealed(taskId, agentId)) {
            _forbidBid(
                owner,
                abi.encodeCall(auction.reveal, (taskId, agentId, own.price, own.promised, own.salt))
            );
        }
        if (_isOpen(taskId) && !_isOverdueAuction(taskId)) {
            _forbidBid(OUTSIDER, abi.encodeCall(auction.finalize, (taskId)));
        }
        if (!_hasForfeits(taskId) || !_isSealed(taskId, agentId)) {
            _forbidBid(OUTSIDER, abi.encodeCall(auction.forfeit, (taskId, agentId)));
        }
        _breakTaskRules(taskId, task);
    }

    function _breakTaskRules(uint256 taskId, GhostTask storage task) internal {
        ITaskManager.TaskState due = _isOverdue(taskId) ? task.state : ITaskManager.TaskState.Open;
        bool convened = _isConvened(taskId);
        address worker = task.winner == 0 ? ownerOf[1] : ownerOf[task.winner];
        if (!_isUntouched(taskId)) _forbidTask(task.requester, abi.encodeCall(tasks.cancel, (taskId)));
        if (!_isDeliverable(taskId)) _forbidTask(worker, abi.encodeCall(tasks.submit, (taskId, RESULT)));
        // The pool has no way to make this call.
        if (!_isScorable(taskId) && !task.byPool) {
            _forbidTask(task.evaluator, abi.encodeCall(tasks.evaluate, (taskId, 100)));
        }
        if (due != ITaskManager.TaskState.Submitted || convened) {
            _forbidTask(worker, abi.encodeCall(tasks.release, (taskId)));
        }
        if (due != ITaskManager.TaskState.Awarded) {
            _forbidTask(task.requester, abi.encodeCall(tasks.declareDefault, (taskId)));
        }
        if (due != ITaskManager.TaskState.Rejected) {
            _forbidTask(task.requester, abi.encodeCall(tasks.closeRejected, (taskId)));
        }
        if (due != ITaskManager.TaskState.Defaulted) {
            _forbidTask(task.requester, abi.encodeCall(tasks.closeDefaulted, (taskId)));
        }
        _breakPanelRules(taskId, worker, due, convened);
    }

    function _breakPanelRules(
        uint256 taskId,
        address worker,
        ITaskManager.TaskState due,
        bool convened
    ) internal {
        address requester = _task(taskId).requester;
        ITaskManager.File memory file = _file(taskId);
        if (!_isDisputable(taskId)) _forbidTask(worker, abi.encodeCall(tasks.dispute, (taskId, file, WORK)));
        if (!_isUnsealable(taskId)) {
            _forbidTask(requester, abi.encodeCall(tasks.unseal, (taskId, file, SECRET)));
        }
        if (!_isAppealable(taskId)) {
            _forbidTask(requester, abi.encodeCall(tasks.appeal, (taskId)));
            _forbidTask(worker, abi.encodeCall(tasks.appeal, (taskId)));
        }
        if (due != ITaskManager.TaskState.Ruled) {
            _forbidTask(worker, abi.encodeCall(tasks.closeRuled, (taskId)));
        }
        if (!convened || _isEarly(taskId)) _forbidTask(worker, abi.encodeCall(tasks.closeSealed, (taskId)));
        if (_task(taskId).round < ITaskManager.Round.Unsealed) {
            _forbidTask(address(pool), abi.encodeCall(tasks.rule, (taskId, true, 100)));
        }
    }

    function _forbidBid(address caller, bytes memory data) internal {
        _forbid(caller, address(auction), data);
    }

    function _forbidTask(address caller, bytes memory data) internal {
        _forbid(caller, address(tasks), data);
    }

    function _forbid(address caller, address target, bytes memory data) internal {
        vm.prank(caller);
        (bool done, ) = target.call(data);
        string memory selector = vm.toString(uint256(uint32(bytes4(data))));
        vm.assertFalse(done, string.concat("a forbidden call succeeded: ", selector));
    }

    /* OTHER PEOPLE'S CREDITS */

    /// @notice An outsider, and the admin, try to take somebody's credits; then the outsider tries to play others' parts.
    function rob(uint256 seed, uint256 amount) external onTime {
        (Account account, address owner) = _holder(seed);
        amount = bound(amount, 1, freeOf[account] + 1);
        address[2] memory thieves = [OUTSIDER, ADMIN];
        for (uint256 i = 0; i < thieves.length; i++) {
            bytes[] memory thefts = _thefts(account, owner, thieves[i], amount);
            for (uint256 j = 0; j < thefts.length; j++) _forbid(thieves[i], address(ledger), thefts[j]);
        }
        _extort(account, amount);
        _usurp(seed, amount);
    }

    function _thefts(
        Account account,
        address owner,
        address thief,
        uint256 amount
    ) internal view returns (bytes[] memory thefts) {
        Account own = accountOf(thief);
        thefts = new bytes[](11);
        thefts[0] = abi.encodeCall(ledger.withdraw, (account, thief, amount));
        thefts[1] = abi.encodeCall(ledger.transfer, (account, own, amount));
        thefts[2] = abi.encodeCall(ledger.pay, (account, own, amount));
        thefts[3] = abi.encodeCall(ledger.lock, (account, amount));
        thefts[4] = abi.encodeCall(ledger.unlock, (account, amount));
        thefts[5] = abi.encodeCall(ledger.burn, (account, amount));
        thefts[6] = abi.encodeCall(ledger.hold, (account, own, amount));
        // The owner's allowance is there: what is missing is its word on the account.
        thefts[7] = abi.encodeCall(ledger.depositWithPermit, (owner, own, amount, time, 27, 0, 0));
        // The requester's tokens are there, and its word on an account; the account is another.
        bytes memory signature = _signDeposit(accountOf(REQUESTER), CREDIT, 0);
        thefts[8] = abi.encodeCall(
            ledger.depositWithAuthorization,
            (REQUESTER, own, CREDIT, 0, type(uint256).max, 0, signature)
        );
        thefts[9] = abi.encodeCall(ledger.owe, (account, own, amount));
        thefts[10] = abi.encodeCall(ledger.repay, (account, own, amount));
    }

    /// @dev The requester's word, for ever, on one account.
    function _signDeposit(
        Account account,
        uint256 amount,
        bytes32 salt
    ) internal view returns (bytes memory) {
        bytes32 nonce = ledger.authorizationNonce(account, salt);
        return
            _signReceive(
                REQUESTER_KEY,
                Authorization(REQUESTER, address(ledger), amount, 0, type(uint256).max, nonce)
            );
    }

    /// @dev The outsider asks for postage and writes to itself in the other's name.
    function _extort(Account account, uint256 amount) internal {
        Account own = accountOf(OUTSIDER);
        uint256 postage = bound(amount, 1, CREDIT);
        vm.prank(OUTSIDER);
        messages.setPostage(own, postage);
        IMessageHub.Letter memory letter = IMessageHub.Letter(account, own, 0, postage, RESULT, "");
        _forbid(OUTSIDER, address(messages), abi.encodeCall(messages.send, (letter)));
    }

    function _usurp(uint256 seed, uint256 amount) internal {
        uint256 taskId = _pick(seed, _isLive);
        uint256 agentId = (seed % AGENTS) + 1;
        IIncentiveEngine.Outcome memory outcome;
        outcome = IIncentiveEngine.Outcome(agentId, 0, skills[0], OUTSIDER, amount, 100, 0, 100, true);
        IBidAuction.Auction memory terms;
        ITaskManager.RaceResult memory result;
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.cancel, (taskId)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.award, (taskId, agentId, 0, 1, 1)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.expire, (taskId)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.settleRace, (taskId, result)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.reportRace, (taskId, agentId, 0, 100)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.submit, (taskId, RESULT)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.evaluate, (taskId, 100)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.rule, (taskId, true, 100)));
        _forbidTask(OUTSIDER, abi.encodeCall(tasks.appeal, (taskId)));
        _forbidBid(OUTSIDER, abi.encodeCall(auction.commit, (taskId, agentId, 1)));
        _forbidBid(OUTSIDER, abi.encodeCall(auction.bid, (taskId, agentId, 1, 1)));
        _forbidBid(OUTSIDER, abi.encodeCall(auction.takeOver, (taskId, agentId)));
        _forbidBid(OUTSIDER, abi.encodeCall(auction.open, (taskId, terms)));
        _forbidBid(OUTSIDER, abi.encodeCall(auction.close, (taskId)));
        _forbid(OUTSIDER, address(incentives), abi.encodeCall(incentives.report, (outcome)));
        _forbid(OUTSIDER, address(token), abi.encodeCall(token.mint, (OUTSIDER, amount)));
        bytes memory pull = abi.encodeCall(token.transferFrom, (address(ledger), OUTSIDER, amount));
        _forbid(OUTSIDER, address(token), pull);
        bytes memory kidnap = abi.encodeCall(registry.transferFrom, (ownerOf[agentId], OUTSIDER, agentId));
        _forbid(OUTSIDER, address(registry), kidnap);
    }

    /// @notice An outsider calls a function with words that mean something to it. Whether that succeeds does not matter:
    /// what matters is that nothing changes that is not its own.
    function wander(uint256 which, uint256[8] calldata seeds) external onTime {
        uint256[8] memory words;
        for (uint256 i = 0; i < seeds.length; i++) words[i] = _meaningful(_mix(seeds[i]));
        bytes memory data = abi.encodePacked(outsiderCalls[which % outsiderCalls.length], words);
        // A contract that has no such function reverts.
        address[7] memory targets = [
            address(token),
            address(ledger),
            address(registry),
            address(tasks),
            address(auction),
            address(messages),
            address(actions)
        ];
        for (uint256 i = 0; i < targets.length; i++) {
            vm.prank(OUTSIDER);
            (bool done, ) = targets[i].call(data);
            done;
        }
    }

    function _meaningful(uint256 seed) internal view returns (uint256) {
        uint256 kind = seed % 8;
        seed /= 8;
        if (kind == 0) return Account.unwrap(accounts[seed % accounts.length]);
        if (kind == 1) return (seed % AGENTS) + 1;
        if (kind == 2) return (seed % (ghosts.length + 1)) + 1;
        if (kind == 3) return uint160(OUTSIDER);
        if (kind == 4) return uint160(address(ledger));
        if (kind == 5) return seed % CREDIT;
        if (kind == 6) return time;
        return seed;
    }

    /* LOOKING */

    function _isOriginal(uint256 taskId, uint256 agentId) internal view returns (bool) {
        return bids[taskId][agentId].state == BidState.Sealed;
    }

    function _hasOriginals(uint256 taskId) internal view returns (bool) {
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) if (_isOriginal(taskId, agentId)) return true;
        return false;
    }

    function _isRevealingOriginals(uint256 taskId) internal view returns (bool) {
        return _isRevealing(taskId) && _hasOriginals(taskId);
    }

    function _pickOriginal(uint256 taskId, uint256 seed) internal view returns (uint256 agentId) {
        agentId = (seed % AGENTS) + 1;
        while (!_isOriginal(taskId, agentId)) agentId = (agentId % AGENTS) + 1;
    }
}
