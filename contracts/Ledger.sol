// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ICreditToken} from "./interfaces/ICreditToken.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account} from "./libraries/Account.sol";

/// @notice See {ILedger}, where everything is documented.
contract Ledger is ILedger, AccessControl {
    using SafeERC20 for ICreditToken;

    /// @dev Granted in the constructor. The role has no admin and nobody holds DEFAULT_ADMIN_ROLE, so the
    /// set of market contracts can neither grow nor shrink.
    bytes32 public constant MARKET_ROLE = keccak256("MARKET_ROLE");

    ICreditToken public immutable token;
    IAgentRegistry public immutable registry;

    /// @inheritdoc ILedger
    uint256 public pendingBurn;

    mapping(Account => Balance) private _balances;

    constructor(Wiring memory wiring) {
        require(address(wiring.ledger) == address(this), Miswired(address(wiring.ledger), address(this)));
        token = wiring.token;
        registry = wiring.registry;
        _grantRole(MARKET_ROLE, address(wiring.tasks));
        _grantRole(MARKET_ROLE, address(wiring.auction));
        _grantRole(MARKET_ROLE, address(wiring.messages));
        _grantRole(MARKET_ROLE, address(wiring.pool));
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
        if (msg.sender != owner) _checkRole(MARKET_ROLE);

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
        _takeFree(account, amount);

        emit Withdrawn(account, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc ILedger
    function transfer(Account from, Account to, uint256 amount) external {
        _checkOwner(from);
        _checkExists(to);
        _takeFree(from, amount);
        _balances[to].free += uint128(amount);

        emit Transferred(from, to, amount);
    }

    /* MARKET */

    /// @inheritdoc ILedger
    function lock(Account account, uint256 amount) external onlyRole(MARKET_ROLE) {
        _takeFree(account, amount);
        _balances[account].locked += uint128(amount);

        emit Locked(account, amount);
    }

    /// @inheritdoc ILedger
    function unlock(Account account, uint256 amount) external onlyRole(MARKET_ROLE) {
        _takeLocked(account, amount);
        _balances[account].free += uint128(amount);

        emit Unlocked(account, amount);
    }

    /// @inheritdoc ILedger
    function pay(Account from, Account to, uint256 amount) external onlyRole(MARKET_ROLE) {
        _takeLocked(from, amount);
        _balances[to].free += uint128(amount);

        emit Paid(from, to, amount);
    }

    /// @inheritdoc ILedger
    function burn(Account from, uint256 amount) external onlyRole(MARKET_ROLE) {
        _takeLocked(from, amount);
        pendingBurn += amount;

        emit Burned(from, amount);
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
        // The token's cap keeps every sum of credits far below 128 bits.
        _balances[account].free += uint128(amount);

        emit Deposited(account, from, amount);
    }

    function _takeFree(Account account, uint256 amount) internal {
        require(amount != 0, ZeroAmount());
        uint256 free = _balances[account].free;
        require(amount <= free, InsufficientFree(account, free, amount));
        _balances[account].free = uint128(free - amount);
    }

    function _takeLocked(Account account, uint256 amount) internal {
        require(amount != 0, ZeroAmount());
        uint256 locked = _balances[account].locked;
        require(amount <= locked, InsufficientLocked(account, locked, amount));
        _balances[account].locked = uint128(locked - amount);
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
