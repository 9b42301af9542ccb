// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What clients say of agents: the ABI and events of the ERC-8004 Reputation Registry as deployed (v2.0.0), but
/// for who may speak.
/// @notice Each settled task allows its client one feedback on the agent that worked. Nobody praises or smears an agent
/// that they never paid.
/// @dev Feedback belongs to the ownership epoch of the settlement that allowed it: what a client says after a sale is said
/// of the seller. `getSummary` and `readAllFeedback` tell of the current epoch alone; whatever takes an index, and
/// `getClients`, tells of all, so that an index never changes its meaning.
/// Warning: an owner has other addresses, the agent's wallet among them, and they may speak like anyone. What praise of
/// oneself costs is a settlement: the market's fee.
/// Warning: views take time with the number of feedbacks, as deployed. No transaction should depend on them.
/// Warning: values have no common scale, and one of 1e38 outweighs all others in a mean. Contracts that rely on an agent
/// should ask `reputationOf` of {IIncentiveEngine}.
interface IReputationRegistry {
    /// @dev One slot, and one more for each tag that is not empty.
    /// @param epoch The agent's ownership epoch when it did the work.
    /// @param responses How many responses were appended, by whomever.
    struct Feedback {
        int128 value;
        uint8 valueDecimals;
        bool isRevoked;
        uint32 epoch;
        uint64 responses;
        string tag1;
        string tag2;
    }

    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );
    event FeedbackRevoked(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 indexed feedbackIndex
    );
    event ResponseAppended(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        address indexed responder,
        string responseURI,
        bytes32 responseHash
    );

    /// @notice A task was settled: its client may give one feedback more. Rights of an earlier epoch have lapsed.
    event FeedbackAllowed(uint256 indexed agentId, address indexed clientAddress, uint32 indexed epoch);

    /// @notice Thrown when no settlement allows the client a feedback on the agent, or when all were given.
    error NoFeedbackRight(uint256 agentId, address client);
    /// @notice Thrown when the client owns the agent, or is its operator or approved.
    error SelfFeedback(uint256 agentId, address client);
    /// @notice Thrown when the client gave the agent no feedback of this index.
    error FeedbackNotFound(uint256 agentId, address client, uint64 feedbackIndex);
    /// @notice Thrown when a feedback is revoked a second time.
    error AlreadyRevoked(uint256 agentId, address client, uint64 feedbackIndex);
    error TooManyDecimals(uint8 decimals, uint8 maximum);
    error ValueOutOfBounds(int128 value, int128 minimum, int128 maximum);
    error EmptyResponseURI();
    /// @notice Thrown when a summary is asked for without naming clients.
    error NoClients();

    /// @notice Says `value` / 10^`valueDecimals` of an agent, by one right of the caller's. Indexes count from 1 by agent and
    /// client. The value and the tags are stored; the rest is in the event alone.
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external;

    /// @notice Takes a feedback of the caller's back. It gives no right back.
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external;

    /// @notice Answers a feedback. Anyone.
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external;

    /// @notice The mean of what these clients say of the agent's current owner, in the decimals that most of them use, or in
    /// as many fewer as it takes to hold it. An empty tag matches any. A client named twice counts twice.
    function getSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

    /// @notice One feedback, of whichever epoch.
    function readFeedback(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex
    )
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

    /// @notice All that these clients said of the agent's current owner; no clients means all of them.
    function readAllFeedback(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2,
        bool includeRevoked
    )
        external
        view
        returns (
            address[] memory clients,
            uint64[] memory feedbackIndexes,
            int128[] memory values,
            uint8[] memory valueDecimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revokedStatuses
        );

    /// @notice How many responses there are, by these responders or, without any, by all: to one feedback, with index zero
    /// to all of the client's, and with the zero address to all feedback on the agent.
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count);

    /// @notice Everyone who ever gave the agent feedback, in order.
    function getClients(uint256 agentId) external view returns (address[] memory);

    /// @notice The index of the client's latest feedback on the agent; zero when there is none.
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64);

    function getIdentityRegistry() external view returns (address);

    function getVersion() external pure returns (string memory);

    /* BESIDE THE STANDARD */

    /// @notice How many feedbacks the client may still give the agent.
    function feedbackRightsOf(uint256 agentId, address client) external view returns (uint64);

    /// @notice One feedback with all that is stored of it.
    function getFeedback(
        uint256 agentId,
        address client,
        uint64 feedbackIndex
    ) external view returns (Feedback memory);

    /// @notice At most `limit` clients from the one at `start`, counted from 0: `getClients` by the page.
    function browseClients(
        uint256 agentId,
        uint256 start,
        uint256 limit
    ) external view returns (address[] memory);
}
