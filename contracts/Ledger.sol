// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBidAuction} from "./interfaces/IBidAuction.sol";
import {ICreditToken} from "./interfaces/ICreditToken.sol";
import {IEvaluatorPool} from "./interfaces/IEvaluatorPool.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {IMessageHub} from "./interfaces/IMessageHub.sol";
import {IRaceBoard} from "./interfaces/IRaceBoard.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {IUsageMeter} from "./interfaces/IUsageMeter.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account} from "./libraries/Account.sol";

/// @notice See {ILedger}, where everything is documented.
contract Ledger is ILedger {
    using SafeCast for uint256;
    using SafeERC20 for ICreditToken;

    ICreditToken public immutable token;
    IAgentRegistry public immutable registry;

    // The market: these six move locked credits, and nobody else ever will.
    ITaskManager public immutable tasks;
    IBidAuction public immutable auction;
    IUsageMeter public immutable meter;
    IMessageHub public immutable messages;
    IEvaluatorPool public immutable pool;
    IRaceBoard public immutable race;

    /// @inheritdoc ILedger
    uint256 public pendingBurn;

    mapping(Account => Balance) private _balances;

    /// @dev Whom an account owes or owed last; meaningless where it has no debt.
    mapping(Account => Account) private _creditors;

    modifier onlyMarket() {
        _checkMarket();
        _;
    }

    constructor(Wiring memory wiring) {
        require(address(wiring.ledger) == address(this), Miswired(address(wiring.ledger), address(this)));
        token = wiring.token;
        registry = wiring.registry;
        tasks = wiring.tasks;
        auction = wiring.auction;
        meter = wiring.meter;
        messages = wiring.messages;
        pool = wiring.pool;
        race = wiring.race;
    }

    /* OWNERS */

    /// @inheritdoc ILedger
    function deposit(Account account, uint256 amount) external {
        _deposit(msg.sender, account, amount);
    }

    /// @inheritdoc ILedger
    function depositWithPermit(
        address owner,
        Account account,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (msg.sender != owner) _checkMarket();

        // Anyone may have used the permit already, in front of this call: the allowance is then there and
        // `_deposit` succeeds; where it is not, `_deposit` reverts with the token's own reason.
        try token.permit(owner, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(owner, account, amount);
    }

    /// @inheritdoc ILedger
    function depositWithAuthorization(
        address from,
        Account account,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external {
        _credit(from, account, amount);
        token.receiveWithAuthorization(
            from,
            address(this),
            amount,
            validAfter,
            validBefore,
            authorizationNonce(account, salt),
            signature
        );
    }

    /// @inheritdoc ILedger
    function withdraw(Account account, address to, uint256 amount) external {
        require(to != address(0), ZeroAddress());
        _checkOwner(account);
        _checkSolvent(account);
        _takeFree(account, amount);

        emit Withdrawn(account, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc ILedger
    function transfer(Account from, Account to, uint256 amount) external {
        _checkOwner(from);
        _checkExists(to);
        _checkSolvent(from);
        _takeFree(from, amount);
        _balances[to].free += uint96(amount);

        emit Transferred(from, to, amount);
    }

    /// @inheritdoc ILedger
    function repay(Account payer, Account debtor, uint256 amount) external {
        _checkPayer(payer, debtor);
        uint256 debt = _balances[debtor].debt;
        require(amount <= debt, Overpaid(debtor, debt, amount));
        _payDebt(payer, debtor, amount);
    }

    /// @inheritdoc ILedger
    function forgive(Account debtor) external {
        uint256 debt = _balances[debtor].debt;
        require(debt != 0, NoDebt(debtor));
        Account creditor = _creditors[debtor];
        _checkOwner(creditor);
        _balances[debtor].debt = 0;

        emit DebtForgiven(debtor, creditor, debt);
    }

    /* MARKET */

    /// @inheritdoc ILedger
    function lock(Account account, uint256 amount) external onlyMarket {
        _takeFree(account, amount);
        _balances[account].locked += uint96(amount);

        emit Locked(account, amount);
    }

    /// @inheritdoc ILedger
    function unlock(Account account, uint256 amount) external onlyMarket {
        _takeLocked(account, amount);
        _balances[account].free += uint96(amount);

        emit Unlocked(account, amount);
    }

    /// @inheritdoc ILedger
    function hold(Account from, Account to, uint256 amount) external onlyMarket {
        _checkSolvent(from);
        _takeFree(from, amount);
        _balances[to].locked += uint96(amount);

        emit Held(from, to, amount);
    }

    /// @inheritdoc ILedger
    function pay(Account from, Account to, uint256 amount) external onlyMarket {
        _takeLocked(from, amount);
        _balances[to].free += uint96(amount);

        emit Paid(from, to, amount);
        uint256 debt = _balances[to].debt;
        if (debt != 0) _payDebt(to, to, debt < amount ? debt : amount);
    }

    /// @inheritdoc ILedger
    function burn(Account from, uint256 amount) external onlyMarket {
        _takeLocked(from, amount);
        pendingBurn += amount;

        emit Burned(from, amount);
    }

    /// @inheritdoc ILedger
    function owe(Account debtor, Account creditor, uint256 amount) external {
        require(msg.sender == address(meter), NotMeter(msg.sender));
        require(amount != 0, ZeroAmount());
        uint256 debt = _balances[debtor].debt;
        require(
            debt == 0 || Account.unwrap(_creditors[debtor]) == Account.unwrap(creditor),
            OtherCreditor(debtor, _creditors[debtor])
        );
        _balances[debtor].debt = (debt + amount).toUint64();
        _creditors[debtor] = creditor;

        emit DebtRecorded(debtor, creditor, amount);
    }

    /* ANYONE */

    /// @inheritdoc ILedger
    function flushBurn() external {
        uint256 amount = pendingBurn;
        require(amount != 0, ZeroAmount());
        pendingBurn = 0;

        emit BurnFlushed(amount);
        token.burn(amount);
    }

    /// @inheritdoc ILedger
    function balanceOf(Account account) external view returns (Balance memory) {
        return _balances[account];
    }

    /// @inheritdoc ILedger
    function creditorOf(Account account) external view returns (Account) {
        return _balances[account].debt == 0 ? Account.wrap(0) : _creditors[account];
    }

    /// @inheritdoc ILedger
    function authorizationNonce(Account account, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(account, salt));
    }

    /* INTERNAL */

    function _deposit(address from, Account account, uint256 amount) internal {
        _credit(from, account, amount);
        token.safeTransferFrom(from, address(this), amount);
    }

    /// @dev The caller takes the tokens next, or reverts.
    function _credit(address from, Account account, uint256 amount) internal {
        require(amount != 0, ZeroAmount());
        _checkExists(account);
        // The token's cap keeps every sum of credits far below 96 bits.
        _balances[account].free += uint96(amount);

        emit Deposited(account, from, amount);
    }

    function _takeFree(Account account, uint256 amount) internal {
        require(amount != 0, ZeroAmount());
        uint256 free = _balances[account].free;
        require(amount <= free, InsufficientFree(account, free, amount));
        _balances[account].free = uint96(free - amount);
    }

    function _takeLocked(Account account, uint256 amount) internal {
        require(amount != 0, ZeroAmount());
        uint256 locked = _balances[account].locked;
        require(amount <= locked, InsufficientLocked(account, locked, amount));
        _balances[account].locked = uint96(locked - amount);
    }

    /// @dev `amount` is no more than the debt.
    function _payDebt(Account payer, Account debtor, uint256 amount) internal {
        Account creditor = _creditors[debtor];
        _takeFree(payer, amount);
        _balances[debtor].debt -= uint64(amount);
        _balances[creditor].free += uint96(amount);

        emit DebtPaid(debtor, creditor, payer, amount);
    }

    /// @dev The most frequent callers first.
    function _checkMarket() internal view {
        require(
            msg.sender == address(tasks) ||
                msg.sender == address(auction) ||
                msg.sender == address(meter) ||
                msg.sender == address(messages) ||
                msg.sender == address(pool) ||
                msg.sender == address(race),
            NotMarket(msg.sender)
        );
    }

    function _checkPayer(Account payer, Account debtor) internal view {
        if (Account.unwrap(payer) != Account.unwrap(debtor)) {
            _checkOwner(payer);
            _checkSolvent(payer);
        } else if (!payer.isAgent() || !registry.canAct(payer.agentIdOf(), msg.sender)) {
            _checkOwner(payer);
        }
    }

    function _checkSolvent(Account account) internal view {
        uint256 debt = _balances[account].debt;
        require(debt == 0, InDebt(account, debt));
    }

    function _checkOwner(Account account) internal view {
        address owner = account.isAgent() ? registry.ownerOf(account.agentIdOf()) : account.addressOf();
        require(owner == msg.sender, NotAccountOwner(account, msg.sender));
    }

    /// @dev Credits sent to a number that nobody can ever own would be lost without being burned.
    function _checkExists(Account account) internal view {
        require(account.exists(registry), InvalidAccount(account));
    }
}
