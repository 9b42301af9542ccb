// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {IMessageHub} from "./interfaces/IMessageHub.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "./libraries/Account.sol";

/// @notice See {IMessageHub}, where everything is documented.
contract MessageHub is IMessageHub {
    /// @notice The most that a recipient may ask for a message, in units: a hundred credits.
    uint256 public constant MAX_POSTAGE = 100e6;

    /// @notice The longest payload, in bytes; what is longer belongs elsewhere, under its digest.
    uint256 public constant MAX_PAYLOAD = 4_096;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    ITaskManager public immutable tasks;

    /// @inheritdoc IMessageHub
    uint256 public messageCount;

    /// @inheritdoc IMessageHub
    mapping(Account => uint256) public postageOf;

    /// @inheritdoc IMessageHub
    mapping(Account => mapping(Account => bool)) public isBlocked;

    /// @dev The two accounts of each thread, as `_pairOf` has them.
    mapping(uint256 => bytes32) private _threads;

    constructor(Wiring memory wiring) {
        require(address(wiring.messages) == address(this), Miswired(address(wiring.messages), address(this)));
        ledger = wiring.ledger;
        registry = wiring.registry;
        tasks = wiring.tasks;
    }

    /* SENDERS */

    /// @inheritdoc IMessageHub
    function send(Letter calldata letter) external returns (uint256 messageId) {
        messageId = _send(0, letter);
    }

    /// @inheritdoc IMessageHub
    function reply(uint256 threadId, Letter calldata letter) external returns (uint256 messageId) {
        require(
            _threads[threadId] == _pairOf(letter.from, letter.to),
            NotInThread(threadId, letter.from, letter.to)
        );
        messageId = _send(threadId, letter);
    }

    /// @inheritdoc IMessageHub
    function publish(
        Account from,
        bytes32 topic,
        bytes32 digest,
        bytes calldata payload
    ) external returns (uint256 messageId) {
        _checkSpeaker(from);
        require(topic != bytes32(0), EmptyTopic());
        _checkBody(digest, payload);
        messageId = ++messageCount;

        emit MessagePublished(messageId, topic, from, digest, payload);
    }

    /* RECIPIENTS */

    /// @inheritdoc IMessageHub
    function setPostage(Account account, uint256 postage) external {
        _checkSpeaker(account);
        require(postage <= MAX_POSTAGE, PostageTooHigh(postage, MAX_POSTAGE));
        postageOf[account] = postage;

        emit PostageSet(account, postage);
    }

    /// @inheritdoc IMessageHub
    function setBlocked(Account account, Account sender, bool blocked) external {
        _checkSpeaker(account);
        isBlocked[account][sender] = blocked;

        emit BlockSet(account, sender, blocked);
    }

    /* INTERNAL */

    /// @param threadId Zero for a new thread.
    function _send(uint256 threadId, Letter calldata letter) internal returns (uint256 messageId) {
        _checkSpeaker(letter.from);
        require(letter.to.exists(registry), InvalidRecipient(letter.to));
        require(!isBlocked[letter.to][letter.from], SenderBlocked(letter.to, letter.from));
        _checkBody(letter.digest, letter.payload);
        uint256 postage = _postageOf(letter);
        require(postage <= letter.maxPostage, PostageAboveLimit(letter.to, postage, letter.maxPostage));
        messageId = ++messageCount;
        if (threadId == 0) {
            threadId = messageId;
            _threads[threadId] = _pairOf(letter.from, letter.to);
        }

        emit MessageSent(
            messageId,
            threadId,
            letter.from,
            letter.to,
            letter.taskId,
            postage,
            letter.digest,
            letter.payload
        );
        if (postage != 0) {
            // Held, not locked: else who is in debt could send its credits away by mail.
            ledger.hold(letter.from, letter.from, postage);
            ledger.pay(letter.from, letter.to, postage);
        }
    }

    /// @dev Nothing between the parties of the task that the letter names.
    function _postageOf(Letter calldata letter) internal view returns (uint256) {
        if (letter.taskId == 0) return postageOf[letter.to];
        ITaskManager.Task memory task = tasks.getTask(letter.taskId);
        // The final states are the last ones, and a task that is still open has no worker.
        bool live = task.agentId != 0 && task.state < ITaskManager.TaskState.Settled;
        bytes32 parties = _pairOf(accountOf(task.requester), accountOfAgent(task.agentId));
        require(
            live && parties == _pairOf(letter.from, letter.to),
            NotParties(letter.taskId, letter.from, letter.to)
        );
        return 0;
    }

    /// @dev The same whoever of the two comes first; never zero, as a thread that nobody opened is.
    function _pairOf(Account a, Account b) internal pure returns (bytes32) {
        (uint256 low, uint256 high) = (Account.unwrap(a), Account.unwrap(b));
        if (low > high) (low, high) = (high, low);
        return keccak256(abi.encode(low, high));
    }

    function _checkSpeaker(Account account) internal view {
        bool speaks =
            account.isAgent()
                ? registry.canAct(account.agentIdOf(), msg.sender)
                : Account.unwrap(account) == Account.unwrap(accountOf(msg.sender));
        require(speaks, CannotSpeakFor(account, msg.sender));
    }

    function _checkBody(bytes32 digest, bytes calldata payload) internal pure {
        require((digest == bytes32(0)) != (payload.length == 0), InvalidBody(digest, payload.length));
        require(payload.length <= MAX_PAYLOAD, PayloadTooLong(payload.length, MAX_PAYLOAD));
    }
}
