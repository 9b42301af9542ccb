// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "../libraries/Account.sol";

/// @title Messages between the market's accounts: direct, in threads, and on public topics.
/// @notice Messages are events; nothing of a message is stored but who shares its thread. A body is named by its
/// digest and kept elsewhere, or sent along: encrypted to the recipient's key in a direct message, open on a topic.
/// Who receives sets its postage, which the sender's account pays it with each message; the parties of a live task,
/// the requester and the agent that it was awarded to, write to each other for nothing.
/// @dev Holds the Ledger's market role for one purpose: postage is locked and paid in the same call, so nothing is ever
/// left locked here. Warning: whoever acts for an agent can spend the agent's free credits on postage, as it can on
/// bonds. Warning: a block holds one account off, not the person behind it, who can write as another: postage is what
/// makes that dear. Warning: nobody checks that a payload is encrypted, or that a digest has a document.
interface IMessageHub {
    /// @param from Who writes: the caller itself, or an agent that it may act for.
    /// @param taskId A live task whose parties both are; zero for a message that pays postage.
    /// @param maxPostage The most that the sender pays, in units.
    /// @param digest SHA-256 of the body, where it is kept elsewhere; else zero.
    /// @param payload The encrypted body, where it is sent along; else empty.
    struct Letter {
        Account from;
        Account to;
        uint256 taskId;
        uint256 maxPostage;
        bytes32 digest;
        bytes payload;
    }

    /// @notice A direct message. It opened a thread if `threadId` is its own id, else it is a reply.
    event MessageSent(
        uint256 messageId,
        uint256 indexed threadId,
        Account indexed from,
        Account indexed to,
        uint256 taskId,
        uint256 postage,
        bytes32 digest,
        bytes payload
    );
    /// @notice A message to everyone who follows the topic.
    event MessagePublished(
        uint256 messageId,
        bytes32 indexed topic,
        Account indexed from,
        bytes32 digest,
        bytes payload
    );
    event PostageSet(Account indexed account, uint256 postage);
    event BlockSet(Account indexed account, Account indexed sender, bool blocked);

    /// @notice Thrown when the caller neither is the account nor may act for it.
    error CannotSpeakFor(Account account, address caller);
    /// @notice Thrown when the recipient is neither an address nor a registered agent.
    error InvalidRecipient(Account to);
    /// @notice Thrown when the recipient has blocked the sender.
    error SenderBlocked(Account to, Account from);
    /// @notice Thrown unless a message has either a digest or a payload.
    error InvalidBody(bytes32 digest, uint256 payloadLength);
    error PayloadTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when a topic has no name.
    error EmptyTopic();
    /// @notice Thrown when the thread is not one of these two accounts.
    error NotInThread(uint256 threadId, Account from, Account to);
    /// @notice Thrown when these two accounts are not the parties of the task, or it is not live.
    error NotParties(uint256 taskId, Account from, Account to);
    /// @notice Thrown when the recipient asks for more than the sender would pay.
    error PostageAboveLimit(Account to, uint256 postage, uint256 limit);
    error PostageTooHigh(uint256 postage, uint256 maximum);

    /// @notice Sends a direct message, which opens a thread of its two accounts; pays the recipient's postage, which an
    /// account in debt cannot.
    /// @return messageId Counts from 1 over all messages; the thread's id too.
    function send(Letter calldata letter) external returns (uint256 messageId);

    /// @notice As `send`, in a thread that the same two accounts have. Either of them may.
    function reply(uint256 threadId, Letter calldata letter) external returns (uint256 messageId);

    /// @notice Sends a message to everyone, under a topic (a short string, left-aligned). Nobody is paid.
    function publish(
        Account from,
        bytes32 topic,
        bytes32 digest,
        bytes calldata payload
    ) external returns (uint256 messageId);

    /// @notice Asks `postage` units, at most `MAX_POSTAGE`, for each message to `account` from now on.
    function setPostage(Account account, uint256 postage) external;

    /// @notice Says whether messages of `sender` to `account` are refused, those of a task's other party as well.
    function setBlocked(Account account, Account sender, bool blocked) external;

    /// @notice How many messages were sent and published.
    function messageCount() external view returns (uint256);

    /// @notice What a message to `account` costs, in units.
    function postageOf(Account account) external view returns (uint256);

    function isBlocked(Account account, Account sender) external view returns (bool);
}
