// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {accountOfAgent} from "./libraries/Account.sol";

/// @notice See {IAgentRegistry}, where everything is documented.
contract AgentRegistry is IAgentRegistry, ERC721URIStorage, EIP712 {
    /// @dev One slot, which every market call reads.
    struct Agent {
        address wallet;
        uint32 epoch;
        bool inactive;
    }

    bytes32 private constant WALLET_TYPEHASH = keccak256(
        "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"
    );
    bytes32 private constant WALLET_KEY = keccak256("agentWallet");
    uint256 private constant MAX_DEADLINE_DELAY = 5 minutes;
    uint8 private constant MAX_WEIGHT = 100;

    ILedger public immutable ledger;

    /// @notice How many agents have registered; the newest id.
    uint256 public agentCount;

    mapping(uint256 => Agent) private _agents;
    mapping(uint256 => mapping(string => bytes)) private _metadata;
    mapping(uint256 => mapping(bytes16 => uint8)) private _skills;
    mapping(uint256 => bytes32) private _encryptionKeys;
    mapping(uint256 => uint256) private _parents;

    constructor(
        Wiring memory wiring
    ) ERC721("AgentIdentity", "AGENT") EIP712("ERC8004IdentityRegistry", "1") {
        require(address(wiring.registry) == address(this), Miswired(address(wiring.registry), address(this)));
        ledger = wiring.ledger;
    }

    /* IDENTITY (ERC-8004) */

    /// @inheritdoc IAgentRegistry
    function register() external returns (uint256 agentId) {
        agentId = _create("");
        _safeMint(msg.sender, agentId);
    }

    /// @inheritdoc IAgentRegistry
    function register(string calldata agentURI) external returns (uint256 agentId) {
        agentId = _create(agentURI);
        _safeMint(msg.sender, agentId);
    }

    /// @inheritdoc IAgentRegistry
    function register(
        string calldata agentURI,
        MetadataEntry[] calldata metadata
    ) external returns (uint256 agentId) {
        agentId = _create(agentURI);
        for (uint256 i = 0; i < metadata.length; i++) {
            _setMetadata(agentId, metadata[i].metadataKey, metadata[i].metadataValue);
        }
        _safeMint(msg.sender, agentId);
    }

    /// @inheritdoc IAgentRegistry
    function setAgentURI(uint256 agentId, string calldata newURI) external {
        _checkCaller(agentId);
        _setTokenURI(agentId, newURI);

        emit URIUpdated(agentId, newURI, msg.sender);
    }

    /// @inheritdoc IAgentRegistry
    function setMetadata(
        uint256 agentId,
        string calldata metadataKey,
        bytes calldata metadataValue
    ) external {
        _checkCaller(agentId);
        _setMetadata(agentId, metadataKey, metadataValue);
    }

    /// @inheritdoc IAgentRegistry
    function setAgentWallet(
        uint256 agentId,
        address newWallet,
        uint256 deadline,
        bytes calldata signature
    ) external {
        _checkCaller(agentId);
        require(newWallet != address(0), InvalidWallet());
        require(block.timestamp <= deadline, SignatureExpired(deadline, block.timestamp));
        uint256 latest = block.timestamp + MAX_DEADLINE_DELAY;
        require(deadline <= latest, DeadlineTooFar(deadline, latest));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(WALLET_TYPEHASH, agentId, newWallet, ownerOf(agentId), deadline))
        );
        require(_isSignedBy(newWallet, digest, signature), InvalidWalletSignature(agentId, newWallet));
        _setWallet(agentId, newWallet);
    }

    /// @inheritdoc IAgentRegistry
    function unsetAgentWallet(uint256 agentId) external {
        _checkCaller(agentId);
        _setWallet(agentId, address(0));
    }

    /// @inheritdoc IAgentRegistry
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        if (keccak256(bytes(metadataKey)) == WALLET_KEY) {
            return _walletBytes(_agents[agentId].wallet);
        }
        return _metadata[agentId][metadataKey];
    }

    /// @inheritdoc IAgentRegistry
    function getAgentWallet(uint256 agentId) external view returns (address) {
        return _agents[agentId].wallet;
    }

    /// @inheritdoc IAgentRegistry
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool) {
        return _isAuthorized(ownerOf(agentId), spender, agentId);
    }

    /// @inheritdoc IAgentRegistry
    function getVersion() external pure returns (string memory) {
        return "2.0.0";
    }

    /* MARKET */

    /// @inheritdoc IAgentRegistry
    function setSkills(uint256 agentId, Skill[] calldata skills) external {
        _checkCaller(agentId);
        for (uint256 i = 0; i < skills.length; i++) {
            (bytes16 tag, uint8 weight) = (skills[i].tag, skills[i].weight);
            require(tag != bytes16(0), EmptySkillTag());
            require(weight <= MAX_WEIGHT, WeightTooHigh(tag, weight));
            _skills[agentId][tag] = weight;

            emit SkillSet(agentId, tag, weight);
        }
    }

    /// @inheritdoc IAgentRegistry
    function setActive(uint256 agentId, bool active) external {
        _checkCaller(agentId);
        _agents[agentId].inactive = !active;

        emit ActiveSet(agentId, active);
    }

    /// @inheritdoc IAgentRegistry
    function setEncryptionKey(uint256 agentId, bytes32 key) external {
        _checkCaller(agentId);
        _setEncryptionKey(agentId, key);
    }

    /// @inheritdoc IAgentRegistry
    function setParentAgent(uint256 agentId, uint256 parentId) external {
        require(ownerOf(agentId) == msg.sender, NotAgentOwner(agentId, msg.sender));
        require(ownerOf(parentId) == msg.sender, NotAgentOwner(parentId, msg.sender));
        require(parentId < agentId, InvalidParent(agentId, parentId));
        require(_parents[agentId] == 0, ParentAlreadySet(agentId, _parents[agentId]));
        _parents[agentId] = parentId;

        emit ParentAgentSet(agentId, parentId);
    }

    /// @inheritdoc IAgentRegistry
    function skillWeight(uint256 agentId, bytes16 tag) external view returns (uint8) {
        return _skills[agentId][tag];
    }

    /// @inheritdoc IAgentRegistry
    function isActive(uint256 agentId) external view returns (bool) {
        return exists(agentId) && !_agents[agentId].inactive;
    }

    /// @inheritdoc IAgentRegistry
    function getEncryptionKey(uint256 agentId) external view returns (bytes32) {
        return _encryptionKeys[agentId];
    }

    /// @inheritdoc IAgentRegistry
    function getParentAgent(uint256 agentId) external view returns (uint256) {
        return _parents[agentId];
    }

    /// @inheritdoc IAgentRegistry
    function canBid(uint256 agentId, address account) external view returns (bool) {
        return !_agents[agentId].inactive && canAct(agentId, account);
    }

    /// @inheritdoc IAgentRegistry
    function bidderOf(uint256 agentId, address account) external view returns (bool allowed, uint32 epoch) {
        Agent memory agent = _agents[agentId];
        return (!agent.inactive && _canAct(agentId, agent.wallet, account), agent.epoch);
    }

    /// @inheritdoc IAgentRegistry
    function ownershipEpoch(uint256 agentId) external view returns (uint32) {
        return _agents[agentId].epoch;
    }

    /// @inheritdoc IAgentRegistry
    function canAct(uint256 agentId, address account) public view returns (bool) {
        return _canAct(agentId, _agents[agentId].wallet, account);
    }

    /// @inheritdoc IAgentRegistry
    function exists(uint256 agentId) public view returns (bool) {
        return _ownerOf(agentId) != address(0);
    }

    /* INTERNAL */

    /// @dev All of a new agent but its token. The mint comes last: the receiver may sell the token while it is asked
    /// to accept it, and must not write to an agent that is no longer its own.
    function _create(string memory agentURI) internal returns (uint256 agentId) {
        agentId = ++agentCount;
        _agents[agentId].wallet = msg.sender;
        if (bytes(agentURI).length != 0) _setTokenURI(agentId, agentURI);

        emit Registered(agentId, agentURI, msg.sender);
        emit MetadataSet(agentId, "agentWallet", "agentWallet", _walletBytes(msg.sender));
    }

    /// @dev The wallet first: it is the usual caller, and its slot is read anyway. A wallet that is unset is the
    /// zero address, which cannot send a transaction but can be asked about.
    function _canAct(uint256 agentId, address wallet, address account) internal view returns (bool) {
        if (account != address(0) && wallet == account) return true;
        return _isAuthorized(_ownerOf(agentId), account, agentId);
    }

    function _setMetadata(
        uint256 agentId,
        string calldata metadataKey,
        bytes calldata metadataValue
    ) internal {
        require(keccak256(bytes(metadataKey)) != WALLET_KEY, ReservedMetadataKey(metadataKey));
        _metadata[agentId][metadataKey] = metadataValue;

        emit MetadataSet(agentId, metadataKey, metadataKey, metadataValue);
    }

    function _setWallet(uint256 agentId, address wallet) internal {
        _agents[agentId].wallet = wallet;

        emit MetadataSet(agentId, "agentWallet", "agentWallet", _walletBytes(wallet));
    }

    /// @dev By the key first, as the deployed registry does: an account whose code is lent to it (EIP-7702) can still sign.
    function _isSignedBy(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool) {
        (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        return recovered == signer || SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }

    function _setEncryptionKey(uint256 agentId, bytes32 key) internal {
        _encryptionKeys[agentId] = key;

        emit EncryptionKeySet(agentId, key);
    }

    /// @dev The deployed registries show a wallet as its 20 bytes, and no wallet as no bytes.
    function _walletBytes(address wallet) internal pure returns (bytes memory) {
        return wallet == address(0) ? bytes("") : abi.encodePacked(wallet);
    }

    function _update(address to, uint256 agentId, address auth) internal override returns (address from) {
        from = super._update(to, agentId, auth);
        if (from == address(0)) return from;

        uint256 locked = ledger.balanceOf(accountOfAgent(agentId)).locked;
        require(locked == 0, AgentHasLockedCredits(agentId, locked));
        _agents[agentId].epoch++;
        _setWallet(agentId, address(0));
        if (_encryptionKeys[agentId] != 0) _setEncryptionKey(agentId, 0);
    }

    function _checkCaller(uint256 agentId) internal view {
        require(_isAuthorized(ownerOf(agentId), msg.sender, agentId), NotAuthorized(agentId, msg.sender));
    }
}
