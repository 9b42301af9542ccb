// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../../../contracts/AgentRegistry.sol";
import {CreditToken} from "../../../contracts/CreditToken.sol";
import {EvaluatorPool} from "../../../contracts/EvaluatorPool.sol";
import {Ledger} from "../../../contracts/Ledger.sol";
import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {accountOf} from "../../../contracts/libraries/Account.sol";
import {MockPanelClient} from "../mocks/MockPanelClient.sol";
import {MarketTest} from "./MarketTest.sol";
import {vm} from "./Vm.sol";

/// @notice The pool with mocks in the places of its two clients, evaluators with a seat each, and the steps of a case.
abstract contract PoolTest is MarketTest {
    uint256 internal constant SEATS = 9;
    uint256 internal constant SLASH = SEAT_STAKE / 4;
    uint256 internal constant SEAT_PAY = CREDIT;
    uint256 internal constant WINDOW = 1 hours;
    uint256 internal constant CASE = 7;
    bytes32 internal constant ENTROPY = keccak256("entropy");
    bytes32 internal constant SALT = keccak256("salt");

    EvaluatorPool internal panels;
    MockPanelClient internal client;
    MockPanelClient internal raceClient;

    /// @dev The stand-in for the task manager has the rights that the real one has in the Ledger.
    function setUp() public virtual override {
        vm.warp(START);
        vm.roll(1_000);
        vm.startPrank(ADMIN);
        Wiring memory wiring = _wiringFrom(ADMIN);
        token = CreditToken(_create("CreditToken", abi.encode(ADMIN, TOKEN_CAP)));
        ledger = Ledger(_create("Ledger", abi.encode(wiring)));
        registry = AgentRegistry(_create("AgentRegistry", abi.encode(wiring)));
        client = new MockPanelClient();
        raceClient = new MockPanelClient();
        wiring.tasks = ITaskManager(address(client));
        wiring.race = IRaceBoard(address(raceClient));
        while (vm.computeCreateAddress(ADMIN, vm.getNonce(ADMIN)) != address(wiring.pool))
            new MockPanelClient();
        panels = EvaluatorPool(
            _create("EvaluatorPool", abi.encode(wiring, SEAT_STAKE, WARM_UP, LEAVE_DELAY))
        );
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
        for (uint256 i = 0; i < SEATS; i++) _takeSeat(_evaluator(i));
        vm.warp(START + WARM_UP + 1);
    }

    /* EVALUATORS */

    function _evaluator(uint256 number) internal returns (address) {
        return _actor(string.concat("evaluator ", vm.toString(number)));
    }

    function _takeSeat(address holder) internal returns (uint256 seat) {
        _fund(holder, SEAT_STAKE);
        vm.prank(holder);
        return panels.takeSeat();
    }

    function _announceLeave(uint256 seat) internal {
        address holder = _holderOf(seat);
        vm.prank(holder);
        panels.announceLeave(seat);
    }

    function _holderOf(uint256 seat) internal view returns (address) {
        return panels.seatOf(seat).holder;
    }

    function _stakeLockedOf(uint256 seat) internal view returns (uint256) {
        return _lockedOf(accountOf(_holderOf(seat)));
    }

    /* CASES */

    function _case(uint256 caseId, uint256 size) internal view returns (IEvaluatorPool.Case memory) {
        return
            IEvaluatorPool.Case({
                caseId: caseId,
                size: size,
                fee: size * SEAT_PAY,
                bornBefore: block.timestamp,
                window: WINDOW,
                entropy: ENTROPY
            });
    }

    /// @dev The fee lies in the requester's locked part from the beginning, as it does in the market.
    function _convene(IEvaluatorPool.Case memory request) internal {
        _lockFee(request.fee);
        vm.prank(address(client));
        panels.convene(request);
    }

    function _lockFee(uint256 fee) internal {
        client.setPayer(accountOf(REQUESTER));
        if (fee == 0) return;
        _fund(REQUESTER, fee);
        vm.prank(address(client));
        ledger.lock(accountOf(REQUESTER), fee);
    }

    function _unseal(uint256 caseId) internal {
        vm.prank(address(client));
        panels.unseal(caseId, SECRET);
    }

    function _reconvene(uint256 size) internal {
        _lockFee(size * SEAT_PAY);
        vm.prank(address(client));
        panels.reconvene(CASE, size, size * SEAT_PAY);
    }

    /// @dev To the first block in which the draw can be made.
    function _rollToDraw(uint256 caseId) internal {
        vm.roll(panels.panelOf(address(client), caseId).drawBlock + 1);
    }

    function _draw() internal returns (uint256[] memory seats) {
        _rollToDraw(CASE);
        panels.draw(address(client), CASE);
        return _seats(CASE);
    }

    /// @dev From nothing to the panel that is to score.
    function _panel(uint256 size) internal returns (uint256[] memory seats) {
        _convene(_case(CASE, size));
        _unseal(CASE);
        return _draw();
    }

    function _seats(uint256 caseId) internal view returns (uint256[] memory seats) {
        IEvaluatorPool.Vote[] memory votes = panels.membersOf(address(client), caseId);
        seats = new uint256[](votes.length);
        for (uint256 i = 0; i < votes.length; i++) seats[i] = votes[i].seat;
    }

    function _stage() internal view returns (uint256) {
        return uint256(panels.panelOf(address(client), CASE).stage);
    }

    function _round() internal view returns (uint256) {
        return panels.panelOf(address(client), CASE).round;
    }

    function _assertStage(IEvaluatorPool.Stage stage, string memory label) internal {
        vm.assertEq(_stage(), uint256(stage), label);
    }

    function _assertVerdict(uint256 verdicts, bool decided, uint256 score) internal {
        vm.assertEq(client.verdicts(), verdicts, "verdicts");
        vm.assertEq(client.caseId(), CASE, "case");
        vm.assertEq(client.decided(), decided, "decided");
        vm.assertEq(client.score(), score, "score");
    }

    /* SCORES */

    function _digest(uint256 seat, uint256 score) internal view returns (uint208) {
        return panels.scoreDigest(address(client), CASE, _round(), seat, score, SALT);
    }

    function _commit(uint256 seat, uint256 score) internal {
        uint208 digest = _digest(seat, score);
        address holder = _holderOf(seat);
        vm.prank(holder);
        panels.commitScore(address(client), CASE, seat, digest);
    }

    function _reveal(uint256 seat, uint256 score) internal {
        address holder = _holderOf(seat);
        vm.prank(holder);
        panels.revealScore(address(client), CASE, seat, score, SALT);
    }

    /// @dev The first of the seats score, the others keep silent; then to the end of the windows.
    function _score(uint256[] memory seats, uint256[] memory scores) internal {
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < scores.length; i++) _commit(seats[i], scores[i]);
        vm.warp(start + WINDOW);
        for (uint256 i = 0; i < scores.length; i++) _reveal(seats[i], scores[i]);
        vm.warp(start + 2 * WINDOW);
    }

    /// @dev `count` equal scores.
    function _scores(uint256 count, uint256 score) internal pure returns (uint256[] memory scores) {
        scores = new uint256[](count);
        for (uint256 i = 0; i < count; i++) scores[i] = score;
    }

    function _tally() internal {
        panels.tally(address(client), CASE);
    }

    function _expectWrongStage(IEvaluatorPool.Stage stage) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IEvaluatorPool.WrongStage.selector, address(client), CASE, stage)
        );
    }

    /// @dev An error about a window of the case.
    function _expectWindow(bytes4 selector, uint256 end) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, address(client), CASE, end, block.timestamp));
    }

    /// @dev An error that names the case and a seat.
    function _expectSeat(bytes4 selector, uint256 seat) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, address(client), CASE, seat));
    }

    function _expectNotMember(uint256 seat, address caller) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IEvaluatorPool.NotMember.selector, address(client), CASE, seat, caller)
        );
        vm.prank(caller);
    }
}
