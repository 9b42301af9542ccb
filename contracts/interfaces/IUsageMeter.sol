// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Thinking costs credits: payment channels from agents to providers of models.
/// @notice An agent puts a deposit into a channel to one provider. After each call of a model its signer signs a voucher:
/// what the channel has cost so far, in all, and the Merkle root of all receipts. The provider needs only the newest, and
/// redeems it when it pleases; a batch over many agents is one move of credits.
///
///     channelId = keccak256(abi.encode(keccak256(abi.encode(agentId, signer, provider)), epoch))
///     voucher   = Voucher(bytes32 channelId,uint256 cumulative,bytes32 receiptsRoot)
///                 in the EIP-712 domain {name "UsageMeter", version "1", chainId, verifyingContract}
///     receipt   = keccak256(keccak256(abi.encode(digest))), pairs hashed in sorted order
///
/// A voucher for more than is left of the deposit takes the deposit and makes the agent owe the rest, as far as a limit
/// that all agents share, the agent's pledge and the line that the provider itself has granted it allow; what is beyond
/// that is the provider's loss. Who owes can neither think on nor move its credits away, and its next reward pays the debt
/// first (see {ILedger}). A fresh identity has neither pledge nor line, so it can think for its deposit only.
///
/// An agent leaves by `startExit`: the provider has the challenge window, [start, exitEnd), to redeem what it holds, and
/// from then on anyone may `close` the channel. The rest goes back to the agent, and the next channel of the same three
/// parties is of the next epoch, in which no old voucher holds.
/// @dev Warning: a voucher is the signer's word that so much may be taken; sign for no more than is in the channel unless
/// the agent is meant to owe. Warning: whoever acts for an agent can spend its free credits on channels, as it can on
/// bonds. Warning: channels stay open when an agent is sold, and what is in them remains its former owner's signer's to
/// spend until the new owner has left them; it can be put into debt by none of them. Warning: a signer with code is asked
/// at the moment of redemption and may have changed its mind, so a provider that takes one redeems early, or bears the loss.
interface IUsageMeter {
    /// @dev One slot.
    /// @param deposit What is left of what was paid in, in units.
    /// @param redeemed The highest sum that was redeemed; a voucher must be for more.
    /// @param exitEnd When the challenge window is over; zero while nobody has asked to leave.
    /// @param ownerEpoch The agent's ownership epoch when the channel was opened.
    /// @param epoch How many channels of these three parties were closed before.
    struct Channel {
        uint64 deposit;
        uint64 redeemed;
        uint40 exitEnd;
        uint32 ownerEpoch;
        uint32 epoch;
        bool open;
    }

    /// @notice What a voucher says, and whose it is.
    /// @param cumulative What the channel has cost in all, in units.
    /// @param receiptsRoot The Merkle root of all receipts that make up the sum.
    struct Claim {
        uint256 agentId;
        address signer;
        uint256 cumulative;
        bytes32 receiptsRoot;
    }

    /// @notice A claim with the signature of a key in its short form (ERC-2098).
    struct Voucher {
        Claim claim;
        bytes32 r;
        bytes32 vs;
    }

    /// @dev One slot.
    /// @param amount What is locked in the agent's account to secure its debts, in units.
    /// @param releaseAt From when it may be taken back; zero while no notice was given.
    /// @param owedSince When the agent last went into debt.
    struct Pledge {
        uint64 amount;
        uint40 releaseAt;
        uint40 owedSince;
    }

    /// @notice What can be wrong with a voucher: its channel is not open; the challenge window is over; no more than was
    /// redeemed before; more than there are credits in the world; or not signed by the channel's signer.
    enum Flaw {
        None,
        NotOpen,
        ExitOver,
        Stale,
        Excessive,
        WrongSignature
    }

    event ChannelOpened(
        bytes32 indexed channelId,
        uint256 indexed agentId,
        address indexed provider,
        address signer,
        uint256 epoch,
        uint256 ownerEpoch,
        uint256 amount
    );
    event ToppedUp(bytes32 indexed channelId, uint256 amount);
    event ExitStarted(bytes32 indexed channelId, uint256 exitEnd);

    /// @notice The channel is no more; `rest` went back to the agent's account.
    event ChannelClosed(bytes32 indexed channelId, uint256 rest);

    /// @notice The channel has cost `cumulative` in all. What is new of it came out of the deposit, unless Overdrawn follows.
    event Redeemed(bytes32 indexed channelId, uint256 cumulative, bytes32 receiptsRoot);

    /// @notice The voucher just redeemed took all of the deposit. Of what was missing, the agent owes `owed` to the
    /// provider, and the provider has lost `lost`.
    event Overdrawn(bytes32 indexed channelId, uint256 owed, uint256 lost);

    /// @notice A voucher in a batch was passed over.
    event VoucherSkipped(bytes32 indexed channelId, uint256 cumulative, Flaw flaw);

    event Pledged(uint256 indexed agentId, uint256 amount);
    event UnpledgeStarted(uint256 indexed agentId, uint256 releaseAt);
    event Unpledged(uint256 indexed agentId, uint256 amount);
    event PledgeSeized(uint256 indexed agentId, address indexed creditor, uint256 amount);

    /// @notice The provider lets the agent owe it `amount` without a pledge; zero withdraws the line.
    event CreditLineSet(
        address indexed provider,
        uint256 indexed agentId,
        uint256 ownerEpoch,
        uint256 amount
    );

    /// @notice Thrown when the challenge window is too short for a provider to act in, or longer than a week.
    error ChallengeWindowOutOfBounds(uint256 window, uint256 minimum, uint256 maximum);
    /// @notice Thrown when the caller may not act for the agent.
    error CannotAct(uint256 agentId, address caller);
    /// @notice Thrown when a channel has no signer or no provider.
    error ZeroAddress();
    /// @notice Thrown when the three parties have a channel already.
    error AlreadyOpen(bytes32 channelId);
    /// @notice Thrown when there is no such channel.
    error NotOpen(bytes32 channelId);
    /// @notice Thrown when the agent is leaving the channel already.
    error Leaving(bytes32 channelId, uint256 exitEnd);
    /// @notice Thrown when another than the provider closes a channel before its time. `exitEnd` is zero where nobody has
    /// asked to leave.
    error ExitNotOver(bytes32 channelId, uint256 exitEnd, uint256 timestamp);
    /// @notice Thrown when a channel that a former owner opened would be paid into.
    error OwnerChanged(bytes32 channelId, uint256 ownerEpoch, uint256 currentEpoch);
    /// @notice Thrown when a voucher cannot be redeemed, for the reason given.
    error VoucherRefused(bytes32 channelId, uint256 cumulative, Flaw flaw);
    /// @notice Thrown when nothing is pledged.
    error NothingPledged(uint256 agentId);
    /// @notice Thrown when a pledge is taken back before its time. `releaseAt` is zero where no notice was given.
    error StillPledged(uint256 agentId, uint256 releaseAt, uint256 timestamp);
    /// @notice Thrown when an agent in debt takes its pledge back.
    error AgentIndebted(uint256 agentId, uint256 debt);
    /// @notice Thrown when the caller is not whom the agent owes.
    error NotCreditor(uint256 agentId, address caller);
    /// @notice Thrown when a pledge is seized before the agent had its time to pay.
    error GraceNotOver(uint256 agentId, uint256 graceEnd, uint256 timestamp);
    /// @notice Thrown when a line is granted to an agent that does not exist.
    error AgentNotFound(uint256 agentId);

    /// @notice Opens a channel from the agent to `provider` with `amount` of the agent's free credits in it. Only the
    /// agent's wallet, owner, operator or approved, and not while it owes.
    /// @param signer Whose vouchers hold: a key that needs no other right.
    function open(
        uint256 agentId,
        address signer,
        address provider,
        uint256 amount
    ) external returns (bytes32 id);

    /// @notice Adds to the deposit. As `open`; not while leaving, nor to a channel of a former owner.
    function topUp(uint256 agentId, address signer, address provider, uint256 amount) external;

    /// @notice Begins the challenge window, at whose end the channel can be closed. Only the agent's wallet, owner,
    /// operator or approved.
    function startExit(uint256 agentId, address signer, address provider) external;

    /// @notice Ends the channel and gives the rest back to the agent's account. By anyone from `exitEnd` on; by the provider
    /// at any time, which thereby gives up what it has not redeemed.
    /// @dev An agent that owes pays its creditor with it first.
    function close(uint256 agentId, address signer, address provider) external returns (uint256 rest);

    /// @notice Pays the provider what a voucher is for, beyond what was redeemed before. Anyone may call it.
    /// @dev The deposit pays first. Of the rest the agent owes at most the smallest of the rest itself, the market's
    /// overdraft limit, and its pledge plus the provider's line for it; and nothing if it owes already, whomever, or if
    /// the channel is a former owner's. The remainder is lost for good: a sum that has been redeemed is not redeemed again.
    /// @param signature The signer's over `voucherHash`: 65 bytes, or whatever a contract takes by ERC-1271.
    function redeem(
        address provider,
        Claim calldata claim,
        bytes calldata signature
    ) external returns (uint256 paid);

    /// @notice As `redeem` for each of them, with one payment in the end. Keys' signatures only.
    /// @dev What `redeem` would refuse is passed over and reported by VoucherSkipped: it may have gone bad since the batch
    /// was sent, because somebody redeemed it alone or its channel was closed, and must not hold up the others. Signers
    /// with code are not asked here, or else any of them could use up the gas of the whole batch.
    function redeemMany(address provider, Voucher[] calldata vouchers) external returns (uint256 paid);

    /// @notice Locks `amount` of the agent's free credits, in its own account, to secure its debts; takes back a notice.
    /// Only the agent's wallet, owner, operator or approved.
    function pledge(uint256 agentId, uint256 amount) external;

    /// @notice Gives notice that the pledge will be taken back. As `pledge`.
    /// @dev Until it is taken back it still secures what providers already hold vouchers for, so that nobody thinks on a
    /// pledge and pulls it away. Giving notice again begins the time anew.
    function startUnpledge(uint256 agentId) external;

    /// @notice Unlocks the whole pledge, a challenge window after the notice. As `pledge`, and not while the agent owes.
    function unpledge(uint256 agentId) external;

    /// @notice Pays the caller, whom the agent owes, from the agent's pledge, a challenge window after the debt arose.
    function seize(uint256 agentId) external returns (uint256 amount);

    /// @notice Lets the agent owe the caller up to `amount` without a pledge, as long as it has the owner that it has.
    /// @dev A lower line changes no debt that is there, but vouchers not yet redeemed are held against the new line.
    function setCreditLine(uint256 agentId, uint256 amount) external;

    /// @notice The channel of these three that is open, or else the epoch of the next.
    function channelOf(
        uint256 agentId,
        address signer,
        address provider
    ) external view returns (Channel memory);

    /// @notice The id of the channel of these three that is open, or else of the next.
    function channelId(uint256 agentId, address signer, address provider) external view returns (bytes32);

    /// @notice How much further than `redeemed` a gateway may let the channel's sum grow and still be paid in full, the
    /// overdraft included. Zero when the channel is not open or being left, when the agent owes, and when it was sold.
    /// @dev What is signed and not yet redeemed is to be taken off. A pledge under notice does not count. Warning: a pledge
    /// secures every provider but pays the first who needs it; who will not share the risk counts on the deposit alone.
    function available(uint256 agentId, address signer, address provider) external view returns (uint256);

    /// @notice Whether `redeem` would take the voucher now, and if not, why.
    function flawOf(
        address provider,
        Claim calldata claim,
        bytes calldata signature
    ) external view returns (Flaw);

    /// @notice What the signer signs.
    function voucherHash(
        bytes32 id,
        uint256 cumulative,
        bytes32 receiptsRoot
    ) external view returns (bytes32);

    /// @notice Whether the receipt with this digest is one of those under the root.
    function verifyReceipt(
        bytes32 receiptsRoot,
        bytes32 digest,
        bytes32[] calldata proof
    ) external pure returns (bool);

    function pledgeOf(uint256 agentId) external view returns (Pledge memory);

    /// @notice How much the provider lets the agent, as it is owned now, owe without a pledge.
    function creditLineOf(address provider, uint256 agentId) external view returns (uint256);

    /// @notice Whether the agent owes anything.
    function isIndebted(uint256 agentId) external view returns (bool);

    /// @notice Seconds that a provider has to redeem, and an agent to pay before its pledge is seized.
    function challengeWindow() external view returns (uint256);
}
