// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "../libraries/Account.sol";

/// @title The one vault: every credit in the market sits here, in an account's free or locked part.
/// @notice The sum of all accounts' free and locked parts plus `pendingBurn` is never more than the tokens held, and
/// equals them but for tokens that somebody sent here without a deposit.
///
/// An account may owe one other: the usage meter records a debt when an agent has thought for more than it had. A debt is
/// no money. What the market pays to an account in debt goes to its creditor first, and until the debt is paid or forgiven
/// nothing can be withdrawn or sent away. Deposits and credits that are unlocked pay no debt: they are the account's own.
/// @dev Only two kinds of caller lower a balance: the account's owner, and the market's contracts, whose
/// set is fixed at deployment. Warning: the market's contracts are trusted with every locked credit.
interface ILedger {
    /// @dev One slot. The token's cap of 1e15 units keeps every part, and every sum of them, far below its width.
    /// @param debt What the account owes; never part of `free` or `locked`.
    struct Balance {
        uint96 free;
        uint96 locked;
        uint64 debt;
    }

    event Deposited(Account indexed account, address indexed from, uint256 amount);
    event Withdrawn(Account indexed account, address indexed to, uint256 amount);

    /// @notice The owner of `from` moved free credits to another account.
    event Transferred(Account indexed from, Account indexed to, uint256 amount);

    event Locked(Account indexed account, uint256 amount);
    event Unlocked(Account indexed account, uint256 amount);

    /// @notice Locked credits of `from` became free credits of `to`.
    event Paid(Account indexed from, Account indexed to, uint256 amount);

    /// @notice Locked credits of `from` left circulation; the tokens are destroyed by the next flush.
    event Burned(Account indexed from, uint256 amount);
    event BurnFlushed(uint256 amount);

    /// @notice Free credits of `from` became locked credits of `to`.
    event Held(Account indexed from, Account indexed to, uint256 amount);

    /// @notice `debtor` owes `creditor` `amount` more.
    event DebtRecorded(Account indexed debtor, Account indexed creditor, uint256 amount);

    /// @notice Free credits of `payer`, which is the debtor itself when it was paid, became free credits of `creditor`, and
    /// the debt fell by as much.
    event DebtPaid(Account indexed debtor, Account indexed creditor, Account indexed payer, uint256 amount);

    /// @notice The debt, all of it, was given up by the creditor.
    event DebtForgiven(Account indexed debtor, Account indexed creditor, uint256 amount);

    /// @notice Thrown when an amount is zero.
    error ZeroAmount();
    /// @notice Thrown when credits would go to nobody.
    error ZeroAddress();
    /// @notice Thrown when the number is neither an address nor a registered agent.
    error InvalidAccount(Account account);
    /// @notice Thrown when the caller does not own the account.
    error NotAccountOwner(Account account, address caller);
    /// @notice Thrown when an account's free part is smaller than what is taken from it.
    error InsufficientFree(Account account, uint256 available, uint256 needed);
    /// @notice Thrown when an account's locked part is smaller than what is taken from it.
    error InsufficientLocked(Account account, uint256 available, uint256 needed);
    /// @notice Thrown when the caller is none of the market's contracts.
    error NotMarket(address caller);
    /// @notice Thrown when another than the usage meter records a debt.
    error NotMeter(address caller);
    /// @notice Thrown when credits would leave an account that is in debt.
    error InDebt(Account account, uint256 debt);
    /// @notice Thrown when an account that owes one creditor would owe another.
    error OtherCreditor(Account debtor, Account creditor);
    /// @notice Thrown when more would be repaid than is owed.
    error Overpaid(Account debtor, uint256 debt, uint256 amount);
    /// @notice Thrown when there is no debt to forgive.
    error NoDebt(Account account);

    /// @notice The parts of an account, in units.
    function balanceOf(Account account) external view returns (Balance memory);

    /// @notice Whom the account owes its debt; zero when it has none.
    function creditorOf(Account account) external view returns (Account);

    /// @notice Burned credits whose tokens are still held here.
    function pendingBurn() external view returns (uint256);

    /// @notice Takes `amount` tokens from the caller and adds them to the free part of `account`.
    /// @dev Needs an allowance. Warning: a deposit to another's account is a gift.
    function deposit(Account account, uint256 amount) external;

    /// @notice As `deposit`, with the allowance given by an ERC-2612 signature of `owner`.
    /// @dev Callable by `owner` itself or by a market contract on its behalf: the signature does not name the
    /// account, so nobody else may choose it. A permit that somebody has already used is no obstacle
    /// as long as the allowance is there.
    function depositWithPermit(
        address owner,
        Account account,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice As `deposit`, by an ERC-3009 authorization that `from` signed and anyone may send.
    /// @dev `from` signs ReceiveWithAuthorization with this contract as the payee and `authorizationNonce(account,
    /// salt)` as the nonce: the signature then names the account as well as the amount, and nobody can turn it
    /// to another account or use it elsewhere. The salt is random, of 32 bytes; a wallet with code signs by ERC-1271.
    /// Whoever sends it first has made the deposit, and all later ones revert with AuthorizationSpent.
    function depositWithAuthorization(
        address from,
        Account account,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external;

    /// @notice The token's nonce under which a deposit to `account` is authorized.
    function authorizationNonce(Account account, bytes32 salt) external pure returns (bytes32);

    /// @notice Sends `amount` of the free part to `to` as tokens. Only the account's owner, and not in debt.
    function withdraw(Account account, address to, uint256 amount) external;

    /// @notice Moves `amount` from the free part of `from` to the free part of `to`. Only the owner of `from`, and not in
    /// debt.
    function transfer(Account from, Account to, uint256 amount) external;

    /// @notice Pays `amount` of the debtor's debt from the free part of `payer`, at most what is owed.
    /// @dev The owner of `payer` may pay another's debt unless `payer` is in debt itself. An agent's own debt may also be
    /// paid from its own credits by whoever may act for it: they can go nowhere else.
    function repay(Account payer, Account debtor, uint256 amount) external;

    /// @notice Gives up the whole debt. Only the owner of the creditor's account.
    function forgive(Account debtor) external;

    /// @notice Moves `amount` from free to locked. Only a market contract.
    /// @dev Not refused in debt: who owes must bond to earn.
    function lock(Account account, uint256 amount) external;

    /// @notice Moves `amount` from locked to free. Only a market contract.
    function unlock(Account account, uint256 amount) external;

    /// @notice Moves `amount` from the free part of `from` to the locked part of `to`. Only a market contract, and not from
    /// an account in debt.
    function hold(Account from, Account to, uint256 amount) external;

    /// @notice Moves `amount` from the locked part of `from` to the free part of `to`, and if `to` is in debt, from there
    /// on to its creditor, as far as the debt goes. Only a market contract.
    /// @dev `from` and `to` may be the same: the account's locked credits then pay its debt.
    function pay(Account from, Account to, uint256 amount) external;

    /// @notice Takes `amount` of the locked part out of circulation. Only a market contract.
    function burn(Account from, uint256 amount) external;

    /// @notice Records that `debtor` owes `creditor` `amount` more. Only the usage meter.
    /// @dev An account has one creditor at a time. What is owed falls only by payment or forgiveness. Warning: a creditor's
    /// own debts are not paid by what its debtor pays; the meter records agents' debts to addresses only, so none has any.
    function owe(Account debtor, Account creditor, uint256 amount) external;

    /// @notice Destroys the tokens of all burned credits. Anyone may call it.
    function flushBurn() external;
}
