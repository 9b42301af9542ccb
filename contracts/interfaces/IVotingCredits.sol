// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @title Votes from credits that are locked for a time.
/// @notice A lock has a period, and runs until its owner gives notice: its votes end at once, and its credits come free one
/// period later. So whoever votes has its credits in the market for at least the whole period that it is given votes for,
/// counted from the vote and not from a day long ago.
///
///     votes = amount · period / MAX_PERIOD, rounded down
///
/// Votes cannot be sent; they count for whom the owner delegates to, which is itself until it says otherwise.
/// @dev Other vote locks end on a day, and either pay full votes to whoever is free to go, or take votes away day by day,
/// so that each reading is a long sum. A notice has neither trouble: votes change only when the owner acts.
/// Credits borrowed for one transaction cannot be paid back in it. MIN_PERIOD is longer than a vote and its delay in the
/// timelock together, so nobody is out before the decision that it took part in can be carried out.
/// The clock is block.timestamp (ERC-6372).
/// Warning: credits locked before a vote's snapshot count in it also when notice is given after the snapshot.
/// Warning: votes that are delegated to the zero address count for nobody, until the owner's next lock.
interface IVotingCredits is IERC5805 {
    /// @dev Two slots.
    /// @param releaseAt When the credits can be withdrawn; zero before notice is given.
    struct VoteLock {
        address owner;
        uint32 period;
        uint40 releaseAt;
        // slot 1
        uint128 amount;
        uint128 votes;
    }

    event CreditsLocked(
        uint256 indexed lockId,
        address indexed owner,
        uint256 amount,
        uint256 period,
        uint256 votes
    );
    event NoticeGiven(uint256 indexed lockId, address indexed owner, uint256 votes, uint256 releaseAt);
    event CreditsWithdrawn(uint256 indexed lockId, address indexed owner, address indexed to, uint256 amount);

    /// @notice Thrown when a lock's period is too short or too long.
    error PeriodOutOfBounds(uint256 period, uint256 lowest, uint256 highest);
    /// @notice Thrown when a lock has too few credits, or more than there can be.
    error AmountOutOfBounds(uint256 amount, uint256 lowest, uint256 highest);
    /// @notice Thrown when there is no such lock, or it was withdrawn.
    error LockNotFound(uint256 lockId);
    /// @notice Thrown when the caller does not own the lock.
    error NotLockOwner(uint256 lockId, address caller);
    /// @notice Thrown when notice was given before.
    error NoticeAlreadyGiven(uint256 lockId, uint256 releaseAt);
    /// @notice Thrown when credits are withdrawn without notice.
    error NoticeNotGiven(uint256 lockId);
    /// @notice Thrown when credits are withdrawn before their time.
    error StillLocked(uint256 lockId, uint256 releaseAt, uint256 timestamp);
    /// @notice Thrown when credits would be sent to nobody.
    error ZeroAddress();

    /// @notice Takes `amount` units from the caller's allowance, and gives it their votes.
    /// @param period Seconds between a notice and the withdrawal.
    function lock(uint256 amount, uint256 period) external returns (uint256 lockId);

    /// @notice As `lock`, with the caller's ERC-2612 permit for `amount` in place of an allowance.
    function lockWithPermit(
        uint256 amount,
        uint256 period,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 lockId);

    /// @notice Ends the lock's votes now; its credits come free one period from now. It cannot be taken back.
    function giveNotice(uint256 lockId) external;

    /// @notice Sends the lock's credits to `to`, from `releaseAt` on.
    function withdraw(uint256 lockId, address to) external;

    /// @notice The lock; reverts where there is none.
    function getLock(uint256 lockId) external view returns (VoteLock memory);

    /// @notice How many locks there ever were; the newest id.
    function lockCount() external view returns (uint256);

    /// @notice The votes of all locks that the owner has not given notice of, to whomever they are delegated.
    function votesOf(address owner) external view returns (uint256);
}
