// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ActionLogger} from "../../../contracts/ActionLogger.sol";
import {AgentRegistry} from "../../../contracts/AgentRegistry.sol";
import {BidAuction} from "../../../contracts/BidAuction.sol";
import {CreditToken} from "../../../contracts/CreditToken.sol";
import {IncentiveEngine} from "../../../contracts/IncentiveEngine.sol";
import {Ledger} from "../../../contracts/Ledger.sol";
import {MessageHub} from "../../../contracts/MessageHub.sol";
import {RaceBoard} from "../../../contracts/RaceBoard.sol";
import {TaskManager} from "../../../contracts/TaskManager.sol";
import {TaskMarketplace} from "../../../contracts/TaskMarketplace.sol";
import {UsageMeter} from "../../../contracts/UsageMeter.sol";
import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MarketMath} from "../../../contracts/libraries/MarketMath.sol";
import {ParametersStub} from "../mocks/ParametersStub.sol";
import {PoolStub} from "../mocks/PoolStub.sol";
import {bound, vm} from "./Vm.sol";

/// @notice The whole market as scripts/lib/market.js deploys it, its actors, and the steps of a task's life.
/// @dev Helpers act as the right actor by themselves: never call one under a prank.
abstract contract MarketTest {
    uint256 internal constant CREDIT = 1e6;
    uint256 internal constant TOKEN_CAP = 1_000_000_000 * CREDIT;
    uint256 internal constant FEE_BPS = 250;
    uint256 internal constant BOND_PERCENT = 10;
    uint256 internal constant NAMED_WEIGHT = 25;
    /// @dev In thousandths of a credit.
    uint256 internal constant SEAT_FEE = 10;
    uint256 internal constant PANEL_FEE = 3 * SEAT_FEE * 1_000;
    uint256 internal constant APPEAL_FEE = 7 * SEAT_FEE * 1_000;
    uint256 internal constant BPS = 10_000;

    uint256 internal constant MIN_RESERVE = 100_000;
    /// @dev The contracts take more, but the token's cap does not.
    uint256 internal constant MAX_RESERVE = 1_000_000 * CREDIT;
    uint256 internal constant MIN_WINDOW = 5;
    uint256 internal constant MAX_WINDOW = 30 days;
    uint256 internal constant CHALLENGE_WINDOW = 1 days;
    uint256 internal constant SEAT_STAKE = 10 * CREDIT;
    uint256 internal constant WARM_UP = 1 days;
    uint256 internal constant LEAVE_DELAY = 3 days;
    uint256 internal constant MIN_QUALITY = 5_000;
    uint256 internal constant MAX_QUALITY = 10_000;

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant RESERVE = 100 * CREDIT;
    uint256 internal constant PROMISE = 1 hours;
    bytes16 internal constant SKILL = "research";
    bytes32 internal constant SPECIFICATION = keccak256("specification");
    bytes32 internal constant SECRET = keccak256("secret");
    bytes32 internal constant SEAL = keccak256(abi.encode(SECRET));
    bytes internal constant WORK = "the work";
    /// @dev Not a constant: it would be hashed by a call wherever it is named, and use up a prank.
    bytes32 internal immutable RESULT = sha256(WORK);

    uint256 internal constant REQUESTER_KEY = uint256(keccak256("requester"));
    uint256 internal constant WORKER_KEY = uint256(keccak256("worker"));
    address internal immutable ADMIN = _actor("admin");
    address internal immutable TREASURY = _actor("treasury");
    address internal immutable REQUESTER = _actor("requester");
    address internal immutable EVALUATOR = _actor("evaluator");
    address internal immutable WORKER = _actor("worker");
    address internal immutable RIVAL = _actor("rival");
    address internal immutable THIRD = _actor("third");
    address internal immutable OUTSIDER = _actor("outsider");

    CreditToken internal token;
    Ledger internal ledger;
    AgentRegistry internal registry;
    TaskManager internal tasks;
    BidAuction internal auction;
    IncentiveEngine internal incentives;
    MessageHub internal messages;
    UsageMeter internal meter;
    TaskMarketplace internal marketplace;
    ActionLogger internal actions;
    PoolStub internal pool;
    RaceBoard internal race;
    ParametersStub internal parameters;

    function setUp() public virtual {
        vm.warp(START);
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
    }

    function _deployMarket() internal {
        Wiring memory wiring = _wiringFrom(ADMIN);
        token = CreditToken(_create("CreditToken", abi.encode(ADMIN, TOKEN_CAP)));
        ledger = Ledger(_create("Ledger", abi.encode(wiring)));
        registry = AgentRegistry(_create("AgentRegistry", abi.encode(wiring)));
        tasks = TaskManager(_create("TaskManager", abi.encode(wiring, TREASURY)));
        auction = BidAuction(_create("BidAuction", abi.encode(wiring)));
        incentives = IncentiveEngine(_create("IncentiveEngine", abi.encode(wiring)));
        messages = MessageHub(_create("MessageHub", abi.encode(wiring)));
        pool = new PoolStub(ledger);
        meter = UsageMeter(_create("UsageMeter", abi.encode(wiring, CHALLENGE_WINDOW)));
        race = RaceBoard(_create("RaceBoard", abi.encode(wiring)));
        parameters = _deployParameters();
        marketplace = TaskMarketplace(_create("TaskMarketplace", abi.encode(wiring)));
        actions = ActionLogger(_create("ActionLogger", abi.encode(wiring)));
    }

    /// @dev By its compiled code: `new` would put the code of the whole market into every test contract.
    function _create(string memory name, bytes memory arguments) internal returns (address created) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        vm.assertTrue(created != address(0), name);
    }

    /// @dev Where the next eleven contracts that `deployer` creates will live, in the order of the deployment.
    function _wiringFrom(address deployer) internal view returns (Wiring memory) {
        uint256 nonce = vm.getNonce(deployer);
        return
            Wiring({
                token: CreditToken(vm.computeCreateAddress(deployer, nonce)),
                ledger: Ledger(vm.computeCreateAddress(deployer, nonce + 1)),
                registry: AgentRegistry(vm.computeCreateAddress(deployer, nonce + 2)),
                tasks: TaskManager(vm.computeCreateAddress(deployer, nonce + 3)),
                auction: BidAuction(vm.computeCreateAddress(deployer, nonce + 4)),
                incentives: IncentiveEngine(vm.computeCreateAddress(deployer, nonce + 5)),
                messages: MessageHub(vm.computeCreateAddress(deployer, nonce + 6)),
                pool: IEvaluatorPool(vm.computeCreateAddress(deployer, nonce + 7)),
                meter: UsageMeter(vm.computeCreateAddress(deployer, nonce + 8)),
                race: IRaceBoard(vm.computeCreateAddress(deployer, nonce + 9)),
                parameters: ParametersStub(vm.computeCreateAddress(deployer, nonce + 10))
            });
    }

    /// @dev A test of the vote puts the real ones here.
    function _deployParameters() internal virtual returns (ParametersStub) {
        return new ParametersStub(_terms());
    }

    function _terms() internal pure returns (IMarketParameters.Parameters memory) {
        return
            IMarketParameters.Parameters({
                feeBps: uint16(FEE_BPS),
                bondPercent: uint8(BOND_PERCENT),
                namedWeight: uint8(NAMED_WEIGHT),
                minWindow: uint24(MIN_WINDOW),
                maxWindow: uint24(MAX_WINDOW),
                seatFee: uint16(SEAT_FEE),
                overdraftLimit: uint48(CREDIT)
            });
    }

    /* CREDITS */

    /// @dev An address with a known key: keccak256(name).
    function _actor(string memory name) internal returns (address actor) {
        actor = vm.addr(uint256(keccak256(bytes(name))));
        vm.label(actor, name);
    }

    function _mint(address to, uint256 amount) internal {
        vm.prank(ADMIN);
        token.mint(to, amount);
    }

    /// @dev Gives `account` free credits that are new in the world.
    function _fund(Account account, uint256 amount) internal {
        _mint(ADMIN, amount);
        vm.startPrank(ADMIN);
        token.approve(address(ledger), amount);
        ledger.deposit(account, amount);
        vm.stopPrank();
    }

    function _fund(address holder, uint256 amount) internal {
        _fund(accountOf(holder), amount);
    }

    function _fundAgent(uint256 agentId, uint256 amount) internal {
        _fund(accountOfAgent(agentId), amount);
    }

    function _freeOf(Account account) internal view returns (uint256) {
        return ledger.balanceOf(account).free;
    }

    function _lockedOf(Account account) internal view returns (uint256) {
        return ledger.balanceOf(account).locked;
    }

    function _assertBalance(Account account, uint256 free, uint256 locked, string memory label) internal {
        ILedger.Balance memory balance = ledger.balanceOf(account);
        vm.assertEq(balance.free, free, string.concat(label, ": free"));
        vm.assertEq(balance.locked, locked, string.concat(label, ": locked"));
    }

    /* AGENTS AND TASKS */

    function _register(address owner) internal returns (uint256 agentId) {
        vm.prank(owner);
        return registry.register();
    }

    /// @dev An agent that can pay the bond of one task with this reserve, and no more.
    function _registerBidder(address owner, uint256 reserve) internal returns (uint256 agentId) {
        agentId = _register(owner);
        _fundAgent(agentId, _bondOf(reserve));
    }

    function _params(uint256 reserve) internal view returns (ITaskManager.TaskParams memory) {
        return
            ITaskManager.TaskParams({
                specification: SPECIFICATION,
                seal: SEAL,
                skill: SKILL,
                mode: ITaskManager.AwardMode.SealedSecondPrice,
                reserve: reserve,
                evaluator: EVALUATOR,
                passingScore: 60,
                biddingWindow: 1 hours,
                revealWindow: 30 minutes,
                deliveryWindow: 2 hours,
                reviewWindow: 1 days,
                parentId: 0
            });
    }

    /// @dev Brings every field within what the contracts accept; keeps mode and skill as they are.
    function _bounded(
        ITaskManager.TaskParams memory params
    ) internal view returns (ITaskManager.TaskParams memory) {
        if (params.specification == 0) params.specification = SPECIFICATION;
        if (params.seal == 0) params.seal = SEAL;
        if (params.skill == 0) params.skill = SKILL;
        params.reserve = bound(params.reserve, MIN_RESERVE, MAX_RESERVE);
        params.evaluator = EVALUATOR;
        params.passingScore = uint8(bound(params.passingScore, 1, 100));
        params.biddingWindow = uint32(bound(params.biddingWindow, MIN_WINDOW, MAX_WINDOW));
        params.revealWindow = uint32(bound(params.revealWindow, MIN_WINDOW, MAX_WINDOW));
        params.deliveryWindow = uint32(bound(params.deliveryWindow, MIN_WINDOW, MAX_WINDOW));
        params.reviewWindow = uint32(bound(params.reviewWindow, MIN_WINDOW, MAX_WINDOW));
        return params;
    }

    function _escrowOf(uint256 reserve) internal pure returns (uint256) {
        return reserve + _depositOf(reserve);
    }

    /// @dev The deposit of a task with a named evaluator.
    function _depositOf(uint256 reserve) internal pure returns (uint256) {
        return APPEAL_FEE + MarketMath.compensationOf(reserve);
    }

    function _bondOf(uint256 reserve) internal pure returns (uint256) {
        return MarketMath.bondOf(reserve, BOND_PERCENT);
    }

    /// @dev Funds the requester with exactly the escrow and posts the task.
    function _post(ITaskManager.TaskParams memory params) internal returns (uint256 taskId) {
        _fund(REQUESTER, _escrowOf(params.reserve));
        vm.prank(REQUESTER);
        return tasks.createTask(params);
    }

    function _post(uint256 reserve) internal returns (uint256 taskId) {
        return _post(_params(reserve));
    }

    /* BIDS */

    function _salt(uint256 taskId, uint256 agentId) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", taskId, agentId));
    }

    /// @dev Commits as the agent's owner, under `_salt`.
    function _commit(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) internal {
        uint200 digest = auction.commitmentOf(taskId, agentId, price, promised, _salt(taskId, agentId));
        address owner = registry.ownerOf(agentId);
        vm.prank(owner);
        auction.commit(taskId, agentId, digest);
    }

    function _commit(uint256 taskId, uint256 agentId, uint256 price) internal {
        _commit(taskId, agentId, price, PROMISE);
    }

    /// @dev Opens as an outsider what `_commit` sealed.
    function _reveal(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) internal {
        vm.prank(OUTSIDER);
        auction.reveal(taskId, agentId, price, promised, _salt(taskId, agentId));
    }

    function _reveal(uint256 taskId, uint256 agentId, uint256 price) internal {
        _reveal(taskId, agentId, price, PROMISE);
    }

    /* TIME */

    function _warpToReveal(uint256 taskId) internal {
        vm.warp(auction.getAuction(taskId).biddingEnd);
    }

    function _warpToFinalize(uint256 taskId) internal {
        vm.warp(_revealEnd(taskId));
    }

    function _revealEnd(uint256 taskId) internal view returns (uint256) {
        IBidAuction.Auction memory terms = auction.getAuction(taskId);
        return uint256(terms.biddingEnd) + terms.revealWindow;
    }

    /// @dev To the end of the delivery, review or dispute window, at which it is over.
    function _warpToDeadline(uint256 taskId) internal {
        vm.warp(tasks.getTask(taskId).deadline);
    }

    /* LIVES */

    /// @dev One bidder, WORKER's new agent, alone; under the second price it is paid the reserve.
    function _award(
        ITaskManager.TaskParams memory params,
        uint256 price,
        uint256 promised
    ) internal returns (uint256 taskId, uint256 agentId) {
        taskId = _post(params);
        agentId = _registerBidder(WORKER, params.reserve);
        _commit(taskId, agentId, price, promised);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, price, promised);
        _warpToFinalize(taskId);
        auction.finalize(taskId);
    }

    function _award(uint256 reserve, uint256 price) internal returns (uint256 taskId, uint256 agentId) {
        return _award(_params(reserve), price, PROMISE);
    }

    function _submit(uint256 taskId, bytes32 result) internal {
        address owner = registry.ownerOf(tasks.getTask(taskId).agentId);
        vm.prank(owner);
        tasks.submit(taskId, result);
    }

    function _deliver(uint256 reserve, uint256 price) internal returns (uint256 taskId, uint256 agentId) {
        (taskId, agentId) = _award(reserve, price);
        _submit(taskId, RESULT);
    }

    function _evaluate(uint256 taskId, uint256 score) internal {
        address evaluator = tasks.getTask(taskId).evaluator;
        vm.prank(evaluator);
        tasks.evaluate(taskId, score);
    }

    function _reject(uint256 reserve, uint256 price) internal returns (uint256 taskId, uint256 agentId) {
        (taskId, agentId) = _deliver(reserve, price);
        _evaluate(taskId, tasks.getTask(taskId).passingScore - 1);
    }
}
