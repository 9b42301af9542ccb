// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {vm} from "../utils/Vm.sol";
import {Ghost} from "./Ghost.sol";

/// @notice Who is owed what, computed anew from tasks and bids wherever it can be.
abstract contract Sums is Ghost {
    /* AMOUNTS */

    function _tenth(GhostTask storage task) internal view returns (uint256) {
        return (task.reserve + 9) / 10;
    }

    function _bond(GhostTask storage task) internal view returns (uint256) {
        uint256 share = (task.reserve * task.bondPercent + 99) / 100;
        return share < CREDIT / 10 ? CREDIT / 10 : share;
    }

    /// @dev Three seats, or the seven of an appeal.
    function _panel(GhostTask storage task) internal view returns (uint256) {
        return 3 * task.seatFee * 1_000;
    }

    function _largePanel(GhostTask storage task) internal view returns (uint256) {
        return 7 * task.seatFee * 1_000;
    }

    function _deposit(GhostTask storage task) internal view returns (uint256) {
        return _largePanel(task) + (task.byPool ? _panel(task) : _tenth(task));
    }

    function _passed(GhostTask storage task) internal view returns (bool) {
        return task.score >= task.passingScore;
    }

    function _quality(uint256 agentId, bytes16 skill) internal view returns (uint256) {
        GhostRecord storage record = records[agentId][epochOf[agentId]][skill];
        return 5_000 + (5_000 * record.merit) / (record.experience + 100 * CREDIT);
    }

    /// @dev The smallest whole percentage that is not less than the used share of the slack.
    function _latenessOf(GhostTask storage task) internal view returns (uint256 percent) {
        if (time <= task.promisedAt) return 0;
        while (percent * (task.deadline - task.promisedAt) < 100 * (time - task.promisedAt)) percent++;
    }

    /* AWARDS */

    /// @notice All revealed bids, best first, by sorting them all.
    function _ranked(uint256 taskId) internal view returns (uint256[] memory agents) {
        uint256 count;
        agents = new uint256[](AGENTS);
        for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
            if (bids[taskId][agentId].state != BidState.Revealed) continue;
            uint256 i = count++;
            for (; i > 0 && _better(bids[taskId][agentId], bids[taskId][agents[i - 1]]); i--) {
                agents[i] = agents[i - 1];
            }
            agents[i] = agentId;
        }
        assembly ("memory-safe") {
            mstore(agents, count)
        }
    }

    function _better(GhostBid storage a, GhostBid storage b) internal view returns (bool) {
        (uint256 left, uint256 right) = (a.price * b.quality, b.price * a.quality);
        return left < right || (left == right && a.tieBreak < b.tieBreak);
    }

    function _leader(uint256 taskId) internal view returns (uint256) {
        uint256[] memory ranked = _ranked(taskId);
        return ranked.length == 0 ? 0 : ranked[0];
    }

    /// @notice What the bid at `place` is paid when those before it are out.
    function _priceAt(
        uint256 taskId,
        uint256[] memory ranked,
        uint256 place
    ) internal view returns (uint256) {
        GhostTask storage task = _task(taskId);
        GhostBid storage best = bids[taskId][ranked[place]];
        if (task.mode != ITaskManager.AwardMode.SealedSecondPrice) return best.price;
        if (ranked.length == place + 1) return task.reserve;
        GhostBid storage next = bids[taskId][ranked[place + 1]];
        uint256 price = (next.price * best.quality) / next.quality;
        return price > task.reserve ? task.reserve : price;
    }

    /// @notice Who may take over: the second, if it still belongs to whoever bid. Zero if there is none.
    function _heir(uint256 taskId) internal view returns (uint256) {
        uint256[] memory ranked = _ranked(taskId);
        if (ranked.length < 2) return 0;
        return bids[taskId][ranked[1]].epoch == epochOf[ranked[1]] ? ranked[1] : 0;
    }

    function _isInheritable(uint256 taskId) internal view returns (bool) {
        return _isIn(taskId, ITaskManager.TaskState.Defaulted) && _isEarly(taskId) && _heir(taskId) != 0;
    }

    /* DEBTS */

    /// @notice What the market should hold back from each account, from the tasks and bids as they are.
    function _owed() internal view returns (uint256[] memory owed) {
        owed = new uint256[](accounts.length);
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            GhostTask storage task = _task(taskId);
            owed[_indexOf(accountOf(task.requester))] += _requesterOwes(task);
            if (task.winner != 0) owed[people + task.winner - 1] += _workerOwes(task);
            uint256 leader = _isOpen(taskId) ? _leader(taskId) : 0;
            for (uint256 agentId = 1; agentId <= AGENTS; agentId++) {
                if (_isSealed(taskId, agentId) || agentId == leader)
                    owed[people + agentId - 1] += _bond(task);
            }
        }
    }

    /// @dev Reserve and deposit, less what it has paid a panel that found against it, until it appeals.
    function _requesterOwes(GhostTask storage task) internal view returns (uint256 owed) {
        if (task.state >= ITaskManager.TaskState.Settled) return 0;
        owed = task.reserve + _deposit(task);
        bool isRuled = task.state == ITaskManager.TaskState.Ruled;
        bool paid =
            task.byPool ? isRuled || task.round == ITaskManager.Round.Appeal : isRuled && _passed(task);
        if (paid) owed -= _panel(task);
    }

    /// @dev The bond while it is the worker, and in a dispute the larger panel's fee, less what it has paid.
    function _workerOwes(GhostTask storage task) internal view returns (uint256 owed) {
        ITaskManager.TaskState state = task.state;
        if (state == ITaskManager.TaskState.Open || state >= ITaskManager.TaskState.Defaulted) return 0;
        owed = _bond(task);
        bool isRuled = state == ITaskManager.TaskState.Ruled;
        if (task.byPool) {
            if (state == ITaskManager.TaskState.Disputed) owed += _largePanel(task);
        } else if (isRuled || state == ITaskManager.TaskState.Disputed) {
            owed += _largePanel(task);
            if (isRuled && !_passed(task)) owed -= _panel(task);
        }
    }

    /* MOVES */

    /// @dev Takes from the free part, after a deposit of what is lacking.
    function _take(Account account, uint256 amount) internal {
        if (freeOf[account] < amount) _deposit(account, amount - freeOf[account]);
        freeOf[account] -= amount;
    }

    function _deposit(Account account, uint256 amount) internal {
        freeOf[account] += amount;
        minted += amount;
        _fund(account, amount);
    }

    /// @dev Ends a task in the worker's favour; `panelFee` is paid by the requester.
    function _settle(GhostTask storage task, uint256 compensation, uint256 panelFee) internal {
        uint256 share = (task.price * task.feeBps) / BPS;
        uint256 paid = task.price + compensation;
        freeOf[accountOf(task.requester)] += _requesterOwes(task) - paid - panelFee;
        freeOf[accountOfAgent(task.winner)] += _workerOwes(task) + paid - share;
        freeOf[accountOf(TREASURY)] += share;
        freeOf[accountOf(EVALUATOR)] += panelFee;
        task.state = ITaskManager.TaskState.Settled;
        if (compensation != 0) feats[Feat.Compensated]++;
    }

    /// @dev Ends a task in the requester's favour; `panelFee` is paid by the worker.
    function _refuse(GhostTask storage task, uint256 panelFee) internal {
        uint256 loss = _bond(task) - _bond(task) / 2;
        burned += loss;
        freeOf[accountOf(task.requester)] += _requesterOwes(task);
        freeOf[accountOfAgent(task.winner)] += _workerOwes(task) - loss - panelFee;
        freeOf[accountOf(EVALUATOR)] += panelFee;
        task.state = ITaskManager.TaskState.Refunded;
    }

    function _refund(GhostTask storage task, ITaskManager.TaskState end) internal {
        freeOf[accountOf(task.requester)] += _requesterOwes(task);
        task.state = end;
    }

    /// @dev A part of the price counts, of a thousand credits at most; full lateness halves the merit.
    function _learn(GhostTask storage task, uint256 score, uint256 weight) internal {
        GhostRecord storage record = records[task.winner][task.epoch][task.skill];
        uint256 value = ((task.price > 1_000 * CREDIT ? 1_000 * CREDIT : task.price) * weight) / 100;
        record.experience += value;
        record.merit += (value * score * (200 - task.lateness)) / 20_000;
        if (value * score != 0) feats[Feat.Learned]++;
    }

    /// @dev A panel counts in full where an evaluation counts at all.
    function _learnFromPanel(GhostTask storage task) internal {
        _learn(task, task.score, task.weight == 0 ? 0 : 100);
    }

    function _passTo(uint256 later) internal {
        time = later;
        vm.warp(later);
    }
}
