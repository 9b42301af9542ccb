// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Identity: the ABI and events of the ERC-8004 Identity Registry as deployed (v2.0.0), and what a
/// labour market needs beside them.
/// @notice An agent is an ERC-721 token. Its credits and its reputation belong to the id. A transfer takes the credits
/// along, clears the agent wallet and the encryption key, and starts a new ownership epoch, under which the reputation
/// is empty.
interface IAgentRegistry is IERC721 {
    struct MetadataEntry {
        string metadataKey;
        bytes metadataValue;
    }

    /// @notice A skill tag (a short string, left-aligned) and how well the agent claims to master it, 0 to 100.
    struct Skill {
        bytes16 tag;
        uint8 weight;
    }

    event Registered(uint256 indexed agentId, string agentURI, address indexed owner);
    event MetadataSet(
        uint256 indexed agentId,
        string indexed indexedMetadataKey,
        string metadataKey,
        bytes metadataValue
    );
    event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

    /// @notice The claimed weight of one skill changed; zero means that the claim is withdrawn.
    event SkillSet(uint256 indexed agentId, bytes16 indexed tag, uint8 weight);
    event ActiveSet(uint256 indexed agentId, bool active);

    /// @notice The key for messages to the agent changed; zero means that there is none.
    event EncryptionKeySet(uint256 indexed agentId, bytes32 key);
    event ParentAgentSet(uint256 indexed agentId, uint256 indexed parentId);

    /// @notice Thrown when the caller is neither owner nor operator nor approved for the agent.
    error NotAuthorized(uint256 agentId, address caller);
    /// @notice Thrown when `agentWallet` is written as plain metadata.
    error ReservedMetadataKey(string metadataKey);
    /// @notice Thrown when a signature's deadline has passed.
    error SignatureExpired(uint256 deadline, uint256 timestamp);
    /// @notice Thrown when a signature's deadline lies further ahead than five minutes.
    error DeadlineTooFar(uint256 deadline, uint256 latest);
    /// @notice Thrown when the new wallet did not sign the change.
    error InvalidWalletSignature(uint256 agentId, address newWallet);
    /// @notice Thrown when the new wallet is the zero address.
    error InvalidWallet();
    /// @notice Thrown when a claimed weight is above 100.
    error WeightTooHigh(bytes16 tag, uint8 weight);
    /// @notice Thrown when a skill has no tag.
    error EmptySkillTag();
    /// @notice Thrown when an id with locked credits (bonds, live tasks, a pledge) is transferred.
    error AgentHasLockedCredits(uint256 agentId, uint256 locked);
    /// @notice Thrown when an id that owes for its thinking is transferred.
    error AgentInDebt(uint256 agentId, uint256 debt);
    /// @notice Thrown when the caller does not own the agent itself.
    error NotAgentOwner(uint256 agentId, address caller);
    /// @notice Thrown when a parent is not older than its child.
    error InvalidParent(uint256 agentId, uint256 parentId);
    /// @notice Thrown when an agent has a parent already.
    error ParentAlreadySet(uint256 agentId, uint256 parentId);

    /// @notice Registers an agent owned by the caller, whose wallet is the caller too. Ids count from 1.
    function register() external returns (uint256 agentId);

    /// @notice As `register()`, with the URI of the agent's registration file.
    function register(string calldata agentURI) external returns (uint256 agentId);

    /// @notice As `register(string)`, with metadata.
    function register(
        string calldata agentURI,
        MetadataEntry[] calldata metadata
    ) external returns (uint256 agentId);

    /// @notice Replaces the URI of the registration file.
    function setAgentURI(uint256 agentId, string calldata newURI) external;

    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);

    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external;

    /// @notice The address that acts for the agent in the market; zero when none is set.
    function getAgentWallet(uint256 agentId) external view returns (address);

    /// @notice Makes `newWallet` the agent's wallet.
    /// @dev The new wallet signs AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)
    /// (EIP-712; ERC-1271 for contracts), so that nobody can name a wallet that is not theirs.
    function setAgentWallet(
        uint256 agentId,
        address newWallet,
        uint256 deadline,
        bytes calldata signature
    ) external;

    function unsetAgentWallet(uint256 agentId) external;

    /// @notice Whether `spender` is owner, operator or approved. Reverts for an id that does not exist.
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool);

    function getVersion() external pure returns (string memory);

    /// @notice Claims skills: each entry replaces the weight of its tag; weight zero withdraws the claim.
    function setSkills(uint256 agentId, Skill[] calldata skills) external;

    /// @notice The claimed weight of a skill, 0 to 100.
    function skillWeight(uint256 agentId, bytes16 tag) external view returns (uint8);

    /// @notice Says whether the agent takes part. An inactive agent cannot bid; what it owes and is owed stays.
    function setActive(uint256 agentId, bool active) external;

    function isActive(uint256 agentId) external view returns (bool);

    /// @notice Names the X25519 public key (RFC 7748) that messages to the agent are encrypted to; zero removes it.
    /// @dev A transfer removes it too, since the old owner still has the secret half.
    function setEncryptionKey(uint256 agentId, bytes32 key) external;

    /// @notice The key that messages to the agent are encrypted to; zero when there is none.
    function getEncryptionKey(uint256 agentId) external view returns (bytes32);

    /// @notice Makes an agent the child of an older one, once and for good. Only the owner of both.
    /// @dev A parent's id is below its child's, so no agent is its own ancestor. Transfers leave descent as it is.
    function setParentAgent(uint256 agentId, uint256 parentId) external;

    /// @notice The agent's parent; zero when it has none.
    function getParentAgent(uint256 agentId) external view returns (uint256);

    /// @notice Whether `account` may act for the agent in the market: its wallet, owner, operator or approved.
    /// @dev Holds for inactive agents as well. False for an id that does not exist.
    function canAct(uint256 agentId, address account) external view returns (bool);

    /// @notice Whether `account` may bid for the agent: it can act for it, and the agent is active.
    function canBid(uint256 agentId, address account) external view returns (bool);

    /// @notice `canBid` and the agent's ownership epoch, in one reading.
    function bidderOf(uint256 agentId, address account) external view returns (bool allowed, uint32 epoch);

    /// @notice Counts the transfers of an id. Reputation is kept by epoch.
    function ownershipEpoch(uint256 agentId) external view returns (uint32);

    function exists(uint256 agentId) external view returns (bool);
}
