// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IReputationRegistry} from "./interfaces/IReputationRegistry.sol";

/// @notice See {IReputationRegistry}, where everything is documented.
abstract contract FeedbackRegistry is IReputationRegistry {
    /// @dev How many feedbacks a client gave an agent, and up to how many it may give on work of which epoch. One slot.
    struct Count {
        uint64 given;
        uint64 allowed;
        uint32 epoch;
    }

    /// @dev Of one agent and one client.
    struct Relation {
        Count count;
        mapping(uint64 => Feedback) feedback;
        mapping(uint64 => mapping(address => uint64)) responses;
    }

    /// @dev What a reader asks for; a tag's hash is zero where any tag will do.
    struct Filter {
        uint256 agentId;
        uint32 epoch;
        bytes32 tag1;
        bytes32 tag2;
        bool revoked;
    }

    /// @dev The columns that `readAllFeedback` returns.
    struct Columns {
        address[] clients;
        uint64[] indexes;
        int128[] values;
        uint8[] decimals;
        string[] tag1s;
        string[] tag2s;
        bool[] revoked;
    }

    /// @dev A sum at eighteen decimals, and how many of its parts came with 0, 1 .. 18 decimals.
    struct Tally {
        uint64 count;
        int256 sum;
        uint64[19] byDecimals;
    }

    uint8 private constant MAX_DECIMALS = 18;
    int128 private constant MAX_VALUE = 1e38;

    IAgentRegistry public immutable registry;

    mapping(uint256 => mapping(address => Relation)) internal _relations;
    mapping(uint256 => address[]) internal _clients;

    constructor(IAgentRegistry registry_) {
        registry = registry_;
    }

    /* CLIENTS */

    /// @inheritdoc IReputationRegistry
    /// @dev Strings in memory, here and below: in calldata they take more of the stack than there is.
    // solhint-disable-next-line gas-calldata-parameters
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string memory tag1,
        string memory tag2,
        string memory endpoint,
        string memory feedbackURI,
        bytes32 feedbackHash
    ) external {
        (uint64 index, Feedback storage feedback) = _give(agentId, value, valueDecimals);
        if (bytes(tag1).length != 0) feedback.tag1 = tag1;
        if (bytes(tag2).length != 0) feedback.tag2 = tag2;

        emit NewFeedback(
            agentId,
            msg.sender,
            index,
            value,
            valueDecimals,
            tag1,
            tag1,
            tag2,
            endpoint,
            feedbackURI,
            feedbackHash
        );
    }

    /// @inheritdoc IReputationRegistry
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external {
        Feedback storage feedback = _existing(agentId, msg.sender, feedbackIndex);
        require(!feedback.isRevoked, AlreadyRevoked(agentId, msg.sender, feedbackIndex));
        feedback.isRevoked = true;

        emit FeedbackRevoked(agentId, msg.sender, feedbackIndex);
    }

    /* ANYONE */

    /// @inheritdoc IReputationRegistry
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external {
        require(bytes(responseURI).length != 0, EmptyResponseURI());
        _existing(agentId, clientAddress, feedbackIndex).responses++;
        _relations[agentId][clientAddress].responses[feedbackIndex][msg.sender]++;

        emit ResponseAppended(agentId, clientAddress, feedbackIndex, msg.sender, responseURI, responseHash);
    }

    /* VIEWS */

    /// @inheritdoc IReputationRegistry
    function getSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals) {
        require(clientAddresses.length != 0, NoClients());
        Filter memory filter = _filterOf(agentId, tag1, tag2, false);
        Tally memory tally;
        for (uint256 i = 0; i < clientAddresses.length; i++) _tally(tally, filter, clientAddresses[i]);
        count = tally.count;
        if (count != 0) (summaryValue, summaryValueDecimals) = _meanOf(tally);
    }

    /// @inheritdoc IReputationRegistry
    function readFeedback(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex
    ) external view returns (int128, uint8, string memory, string memory, bool) {
        Feedback storage feedback = _existing(agentId, clientAddress, feedbackIndex);
        return (feedback.value, feedback.valueDecimals, feedback.tag1, feedback.tag2, feedback.isRevoked);
    }

    /// @inheritdoc IReputationRegistry
    // solhint-disable-next-line gas-calldata-parameters
    function readAllFeedback(
        uint256 agentId,
        address[] memory clientAddresses,
        string memory tag1,
        string memory tag2,
        bool includeRevoked
    )
        external
        view
        returns (
            address[] memory,
            uint64[] memory,
            int128[] memory,
            uint8[] memory,
            string[] memory,
            string[] memory,
            bool[] memory
        )
    {
        if (clientAddresses.length == 0) clientAddresses = _clients[agentId];
        Filter memory filter = _filterOf(agentId, tag1, tag2, includeRevoked);
        Columns memory found = _read(filter, clientAddresses);
        return (
            found.clients,
            found.indexes,
            found.values,
            found.decimals,
            found.tag1s,
            found.tag2s,
            found.revoked
        );
    }

    /// @inheritdoc IReputationRegistry
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count) {
        if (clientAddress == address(0)) {
            address[] storage clients = _clients[agentId];
            for (uint256 i = 0; i < clients.length; i++) {
                count += _responsesTo(_relations[agentId][clients[i]], responders);
            }
        } else if (feedbackIndex == 0) {
            count = _responsesTo(_relations[agentId][clientAddress], responders);
        } else {
            count = _responsesTo(_relations[agentId][clientAddress], feedbackIndex, responders);
        }
    }

    /// @inheritdoc IReputationRegistry
    function getClients(uint256 agentId) external view returns (address[] memory) {
        return _clients[agentId];
    }

    /// @inheritdoc IReputationRegistry
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64) {
        return _relations[agentId][clientAddress].count.given;
    }

    /// @inheritdoc IReputationRegistry
    function getIdentityRegistry() external view returns (address) {
        return address(registry);
    }

    /// @inheritdoc IReputationRegistry
    function getVersion() external pure returns (string memory) {
        return "2.0.0";
    }

    /// @inheritdoc IReputationRegistry
    function feedbackRightsOf(uint256 agentId, address client) external view returns (uint64) {
        Count storage count = _relations[agentId][client].count;
        return count.allowed - count.given;
    }

    /// @inheritdoc IReputationRegistry
    function getFeedback(
        uint256 agentId,
        address client,
        uint64 feedbackIndex
    ) external view returns (Feedback memory) {
        return _existing(agentId, client, feedbackIndex);
    }

    /// @inheritdoc IReputationRegistry
    function browseClients(
        uint256 agentId,
        uint256 start,
        uint256 limit
    ) external view returns (address[] memory page) {
        address[] storage clients = _clients[agentId];
        uint256 rest = start < clients.length ? clients.length - start : 0;
        page = new address[](limit < rest ? limit : rest);
        for (uint256 i = 0; i < page.length; i++) page[i] = clients[start + i];
    }

    /* INTERNAL */

    /// @dev A right of an earlier epoch is lost: it would speak of another owner's work.
    function _allowFeedback(uint256 agentId, uint32 epoch, address client) internal {
        Count storage count = _relations[agentId][client].count;
        count.allowed = (count.epoch == epoch ? count.allowed : count.given) + 1;
        count.epoch = epoch;

        emit FeedbackAllowed(agentId, client, epoch);
    }

    /// @dev Uses a right of the caller's and stores the value.
    function _give(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals
    ) internal returns (uint64 index, Feedback storage feedback) {
        require(valueDecimals <= MAX_DECIMALS, TooManyDecimals(valueDecimals, MAX_DECIMALS));
        require(value >= -MAX_VALUE && value <= MAX_VALUE, ValueOutOfBounds(value, -MAX_VALUE, MAX_VALUE));
        Relation storage relation = _relations[agentId][msg.sender];
        Count memory count = relation.count;
        require(count.given < count.allowed, NoFeedbackRight(agentId, msg.sender));
        require(!registry.isAuthorizedOrOwner(msg.sender, agentId), SelfFeedback(agentId, msg.sender));
        if (count.given == 0) _clients[agentId].push(msg.sender);
        index = ++count.given;
        relation.count = count;
        feedback = relation.feedback[index];
        feedback.value = value;
        feedback.valueDecimals = valueDecimals;
        feedback.epoch = count.epoch;
    }

    function _tally(Tally memory tally, Filter memory filter, address client) internal view {
        Relation storage relation = _relations[filter.agentId][client];
        uint64 last = relation.count.given;
        for (uint64 index = 1; index <= last; index++) {
            Feedback storage feedback = relation.feedback[index];
            if (!_matches(filter, feedback)) continue;
            uint8 decimals = feedback.valueDecimals;
            tally.count++;
            tally.sum += feedback.value * int256(10 ** (MAX_DECIMALS - decimals));
            tally.byDecimals[decimals]++;
        }
    }

    /// @dev Rounds toward zero, as deployed. Where the deployed registry would cut off high bits, decimals are given up.
    function _meanOf(Tally memory tally) internal pure returns (int128 value, uint8 decimals) {
        for (uint8 i = 1; i <= MAX_DECIMALS; i++) {
            if (tally.byDecimals[i] > tally.byDecimals[decimals]) decimals = i;
        }
        int256 mean = tally.sum / int256(uint256(tally.count)) / int256(10 ** (MAX_DECIMALS - decimals));
        while (mean < -MAX_VALUE || mean > MAX_VALUE) {
            mean /= 10;
            decimals--;
        }
        value = int128(mean);
    }

    /// @dev Reads twice: how many there are, and then what they are.
    function _read(
        Filter memory filter,
        address[] memory clients
    ) internal view returns (Columns memory found) {
        Tally memory tally;
        for (uint256 i = 0; i < clients.length; i++) _tally(tally, filter, clients[i]);
        found = _columnsOf(tally.count);
        uint256 row = 0;
        for (uint256 i = 0; i < clients.length; i++) {
            Relation storage relation = _relations[filter.agentId][clients[i]];
            uint64 last = relation.count.given;
            for (uint64 index = 1; index <= last; index++) {
                Feedback storage feedback = relation.feedback[index];
                if (_matches(filter, feedback)) _write(found, row++, clients[i], index, feedback);
            }
        }
    }

    function _columnsOf(uint256 rows) internal pure returns (Columns memory) {
        return
            Columns({
                clients: new address[](rows),
                indexes: new uint64[](rows),
                values: new int128[](rows),
                decimals: new uint8[](rows),
                tag1s: new string[](rows),
                tag2s: new string[](rows),
                revoked: new bool[](rows)
            });
    }

    function _write(
        Columns memory columns,
        uint256 row,
        address client,
        uint64 index,
        Feedback storage feedback
    ) internal view {
        columns.clients[row] = client;
        columns.indexes[row] = index;
        columns.values[row] = feedback.value;
        columns.decimals[row] = feedback.valueDecimals;
        columns.tag1s[row] = feedback.tag1;
        columns.tag2s[row] = feedback.tag2;
        columns.revoked[row] = feedback.isRevoked;
    }

    function _filterOf(
        uint256 agentId,
        string memory tag1,
        string memory tag2,
        bool revoked
    ) internal view returns (Filter memory) {
        return
            Filter({
                agentId: agentId,
                epoch: registry.ownershipEpoch(agentId),
                tag1: bytes(tag1).length == 0 ? bytes32(0) : keccak256(bytes(tag1)),
                tag2: bytes(tag2).length == 0 ? bytes32(0) : keccak256(bytes(tag2)),
                revoked: revoked
            });
    }

    function _matches(Filter memory filter, Feedback storage feedback) internal view returns (bool) {
        if (feedback.epoch != filter.epoch) return false;
        if (feedback.isRevoked && !filter.revoked) return false;
        if (filter.tag1 != 0 && keccak256(bytes(feedback.tag1)) != filter.tag1) return false;
        return filter.tag2 == 0 || keccak256(bytes(feedback.tag2)) == filter.tag2;
    }

    /// @dev To all feedback of one client.
    function _responsesTo(
        Relation storage relation,
        address[] calldata responders
    ) internal view returns (uint64 responses) {
        uint64 last = relation.count.given;
        for (uint64 index = 1; index <= last; index++) {
            responses += _responsesTo(relation, index, responders);
        }
    }

    /// @dev To one feedback.
    function _responsesTo(
        Relation storage relation,
        uint64 index,
        address[] calldata responders
    ) internal view returns (uint64 responses) {
        if (responders.length == 0) return relation.feedback[index].responses;
        for (uint256 i = 0; i < responders.length; i++) responses += relation.responses[index][responders[i]];
    }

    function _existing(
        uint256 agentId,
        address client,
        uint64 index
    ) internal view returns (Feedback storage) {
        Relation storage relation = _relations[agentId][client];
        require(index != 0 && index <= relation.count.given, FeedbackNotFound(agentId, client, index));
        return relation.feedback[index];
    }
}
