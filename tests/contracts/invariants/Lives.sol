// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {bound, vm} from "../utils/Vm.sol";
import {Working} from "./Working.sol";

/// @notice Legal calls, for a fuzzer to choose from. A step that no task is ready for is replaced by one that some
/// task is ready for, so no call is idle.
abstract contract Lives is Working {
    uint256 private constant MOST_LIVE_TASKS = 4;

    /// @dev What a cheatcode did to the clock may not outlive the call.
    modifier onTime() {
        vm.warp(time);
        _;
    }

    /* REQUESTERS */

    function post(uint256 seed) external onTime {
        if (_isBusy()) return _advance(seed);
        _create(_mix(seed));
    }

    function divide(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isDivisible);
        if (taskId == 0 || _isBusy()) return _advance(seed);
        _divide(taskId, _mix(seed));
    }

    function cancel(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isUntouched);
        if (taskId == 0) return _advance(seed);
        _cancel(taskId);
    }

    function accept(uint256 seed, uint256 agentSeed, uint256 price, uint256 promised) external onTime {
        uint256 taskId = _pick(seed, _takesAcceptance);
        if (taskId == 0) return _advance(seed);
        _accept(taskId, (agentSeed % AGENTS) + 1, price, promised);
    }

    /* BIDDERS */

    function bid(uint256 seed, uint256 agentSeed, uint256 price, uint256 promised) external onTime {
        uint256 taskId = _pick(seed, seed % 2 == 0 ? _takesSealed : _takesOpen);
        if (taskId == 0) return _advance(seed);
        _bid(taskId, (agentSeed % AGENTS) + 1, price, promised);
    }

    function reveal(uint256 seed, uint256 agentSeed) external onTime {
        uint256 taskId = _pick(seed, _isRevealing);
        if (taskId == 0) return _advance(seed);
        _reveal(taskId, _pickSealed(taskId, agentSeed));
    }

    function finalize(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isOverdueAuction);
        if (taskId == 0) return _advance(seed);
        _finalize(taskId);
    }

    function forfeit(uint256 seed, uint256 agentSeed) external onTime {
        uint256 taskId = _pick(seed, _hasForfeits);
        if (taskId == 0) return _advance(seed);
        _forfeit(taskId, _pickSealed(taskId, agentSeed));
    }

    function takeOver(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isInheritable);
        if (taskId == 0) return _advance(seed);
        _takeOver(taskId);
    }

    /* WORK */

    function submit(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isDeliverable);
        if (taskId == 0) return _advance(seed);
        _deliver(taskId);
    }

    function evaluate(uint256 seed, uint256 score) external onTime {
        uint256 taskId = _pick(seed, _isScorable);
        if (taskId == 0) return _advance(seed);
        _score(taskId, bound(score, 0, 100));
    }

    function contest(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isDisputable);
        if (taskId != 0) return _dispute(taskId);
        taskId = _pick(seed, _isAppealable);
        if (taskId != 0) return _appeal(taskId);
        taskId = _pick(seed, _isUnsealable);
        if (taskId != 0) return _unseal(taskId);
        _advance(seed);
    }

    function hear(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isHeard);
        if (taskId == 0) return _advance(seed);
        _hear(taskId, _mix(seed));
    }

    function end(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isOverdue);
        if (taskId == 0) return _advance(seed);
        _end(taskId);
    }

    /* TIME */

    /// @notice The next thing happens to some task: usually what should, at times nothing until its window is over.
    function advance(uint256 seed) external onTime {
        _advance(seed);
    }

    /// @dev To the next end of a window, or a second to either side of it.
    function passTime(uint256 seed) external onTime {
        uint256 next = type(uint256).max;
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) {
            uint256 boundary = _nextBoundary(taskId);
            if (boundary > time && boundary < next) next = boundary;
        }
        if (next == type(uint256).max) next = time + 1;
        _passTo(next + 1 - (seed % 3));
    }

    function _advance(uint256 seed) internal {
        uint256 taskId = _pick(seed, _isLive);
        seed = _mix(seed);
        if (taskId == 0) return _create(seed);
        bool idle = seed % 8 == 0;
        if (_takesAcceptance(taskId)) return _accept(taskId, ((seed >> 8) % AGENTS) + 1, seed, seed >> 64);
        if (_isBidding(taskId) && _isUntouched(taskId)) return _bidAll(taskId, seed);
        if (_takesOpen(taskId) && idle) return _bidAll(taskId, seed >> 8);
        if (_isRevealing(taskId) && !idle) return _revealAll(taskId);
        if (_isOverdueAuction(taskId)) return _finalize(taskId);
        if (_isDeliverable(taskId) && !idle) return _deliver(taskId);
        if (_isScorable(taskId) && !idle) return _score(taskId, (seed >> 8) % 101);
        if (_isDisputable(taskId) && !idle) return _dispute(taskId);
        if (_isUnsealable(taskId) && !idle) return _unseal(taskId);
        if (_isHeard(taskId)) return _hear(taskId, seed);
        if (_isAppealable(taskId) && !idle) return _appeal(taskId);
        if (_isInheritable(taskId) && seed % 2 == 0) return _takeOver(taskId);
        if (_isOverdue(taskId)) return _end(taskId);
        uint256 boundary = _nextBoundary(taskId);
        if (boundary > time) _passTo(boundary);
    }

    /// @dev The end of the window that the task is in; in the past if that is over.
    function _nextBoundary(uint256 taskId) internal view returns (uint256) {
        GhostTask storage task = _task(taskId);
        if (_isFinal(taskId)) return 0;
        if (!_isOpen(taskId)) return task.deadline;
        return time < task.biddingEnd ? task.biddingEnd : task.revealEnd;
    }

    function _isBusy() internal view returns (bool) {
        uint256 live;
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) if (!_isFinal(taskId)) live++;
        return live >= MOST_LIVE_TASKS;
    }
}
