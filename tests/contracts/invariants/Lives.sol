// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {bound, vm} from "../utils/Vm.sol";
import {Steps} from "./Steps.sol";

/// @notice Legal calls, for a fuzzer to choose from. A step that no task is ready for is replaced by one that some
/// task is ready for, so no call is idle.
abstract contract Lives is Steps {
    uint256 private constant MOST_LIVE_TASKS = 4;

    /// @dev What a cheatcode did to the clock may not outlive the call.
    modifier onTime() {
        vm.warp(time);
        _;
    }

    /* REQUESTERS */

    function post(uint256 seed) external onTime {
        uint256 live;
        for (uint256 taskId = 1; taskId <= ghosts.length; taskId++) if (!_isFinal(taskId)) live++;
        if (live >= MOST_LIVE_TASKS) return _advance(seed);
        _create(_mix(seed));
    }

    function cancel(uint256 seed) external onTime {
        uint256 taskId = _pick(seed, _isUntouched);
        if (taskId == 0) return _advance(seed);
        _cancel(taskId);
    }

    /* BIDDERS */

    function bid(uint256 seed, uint256 agentSeed, uint256 price, uint256 promised) external onTime {
        uint256 taskId = _pick(seed, _takesBids);
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
}
