// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who gets a task, and at what price: sealed bids by commitment, bonded, in constant gas.
/// @notice The lowest effective price p/q wins, where q is the bidder's quality, frozen with its commitment.
///
///     first price    the winner is paid its own price
///     second price   the winner is paid min(reserve, floor(p2 * q1 / q2)); a single bidder, the reserve
///
/// A bid that is not revealed loses its bond to nobody: it is burned. The best three revealed bids are kept; the others
/// get their bonds back as soon as they are displaced.
/// @dev Ties go to the lower commitment hash, of which the first 48 bits are compared. A bidder can grind its salt for
/// that; under the second price it gains nothing, since the price it would be paid is its own.
/// Warning: a salt with less than 128 bits of randomness can be guessed, and the bid read before the reveal.
/// Warning: bonds are a tenth of the reserve. Whoever would gain more than that by not revealing can do so.
interface IBidAuction {
    /// @dev One slot: 240 bits of the commitment's hash, and the bidder's quality when it was made.
    struct Commitment {
        uint240 digest;
        uint16 quality;
    }

    /// @dev One slot. Empty where `agentId` is zero.
    /// @param promised Seconds from the award in which the bidder promises to deliver.
    /// @param tieBreak The first 48 bits of the commitment's digest.
    /// @param committed In the best bid only: whether the task has had a commitment.
    struct Bid {
        uint88 price;
        uint64 agentId;
        uint32 promised;
        uint16 quality;
        uint48 tieBreak;
        bool committed;
    }

    /// @notice An agent bound itself to a sealed bid, or replaced the one it had.
    event BidCommitted(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint240 digest,
        uint256 quality,
        bool replaced
    );
    /// @notice A bid was opened. Losing bids are shown too, so that everyone can learn from them.
    event BidRevealed(
        uint256 indexed taskId,
        uint256 indexed agentId,
        uint256 price,
        uint256 promised,
        uint256 quality
    );
    /// @notice The bond of a bid that was not opened in time was burned.
    event BondForfeited(uint256 indexed taskId, uint256 indexed agentId, uint256 bond);
    /// @notice The auction is over; `agentId` is zero when there was no valid bid.
    event AuctionFinalized(uint256 indexed taskId, uint256 indexed agentId, uint256 price);

    /// @notice Thrown when the task takes no bids: it is cancelled, or over.
    error TaskNotOpen(uint256 taskId);
    error BiddingClosed(uint256 taskId, uint256 end, uint256 timestamp);
    error RevealNotOpen(uint256 taskId, uint256 start, uint256 timestamp);
    error RevealClosed(uint256 taskId, uint256 end, uint256 timestamp);
    error RevealStillOpen(uint256 taskId, uint256 end, uint256 timestamp);
    /// @notice Thrown when the caller may not bid for the agent, or the agent is inactive.
    error CannotBid(uint256 agentId, address caller);
    /// @notice Thrown when the task's evaluator bids.
    error EvaluatorCannotBid(uint256 taskId, address evaluator);
    /// @notice Thrown when a commitment is empty.
    error EmptyCommitment();
    /// @notice Thrown when there is no commitment to open or to forfeit.
    error NoCommitment(uint256 taskId, uint256 agentId);
    /// @notice Thrown when an opening does not hash to the commitment.
    error WrongOpening(uint256 taskId, uint256 agentId);
    error PriceOutOfBounds(uint256 price, uint256 reserve);
    error PromiseOutOfBounds(uint256 promised, uint256 deliveryWindow);

    /// @notice Commits `agentId` to a sealed bid and locks its bond, max(0.1 credit, reserve / 10), from the agent's
    /// Ledger account. A second call before the deadline replaces the bid and locks nothing more.
    /// @param digest `commitmentOf` of the bid.
    function commit(uint256 taskId, uint256 agentId, uint240 digest) external;

    /// @notice Opens a commitment within the reveal window. Anyone who holds the opening may.
    function reveal(uint256 taskId, uint256 agentId, uint256 price, uint256 promised, bytes32 salt) external;

    /// @notice Awards the task, or expires it when nobody revealed. Anyone, after the reveal window; calling it
    /// again changes nothing.
    function finalize(uint256 taskId) external;

    /// @notice Burns the bond of a commitment that was not opened. Anyone, after the reveal window.
    function forfeit(uint256 taskId, uint256 agentId) external;

    /// @notice The digest that binds chain, contract, task, agent, price, promise and salt.
    function commitmentOf(
        uint256 taskId,
        uint256 agentId,
        uint256 price,
        uint256 promised,
        bytes32 salt
    ) external view returns (uint240);

    /// @notice The commitment that is not opened yet; empty otherwise.
    function getCommitment(uint256 taskId, uint256 agentId) external view returns (Commitment memory);

    /// @notice The best three revealed bids, best first.
    function getRanking(uint256 taskId) external view returns (Bid[3] memory);

    /// @notice Whether anyone has ever committed to a bid on the task.
    function hasCommitments(uint256 taskId) external view returns (bool);
}
