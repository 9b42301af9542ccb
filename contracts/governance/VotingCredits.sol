// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC6372Utils} from "@openzeppelin/contracts/utils/ERC6372Utils.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICreditToken} from "../interfaces/ICreditToken.sol";
import {IVotingCredits} from "../interfaces/IVotingCredits.sol";

/// @notice See {IVotingCredits}, where everything is documented.
contract VotingCredits is IVotingCredits, Votes {
    using SafeERC20 for ICreditToken;

    uint256 public constant MIN_PERIOD = 2 weeks;
    uint256 public constant MAX_PERIOD = 52 weeks;

    /// @dev One credit.
    uint256 public constant MIN_AMOUNT = 1e6;
    uint256 public constant MAX_AMOUNT = type(uint128).max;

    ICreditToken public immutable credits;

    /// @inheritdoc IVotingCredits
    uint256 public lockCount;

    /// @inheritdoc IVotingCredits
    mapping(address => uint256) public votesOf;

    mapping(uint256 => VoteLock) private _locks;

    constructor(ICreditToken credits_) EIP712("Agora Votes", "1") {
        credits = credits_;
    }

    /* OWNERS */

    /// @inheritdoc IVotingCredits
    function lock(uint256 amount, uint256 period) external returns (uint256 lockId) {
        lockId = _lock(amount, period);
    }

    /// @inheritdoc IVotingCredits
    function lockWithPermit(
        uint256 amount,
        uint256 period,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 lockId) {
        // Anyone may have used the permit already: the allowance is then there, or `_lock` reverts without it.
        try credits.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        lockId = _lock(amount, period);
    }

    /// @inheritdoc IVotingCredits
    function giveNotice(uint256 lockId) external {
        VoteLock storage held = _owned(lockId);
        require(held.releaseAt == 0, NoticeAlreadyGiven(lockId, held.releaseAt));
        uint256 votes = held.votes;
        uint256 releaseAt = block.timestamp + held.period;
        held.releaseAt = uint40(releaseAt);
        votesOf[msg.sender] -= votes;

        emit NoticeGiven(lockId, msg.sender, votes, releaseAt);
        _transferVotingUnits(msg.sender, address(0), votes);
    }

    /// @inheritdoc IVotingCredits
    function withdraw(uint256 lockId, address to) external {
        require(to != address(0), ZeroAddress());
        VoteLock storage held = _owned(lockId);
        (uint256 releaseAt, uint256 amount) = (held.releaseAt, held.amount);
        require(releaseAt != 0, NoticeNotGiven(lockId));
        require(block.timestamp >= releaseAt, StillLocked(lockId, releaseAt, block.timestamp));
        delete _locks[lockId];

        emit CreditsWithdrawn(lockId, msg.sender, to, amount);
        credits.safeTransfer(to, amount);
    }

    /* VIEWS */

    /// @inheritdoc IVotingCredits
    function getLock(uint256 lockId) external view returns (VoteLock memory) {
        return _existing(lockId);
    }

    /// @inheritdoc IERC6372
    function clock() public view override(IERC6372, Votes) returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public view override(IERC6372, Votes) returns (string memory) {
        return ERC6372Utils.timestampClockMode(clock);
    }

    /* INTERNAL */

    function _lock(uint256 amount, uint256 period) internal returns (uint256 lockId) {
        require(
            period >= MIN_PERIOD && period <= MAX_PERIOD,
            PeriodOutOfBounds(period, MIN_PERIOD, MAX_PERIOD)
        );
        require(
            amount >= MIN_AMOUNT && amount <= MAX_AMOUNT,
            AmountOutOfBounds(amount, MIN_AMOUNT, MAX_AMOUNT)
        );
        uint256 votes = (amount * period) / MAX_PERIOD;
        lockId = ++lockCount;
        _locks[lockId] = VoteLock({
            owner: msg.sender,
            period: uint32(period),
            releaseAt: 0,
            amount: uint128(amount),
            votes: uint128(votes)
        });
        votesOf[msg.sender] += votes;

        emit CreditsLocked(lockId, msg.sender, amount, period, votes);
        _transferVotingUnits(address(0), msg.sender, votes);
        if (delegates(msg.sender) == address(0)) _delegate(msg.sender, msg.sender);
        credits.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _getVotingUnits(address owner) internal view override returns (uint256) {
        return votesOf[owner];
    }

    function _existing(uint256 lockId) internal view returns (VoteLock storage held) {
        held = _locks[lockId];
        require(held.owner != address(0), LockNotFound(lockId));
    }

    function _owned(uint256 lockId) internal view returns (VoteLock storage held) {
        held = _existing(lockId);
        require(held.owner == msg.sender, NotLockOwner(lockId, msg.sender));
    }
}
