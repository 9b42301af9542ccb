// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskManager} from "./ITaskManager.sol";

/// @title Who gets a task, and at what price: sealed bids by commitment, open bids by signature, in constant gas.
/// @notice The lowest effective price p/q wins, where q is the bidder's quality, frozen with its bid.
///
///     second price   the winner is paid min(reserve, floor(p2 * q1 / q2)); a single bidder, the reserve
///     first price    the winner is paid its own price; so it is with open bids
///     direct         the requester picks one signed bid
///     take-over      after a default, as if the defaulter had never bid: min(reserve, floor(p3 * q2 / q3)), else the
///                    reserve; under the first price and with open bids, the runner-up's own price
///
/// A sealed bid that is not revealed loses its bond to nobody: it is burned. The best three open bids are kept, and only the
/// best one's bond: whoever is displaced, or does not lead at its reveal, has its bond back at once.
/// @dev Ties go to the lower commitment hash, of which the first 64 bits are compared. A bidder can grind its salt for
/// that; under the second price it gains nothing, since the price it would be paid is its own. Of equal open bids the earlier
/// wins.
/// Warning: a salt with less than 128 bits of randomness can be guessed, and the bid read before the reveal.
/// Warning: bonds are a share of the reserve. Whoever would gain more than that by not revealing can do so.
/// Warning: a task's evaluator can bid under another identity; nothing here could tell. Read who evaluates before bidding.
interface IBidAuction {
    /// @dev One slot. `reserve` is zero where there is no auction.
    /// @param committed Whether the task has had a bid.
    struct Auction {
        uint48 reserve;
        uint32 biddingEnd;
        uint24 revealWindow;
        bytes16 skill;
        ITaskManager.AwardMode mode;
        uint8 bondPercent;
        bool committed;
    }

    /// @notice A revealed bid; `agentId` is zero where there is none.
    /// @param promised Seconds from the award in which the bidder promises to deliver.
    struct Bid {
        uint256 agentId;
        uint256 price;
        uint256 promised;
        uint256 quality;
    }

    /// @notice A commitment that somebody else sends. It replaces the one with the digest `replaces`, zero for none, and no
    /// other: nobody who holds an older one can put it back.
    struct SignedCommitment {
        uint256 taskId;
        uint256 agentId;
        uint200 digest;
        uint200 replaces;
        uint256 validUntil;
    }

    /// @notice An open bid that somebody else sends, valid before `validUntil` and once for each signer and nonce. Nonces
    /// need no order.
    struct SignedBid {
        uint256 taskId;
        uint256 agentId;
        uint256 price;
        uint256 promised;
        uint256 validUntil;
        uint256 nonce;
    }

    /// @param signer Who signed, by ECDSA or ERC-1271; it must be able to bid for the agent.
    struct RelayedCommitment {
        SignedCommitment commitment;
        address signer;
        bytes signature;
    }

    struct RelayedBid {
        SignedBid bid;
        address signer;
        bytes signature;
    }

    /// @notice An agent bound itself to a sealed bid, or replaced the one it had.
    event BidCommitted(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint200 digest,
        uint256 quality,
        bool replaced
    );
    /// @notice A bid was opened, or made in the open. Losing bids are shown too, so that everyone can learn from them.
    event BidRevealed(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint256 price,
        uint256 promised,
        uint256 quality
    );
    /// @notice One item of a batch was left out, for the error in `reason`; it changed nothing.
    event RelaySkipped(uint256 index, bytes reason);
    event NoncesInvalidated(address indexed signer, uint256 word, uint256 mask);
    /// @notice The bond of a bid that was not opened in time was burned.
    event BondForfeited(uint256 indexed taskId, uint256 indexed agentId, uint256 bond);
    /// @notice The auction is over; `agentId` is zero when there was no valid bid.
    event AuctionFinalized(uint256 indexed taskId, uint256 indexed agentId, uint256 price);
    /// @notice The runner-up took the place of a worker that had defaulted.
    event TaskTakenOver(uint256 indexed taskId, uint256 indexed agentId, uint256 price);

    /// @notice Thrown when the caller is not the task manager.
    error NotTaskManager(address caller);
    /// @notice Thrown when the caller is not the race board.
    error NotRace(address caller);
    /// @notice Thrown when the task takes no bids: it does not exist, or is cancelled.
    error TaskNotOpen(uint256 taskId);
    /// @notice Thrown when the task's award mode has no such step.
    error WrongMode(uint256 taskId, ITaskManager.AwardMode mode);
    error BiddingClosed(uint256 taskId, uint256 end, uint256 timestamp);
    error RevealNotOpen(uint256 taskId, uint256 start, uint256 timestamp);
    error RevealClosed(uint256 taskId, uint256 end, uint256 timestamp);
    error RevealStillOpen(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when somebody has bid, after which a task cannot be cancelled.
    error HasCommitments(uint256 taskId);
    /// @notice Thrown when the account may not bid for the agent, or the agent is inactive.
    error CannotBid(uint256 agentId, address account);
    /// @notice Thrown when a commitment is empty.
    error EmptyCommitment();
    /// @notice Thrown when there is no commitment to open or to forfeit.
    error NoCommitment(uint256 taskId, uint256 agentId);
    /// @notice Thrown when an opening does not hash to the commitment.
    error WrongOpening(uint256 taskId, uint256 agentId);
    error PriceOutOfBounds(uint256 price, uint256 reserve);
    error PromiseOutOfBounds(uint256 promised, uint256 maximum);
    /// @notice Thrown when an agent bids again in the open, and not below its last price.
    error NotAnImprovement(uint256 taskId, uint256 agentId, uint256 price, uint256 previous);
    /// @notice Thrown when a signed commitment would replace another digest than it names.
    error CommitmentChanged(uint256 taskId, uint256 agentId, uint200 expected, uint200 actual);
    error SignatureExpired(uint256 validUntil, uint256 timestamp);
    error InvalidSignature(address signer);
    error NonceUsed(address signer, uint256 nonce);
    error EmptyBatch();
    /// @notice Thrown when the caller did not post the task.
    error NotRequester(uint256 taskId, address caller);
    /// @notice Thrown when there is nobody to take over, or not the one that the caller names.
    error NotRunnerUp(uint256 taskId, uint256 agentId);
    /// @notice Thrown when a task is to be taken over from a worker that has not defaulted.
    error NotDefaulted(uint256 taskId, ITaskManager.TaskState state);

    /// @notice Opens the auction of a new task. Only the task manager.
    function open(uint256 taskId, Auction calldata terms) external;

    /// @notice Ends an auction that has had no bid. Only the task manager.
    function close(uint256 taskId) external;

    /// @notice Notes that a race has an entry, after which it cannot be cancelled. Only the race board.
    function markCommitted(uint256 taskId) external;

    /// @notice Commits `agentId` to a sealed bid and locks its bond from the agent's Ledger account. A second call before
    /// the deadline replaces the bid and locks nothing more.
    /// @param digest `commitmentOf` of the bid.
    function commit(uint256 taskId, uint256 agentId, uint200 digest) external;

    /// @notice As `commit`, by the signature of somebody who may bid for the agent. Anyone.
    function commitFor(RelayedCommitment calldata relayed) external;

    /// @notice As `commitFor` for each item. One that fails is left out with an event and does not stop the others.
    function commitMany(RelayedCommitment[] calldata relayed) external;

    /// @notice Opens a commitment within the reveal window. Anyone who holds the opening may.
    function reveal(uint256 taskId, uint256 agentId, uint256 price, uint256 promised, bytes32 salt) external;

    /// @notice Bids in the open. A second bid of the same agent must be lower than its first, and keeps its quality.
    function bid(uint256 taskId, uint256 agentId, uint256 price, uint256 promised) external;

    /// @notice As `bid`, by the signature of somebody who may bid for the agent. Anyone.
    function bidFor(RelayedBid calldata relayed) external;

    /// @notice As `bidFor` for each item. One that fails is left out with an event and does not stop the others.
    function bidMany(RelayedBid[] calldata relayed) external;

    /// @notice Awards a task of direct mode to the agent of a signed bid, at its price. Only the task's requester, within
    /// the bidding window: the signature is the agent's acceptance.
    function accept(RelayedBid calldata relayed) external;

    /// @notice Makes nonces of the caller useless: those of `word * 256 + i` for each bit i of `mask`.
    function invalidateNonces(uint256 word, uint256 mask) external;

    /// @notice Awards the task, or expires it when there is no bid. Anyone, after the reveal window; calling it
    /// again changes nothing.
    function finalize(uint256 taskId) external;

    /// @notice Burns the bond of a commitment that was not opened. Anyone, after the reveal window.
    function forfeit(uint256 taskId, uint256 agentId) external;

    /// @notice Takes over a task whose worker defaulted, and locks the bond again. Only whoever may bid for the runner-up,
    /// within the task's review window after the default.
    function takeOver(uint256 taskId, uint256 agentId) external;

    /// @notice The digest that binds chain, contract, task, agent, price, promise and salt.
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        uint256 price,
        uint256 promised,
        bytes32 salt
    ) external view returns (uint200);

    /// @notice The EIP-712 digest that the signer of a commitment signs.
    function hashOfCommitment(SignedCommitment calldata commitment) external view returns (bytes32);

    /// @notice The EIP-712 digest that the signer of an open bid signs.
    function hashOfBid(SignedBid calldata signedBid) external view returns (bytes32);

    function isNonceUsed(address signer, uint256 nonce) external view returns (bool);

    /// @dev Empty where there is no auction.
    function getAuction(uint256 taskId) external view returns (Auction memory);

    /// @notice The digest of the commitment that is not opened yet; zero otherwise.
    function getCommitment(uint256 taskId, uint256 agentId) external view returns (uint200);

    /// @notice The best three revealed bids, best first.
    function getRanking(uint256 taskId) external view returns (Bid[3] memory);

    /// @notice The agent that may take over if the best defaults; zero if there is none.
    function runnerUpOf(uint256 taskId) external view returns (uint256);

    /// @notice What the bidder bound itself to before it could know the requester's secret: part of a panel's lot.
    function entropyOf(uint256 taskId, uint256 agentId) external view returns (bytes32);

    /// @notice The skill that the task asks for.
    function skillOf(uint256 taskId) external view returns (bytes16);
}
