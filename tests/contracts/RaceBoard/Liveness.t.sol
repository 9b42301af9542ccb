// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice Races that take any course, held against a model: anyone ends them, nothing stays locked, and each party has what
/// the rules say.
contract RaceLivenessTest is RaceTest {
    /// @dev What the model knows of an agent: whether its result was shown, and whether it was judged too low.
    struct Known {
        bool shown;
        bool failed;
    }

    uint256 internal constant AGENTS = 5;
    uint256 internal constant MOVES = 9;

    uint256[] internal agents;
    /// @dev In order of commitment.
    uint256[] internal order;
    mapping(uint256 => Known) internal known;
    uint256 internal winner;
    bool internal byPanel;
    uint256 internal panels;

    function testFuzzAnyoneEndsTheRace(
        Seeds memory seeds,
        uint256 entries,
        uint256 shows,
        uint256 verdicts
    ) public {
        _postFrom(seeds);
        for (uint256 i = 0; i < AGENTS; i++) agents.push(_entrant(WORKER));
        for (uint256 i = 0; i < entries % (MOVES + 1); i++) {
            _enterInModel(agents[uint8(entries >> (8 * (i + 1))) % AGENTS], i);
        }
        vm.warp(biddingEnd);
        for (uint256 i = 0; i < order.length; i++) if ((shows >> i) & 1 == 1) _showInModel(order[i]);
        vm.warp(revealEnd);
        for (uint256 i = 0; i < verdicts % 16; i++) _step(uint16(verdicts >> (16 * i)));

        _endRace();
        _emptyEntries();

        vm.assertEq(winner, _expectedWinner(), "winner");
        for (uint256 i = 0; i < AGENTS; i++) _assertOutcome(agents[i]);
        _assertRequester();
    }

    /* COURSE */

    function _enterInModel(uint256 agentId, uint256 nonce) internal {
        uint256 length = order.length;
        uint256 i = 0;
        while (i < length && order[i] != agentId) i++;
        if (i == length) order.push(agentId);
        for (; i + 1 < length; i++) (order[i], order[i + 1]) = (order[i + 1], order[i]);
        _enterAs(WORKER, agentId, bytes32(nonce + 1));
        _enter(agentId);
    }

    function _showInModel(uint256 agentId) internal {
        known[agentId].shown = true;
        _show(agentId);
    }

    /// @dev One move that is legal now, while the race lasts.
    function _step(uint16 seed) internal {
        if (race.getRace(taskId).over) return;
        (uint256 head, uint256 deadline) = race.headOf(taskId);
        if (head == 0) {
            _advance(seed % 4);
            return;
        }
        bool pass = seed % 8 == 0;
        uint256 score = _anyScore(seed, pass);
        bool convened = _stageOf(head) == uint256(IRaceBoard.Stage.Convened);
        if (!convened && block.timestamp >= deadline) return;
        if (fee == 0) {
            if (seed % 3 == 0) vm.warp(block.timestamp + seed);
            else _record(head, score, pass, false);
        } else if (convened) {
            _record(head, score, pass, true);
        } else if (!race.getRace(taskId).unsealed) {
            _unseal();
        } else {
            _convene();
        }
    }

    function _record(uint256 head, uint256 score, bool pass, bool panelled) internal {
        if (pass) (winner, byPanel) = (head, panelled);
        else known[head].failed = true;
        if (panelled) {
            panels++;
            _decide(head, score);
        } else {
            _judge(head, score);
        }
    }

    /* END */

    function _endRace() internal {
        while (!race.getRace(taskId).over) {
            (uint256 head, uint256 deadline) = race.headOf(taskId);
            if (head == 0) {
                _advance(1);
                continue;
            }
            winner = head;
            if (_stageOf(head) == uint256(IRaceBoard.Stage.Convened)) {
                pool.giveUp(race, race.caseOf(taskId, head));
            } else {
                if (block.timestamp < deadline) vm.warp(deadline);
                vm.prank(OUTSIDER);
                race.release(taskId);
            }
        }
    }

    function _emptyEntries() internal {
        for (uint256 i = 0; i < AGENTS; i++) {
            uint256 stage = _stageOf(agents[i]);
            vm.startPrank(OUTSIDER);
            if (stage == uint256(IRaceBoard.Stage.Sealed)) race.forfeit(taskId, agents[i]);
            if (stage == uint256(IRaceBoard.Stage.Shown)) race.withdraw(taskId, agents[i]);
            vm.stopPrank();
        }
    }

    /* MODEL */

    function _expectedWinner() internal view returns (uint256) {
        for (uint256 i = 0; i < order.length; i++) {
            if (known[order[i]].shown && !known[order[i]].failed) return order[i];
        }
        return 0;
    }

    function _entered(uint256 agentId) internal view returns (bool) {
        for (uint256 i = 0; i < order.length; i++) if (order[i] == agentId) return true;
        return false;
    }

    function _assertOutcome(uint256 agentId) internal {
        uint256 free = bond + fee;
        if (_entered(agentId) && !known[agentId].shown) free -= bond;
        if (known[agentId].failed) free -= (bond + 1) / 2 + fee;
        if (winner == agentId) free += _prize();
        _assertAgent(agentId, free, 0, "agent");
    }

    function _assertRequester() internal {
        uint256 free = escrow;
        if (winner != 0) free -= reserve;
        if (byPanel) free -= PANEL_FEE;
        _assertBalance(accountOf(REQUESTER), free, 0, "requester");
        _assertBalance(accountOf(EVALUATOR), panels * PANEL_FEE, 0, "panels");
        _assertState(winner == 0 ? ITaskManager.TaskState.Expired : ITaskManager.TaskState.Settled);
        uint256 all = free + panels * PANEL_FEE + _freeOf(accountOf(TREASURY)) + ledger.pendingBurn();
        for (uint256 i = 0; i < AGENTS; i++) all += _freeOf(accountOfAgent(agents[i]));
        vm.assertEq(all, token.balanceOf(address(ledger)), "conserved");
    }
}
