// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {RefusingOwner} from "../mocks/RefusingOwner.sol";
import {MarketTest} from "./MarketTest.sol";
import {bound, vm} from "./Vm.sol";

/// @notice One race, judged by a contract or by the pool, and the steps of its entries.
abstract contract RaceTest is MarketTest {
    /// @dev The seeds of a race, small enough for a fuzzed test's stack.
    struct Seeds {
        uint256 reserve;
        uint32[4] windows;
        uint8 passingScore;
        bool byPool;
    }

    uint256 internal constant NO_STEPS = 0;
    uint256 internal constant ALL_STEPS = type(uint256).max;

    /// @dev A contract that judges a race; a test speaks for it.
    address internal judge;

    uint256 internal taskId;
    uint256 internal reserve;
    uint256 internal escrow;
    uint256 internal bond;
    /// @dev What an entry locks beside its bond.
    uint256 internal fee;
    uint256 internal biddingEnd;
    uint256 internal revealEnd;
    uint256 internal reviewWindow;
    uint256 internal passingScore;

    function setUp() public virtual override {
        super.setUp();
        judge = address(new RefusingOwner());
    }

    /* RACES */

    function _postRace(ITaskManager.TaskParams memory params, bool byPool) internal {
        params.mode = ITaskManager.AwardMode.Race;
        params.evaluator = byPool ? address(pool) : judge;
        reserve = params.reserve;
        escrow = reserve + APPEAL_FEE + (byPool ? PANEL_FEE : MarketMath.compensationOf(reserve));
        bond = _bondOf(reserve);
        fee = byPool ? PANEL_FEE : 0;
        biddingEnd = block.timestamp + params.biddingWindow;
        revealEnd = biddingEnd + params.revealWindow;
        reviewWindow = params.reviewWindow;
        passingScore = params.passingScore;
        _fund(REQUESTER, escrow);
        vm.prank(REQUESTER);
        taskId = tasks.createTask(params);
    }

    function _postRace(bool byPool) internal {
        _postRace(_params(RESERVE), byPool);
    }

    function _postFrom(Seeds memory seeds) internal {
        ITaskManager.TaskParams memory params = _params(seeds.reserve);
        params.passingScore = seeds.passingScore;
        params.biddingWindow = seeds.windows[0];
        params.revealWindow = seeds.windows[1];
        params.deliveryWindow = seeds.windows[2];
        params.reviewWindow = seeds.windows[3];
        _postRace(_bounded(params), seeds.byPool);
    }

    /* ENTRIES */

    /// @dev A new agent that can pay for one entry to the race, and no more.
    function _entrant(address owner) internal returns (uint256 agentId) {
        agentId = _register(owner);
        _fundAgent(agentId, bond + fee);
    }

    function _resultOf(uint256 agentId) internal pure returns (bytes32) {
        return sha256(abi.encode("work of", agentId));
    }

    function _digestOf(uint256 agentId) internal view returns (bytes32) {
        return race.commitmentOf(taskId, agentId, _resultOf(agentId), _salt(taskId, agentId));
    }

    function _enterAs(address caller, uint256 agentId, bytes32 digest) internal {
        vm.prank(caller);
        race.enter(taskId, agentId, digest);
    }

    /// @dev With `_resultOf` it, under `_salt`.
    function _enter(uint256 agentId) internal {
        _enterAs(registry.ownerOf(agentId), agentId, _digestOf(agentId));
    }

    function _enterNew(address owner) internal returns (uint256 agentId) {
        agentId = _entrant(owner);
        _enter(agentId);
    }

    /// @dev Opens as an outsider what `_enter` sealed.
    function _show(uint256 agentId) internal {
        vm.prank(OUTSIDER);
        race.show(taskId, agentId, _resultOf(agentId), _salt(taskId, agentId));
    }

    /// @dev Two entries, both shown, when the reveal window has just ended.
    function _twoShown() internal returns (uint256 first, uint256 second) {
        first = _enterNew(WORKER);
        second = _enterNew(RIVAL);
        vm.warp(biddingEnd);
        _show(second);
        _show(first);
        vm.warp(revealEnd);
    }

    /// @dev The same, and the first is the head.
    function _twoWithHead() internal returns (uint256 first, uint256 second) {
        (first, second) = _twoShown();
        _advance(NO_STEPS);
    }

    function _advance(uint256 maxSteps) internal {
        vm.prank(OUTSIDER);
        race.advance(taskId, maxSteps);
    }

    /* VERDICTS */

    function _judge(uint256 agentId, uint256 score) internal {
        vm.prank(judge);
        race.judge(taskId, agentId, score);
    }

    function _file() internal pure returns (ITaskManager.File memory) {
        return ITaskManager.File({specification: SPECIFICATION, seal: SEAL, result: 0});
    }

    function _unseal() internal {
        vm.prank(REQUESTER);
        race.unseal(taskId, _file(), SECRET);
    }

    function _convene() internal {
        vm.prank(OUTSIDER);
        race.convene(taskId);
    }

    /// @dev The panel's fee goes to EVALUATOR.
    function _decide(uint256 agentId, uint256 score) internal {
        pool.decide(race, (taskId << 64) | agentId, score, accountOf(EVALUATOR));
    }

    /// @dev As the contract or the pool, from the moment the entry is the head.
    function _judgeAnyhow(uint256 agentId, uint256 score) internal {
        if (fee == 0) {
            _judge(agentId, score);
        } else {
            if (!race.getRace(taskId).unsealed) _unseal();
            _convene();
            _decide(agentId, score);
        }
    }

    /* ASSERTIONS */

    function _stageOf(uint256 agentId) internal view returns (uint256) {
        return uint256(race.getEntry(taskId, agentId).stage);
    }

    function _assertStage(uint256 agentId, IRaceBoard.Stage stage) internal {
        vm.assertEq(_stageOf(agentId), uint256(stage), "stage");
    }

    function _assertHead(uint256 agentId, uint256 deadline) internal {
        (uint256 head, uint256 end) = race.headOf(taskId);
        vm.assertEq(head, agentId, "head");
        vm.assertEq(end, deadline, "end of the head's window");
    }

    function _assertState(ITaskManager.TaskState state) internal {
        vm.assertEq(uint256(tasks.stateOf(taskId)), uint256(state), "state of the task");
    }

    function _assertAgent(uint256 agentId, uint256 free, uint256 locked, string memory label) internal {
        _assertBalance(accountOfAgent(agentId), free, locked, label);
    }

    /// @dev What the winner is paid.
    function _prize() internal view returns (uint256) {
        return reserve - MarketMath.feeOf(reserve, FEE_BPS);
    }

    /* REFUSALS */

    function _expectNotARace(uint256 id) internal {
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NotARace.selector, id));
    }

    function _expectNoHead() internal {
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.NoHead.selector, taskId));
    }

    function _expectStage(uint256 agentId, IRaceBoard.Stage stage) internal {
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WrongEntryStage.selector, taskId, agentId, stage));
    }

    function _expectClosed(uint256 end) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IRaceBoard.WindowClosed.selector, taskId, end, block.timestamp)
        );
    }

    function _expectOpen(uint256 end) internal {
        vm.expectRevert(abi.encodeWithSelector(IRaceBoard.WindowOpen.selector, taskId, end, block.timestamp));
    }

    /// @dev One of the two, by the seed.
    function _anyScore(uint256 seed, bool passing) internal view returns (uint256) {
        return passing ? bound(seed, passingScore, 100) : bound(seed, 0, passingScore - 1);
    }
}
