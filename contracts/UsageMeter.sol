// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {IMarketParameters} from "./interfaces/IMarketParameters.sol";
import {IUsageMeter} from "./interfaces/IUsageMeter.sol";
import {Miswired, Wiring} from "./interfaces/Wiring.sol";
import {Account, accountOf, accountOfAgent} from "./libraries/Account.sol";

/// @notice See {IUsageMeter}, where everything is documented.
contract UsageMeter is IUsageMeter, EIP712 {
    using SafeCast for uint256;

    /// @dev A line holds under the owner that it was granted to.
    struct CreditLine {
        uint64 amount;
        uint32 ownerEpoch;
    }

    bytes32 private constant CHANNEL_TYPEHASH = keccak256(
        "Channel(uint256 agentId,address signer,address provider,uint32 epoch)"
    );
    bytes32 private constant VOUCHER_TYPEHASH = keccak256(
        "Voucher(bytes32 channelId,uint256 cumulative,bytes32 receiptsRoot)"
    );
    uint256 public constant MIN_CHALLENGE_WINDOW = 5;
    uint256 public constant MAX_CHALLENGE_WINDOW = 7 days;

    ILedger public immutable ledger;
    IAgentRegistry public immutable registry;
    IMarketParameters public immutable parameters;

    /// @inheritdoc IUsageMeter
    uint256 public immutable challengeWindow;

    /// @dev The Ledger's account in which the deposits of all channels are locked.
    Account private immutable _deposits;

    /// @dev By the hash of the three parties; the epoch stays when a channel goes.
    mapping(bytes32 => Channel) private _channels;
    mapping(uint256 => Pledge) private _pledges;
    mapping(address => mapping(uint256 => CreditLine)) private _lines;

    constructor(Wiring memory wiring, uint256 challengeWindow_) EIP712("UsageMeter", "1") {
        require(address(wiring.meter) == address(this), Miswired(address(wiring.meter), address(this)));
        require(
            challengeWindow_ >= MIN_CHALLENGE_WINDOW && challengeWindow_ <= MAX_CHALLENGE_WINDOW,
            ChallengeWindowOutOfBounds(challengeWindow_, MIN_CHALLENGE_WINDOW, MAX_CHALLENGE_WINDOW)
        );
        ledger = wiring.ledger;
        registry = wiring.registry;
        parameters = wiring.parameters;
        challengeWindow = challengeWindow_;
        _deposits = accountOf(address(this));
    }

    /* AGENTS */

    /// @inheritdoc IUsageMeter
    function open(
        uint256 agentId,
        address signer,
        address provider,
        uint256 amount
    ) external returns (bytes32 id) {
        _checkActor(agentId);
        require(signer != address(0) && provider != address(0), ZeroAddress());
        Channel storage channel = _channelOf(agentId, signer, provider);
        id = _idOf(channel, agentId, signer, provider);
        require(!channel.open, AlreadyOpen(id));
        uint32 ownerEpoch = registry.ownershipEpoch(agentId);
        // The Ledger refuses what the agent does not have, so what stands always fits.
        channel.deposit = uint64(amount);
        channel.ownerEpoch = ownerEpoch;
        channel.open = true;

        emit ChannelOpened(id, agentId, provider, signer, channel.epoch, ownerEpoch, amount);
        ledger.hold(accountOfAgent(agentId), _deposits, amount);
    }

    /// @inheritdoc IUsageMeter
    function topUp(uint256 agentId, address signer, address provider, uint256 amount) external {
        _checkActor(agentId);
        (Channel storage channel, bytes32 id) = _existing(agentId, signer, provider);
        require(channel.exitEnd == 0, Leaving(id, channel.exitEnd));
        uint256 currentEpoch = registry.ownershipEpoch(agentId);
        require(channel.ownerEpoch == currentEpoch, OwnerChanged(id, channel.ownerEpoch, currentEpoch));
        unchecked {
            // As in `open`.
            channel.deposit += uint64(amount);
        }

        emit ToppedUp(id, amount);
        ledger.hold(accountOfAgent(agentId), _deposits, amount);
    }

    /// @inheritdoc IUsageMeter
    function startExit(uint256 agentId, address signer, address provider) external {
        _checkActor(agentId);
        (Channel storage channel, bytes32 id) = _existing(agentId, signer, provider);
        require(channel.exitEnd == 0, Leaving(id, channel.exitEnd));
        uint256 exitEnd = block.timestamp + challengeWindow;
        channel.exitEnd = uint40(exitEnd);

        emit ExitStarted(id, exitEnd);
    }

    /// @inheritdoc IUsageMeter
    function pledge(uint256 agentId, uint256 amount) external {
        _checkActor(agentId);
        Pledge storage pledged = _pledges[agentId];
        unchecked {
            // As in `open`.
            pledged.amount += uint64(amount);
        }
        pledged.releaseAt = 0;

        emit Pledged(agentId, amount);
        ledger.lock(accountOfAgent(agentId), amount);
    }

    /// @inheritdoc IUsageMeter
    function startUnpledge(uint256 agentId) external {
        _checkActor(agentId);
        require(_pledges[agentId].amount != 0, NothingPledged(agentId));
        uint256 releaseAt = block.timestamp + challengeWindow;
        _pledges[agentId].releaseAt = uint40(releaseAt);

        emit UnpledgeStarted(agentId, releaseAt);
    }

    /// @inheritdoc IUsageMeter
    function unpledge(uint256 agentId) external {
        _checkActor(agentId);
        Account account = accountOfAgent(agentId);
        uint256 amount = _pledges[agentId].amount;
        uint256 releaseAt = _pledges[agentId].releaseAt;
        require(amount != 0, NothingPledged(agentId));
        require(
            releaseAt != 0 && block.timestamp >= releaseAt,
            StillPledged(agentId, releaseAt, block.timestamp)
        );
        uint256 debt = ledger.balanceOf(account).debt;
        require(debt == 0, AgentIndebted(agentId, debt));
        delete _pledges[agentId];

        emit Unpledged(agentId, amount);
        ledger.unlock(account, amount);
    }

    /* PROVIDERS */

    /// @inheritdoc IUsageMeter
    function setCreditLine(uint256 agentId, uint256 amount) external {
        require(registry.exists(agentId), AgentNotFound(agentId));
        uint32 ownerEpoch = registry.ownershipEpoch(agentId);
        _lines[msg.sender][agentId] = CreditLine({amount: amount.toUint64(), ownerEpoch: ownerEpoch});

        emit CreditLineSet(msg.sender, agentId, ownerEpoch, amount);
    }

    /// @inheritdoc IUsageMeter
    function seize(uint256 agentId) external returns (uint256 amount) {
        Account debtor = accountOfAgent(agentId);
        Pledge storage pledged = _pledges[agentId];
        require(
            Account.unwrap(ledger.creditorOf(debtor)) == Account.unwrap(accountOf(msg.sender)),
            NotCreditor(agentId, msg.sender)
        );
        uint256 graceEnd = pledged.owedSince + challengeWindow;
        require(block.timestamp >= graceEnd, GraceNotOver(agentId, graceEnd, block.timestamp));
        amount = Math.min(pledged.amount, ledger.balanceOf(debtor).debt);
        require(amount != 0, NothingPledged(agentId));
        pledged.amount -= uint64(amount);

        emit PledgeSeized(agentId, msg.sender, amount);
        // Paid to the agent itself, where the debt comes first.
        ledger.pay(debtor, debtor, amount);
    }

    /* ANYONE */

    /// @inheritdoc IUsageMeter
    function redeem(address provider, Voucher calldata voucher) external returns (uint256 paid) {
        Channel storage channel = _channelOf(voucher.agentId, voucher.signer, provider);
        bytes32 id = _idOf(channel, voucher.agentId, voucher.signer, provider);
        Flaw flaw = _flawOf(channel, id, voucher);
        require(flaw == Flaw.None, VoucherRefused(id, voucher.cumulative, flaw));
        paid = _redeem(channel, id, provider, voucher);
        if (paid != 0) ledger.pay(_deposits, accountOf(provider), paid);
    }

    /// @inheritdoc IUsageMeter
    function redeemMany(address provider, Voucher[] calldata vouchers) external returns (uint256 paid) {
        for (uint256 i = 0; i < vouchers.length; i++) {
            Voucher calldata voucher = vouchers[i];
            Channel storage channel = _channelOf(voucher.agentId, voucher.signer, provider);
            bytes32 id = _idOf(channel, voucher.agentId, voucher.signer, provider);
            Flaw flaw = _flawOf(channel, id, voucher);
            if (flaw == Flaw.None) paid += _redeem(channel, id, provider, voucher);
            else emit VoucherSkipped(id, voucher.cumulative, flaw);
        }
        if (paid != 0) ledger.pay(_deposits, accountOf(provider), paid);
    }

    /// @inheritdoc IUsageMeter
    function close(uint256 agentId, address signer, address provider) external returns (uint256 rest) {
        (Channel storage channel, bytes32 id) = _existing(agentId, signer, provider);
        uint256 exitEnd = channel.exitEnd;
        require(
            msg.sender == provider || (exitEnd != 0 && block.timestamp >= exitEnd),
            ExitNotOver(id, exitEnd, block.timestamp)
        );
        rest = channel.deposit;
        uint32 next = channel.epoch + 1;
        delete _channels[_keyOf(agentId, signer, provider)];
        channel.epoch = next;

        emit ChannelClosed(id, rest);
        if (rest != 0) ledger.pay(_deposits, accountOfAgent(agentId), rest);
    }

    /* VIEWS */

    /// @inheritdoc IUsageMeter
    function channelOf(
        uint256 agentId,
        address signer,
        address provider
    ) external view returns (Channel memory) {
        return _channelOf(agentId, signer, provider);
    }

    /// @inheritdoc IUsageMeter
    function channelId(uint256 agentId, address signer, address provider) external view returns (bytes32) {
        return _idOf(_channelOf(agentId, signer, provider), agentId, signer, provider);
    }

    /// @inheritdoc IUsageMeter
    function available(uint256 agentId, address signer, address provider) external view returns (uint256) {
        Channel memory channel = _channelOf(agentId, signer, provider);
        if (!channel.open || channel.exitEnd != 0) return 0;
        if (channel.ownerEpoch != registry.ownershipEpoch(agentId) || isIndebted(agentId)) return 0;
        Pledge memory pledged = _pledges[agentId];
        uint256 secured = pledged.releaseAt == 0 ? pledged.amount : 0;
        return channel.deposit + _allowanceOf(agentId, provider, secured);
    }

    /// @inheritdoc IUsageMeter
    function flawOf(address provider, Voucher calldata voucher) external view returns (Flaw) {
        Channel storage channel = _channelOf(voucher.agentId, voucher.signer, provider);
        return _flawOf(channel, _idOf(channel, voucher.agentId, voucher.signer, provider), voucher);
    }

    /// @inheritdoc IUsageMeter
    function verifyReceipt(
        bytes32 receiptsRoot,
        bytes32 digest,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        // Hashed twice, so that no node of a tree can be shown as a receipt.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(digest))));
        return MerkleProof.verifyCalldata(proof, receiptsRoot, leaf);
    }

    /// @inheritdoc IUsageMeter
    function pledgeOf(uint256 agentId) external view returns (Pledge memory) {
        return _pledges[agentId];
    }

    /// @inheritdoc IUsageMeter
    function voucherHash(bytes32 id, uint256 cumulative, bytes32 receiptsRoot) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(VOUCHER_TYPEHASH, id, cumulative, receiptsRoot)));
    }

    /// @inheritdoc IUsageMeter
    function creditLineOf(address provider, uint256 agentId) public view returns (uint256) {
        CreditLine memory line = _lines[provider][agentId];
        return line.ownerEpoch == registry.ownershipEpoch(agentId) ? line.amount : 0;
    }

    /// @inheritdoc IUsageMeter
    function isIndebted(uint256 agentId) public view returns (bool) {
        return ledger.balanceOf(accountOfAgent(agentId)).debt != 0;
    }

    /* INTERNAL */

    /// @dev The voucher has no flaw. Returns what the deposit pays, for the caller to move.
    function _redeem(
        Channel storage channel,
        bytes32 id,
        address provider,
        Voucher calldata voucher
    ) internal returns (uint256 paid) {
        uint256 due = voucher.cumulative - channel.redeemed;
        uint256 deposit = channel.deposit;
        paid = Math.min(due, deposit);
        channel.deposit = uint64(deposit - paid);
        channel.redeemed = uint64(voucher.cumulative);

        emit Redeemed(id, voucher.cumulative, voucher.receiptsRoot, paid);
        if (paid < due) _overdraw(channel, id, voucher.agentId, provider, due - paid);
    }

    function _overdraw(
        Channel storage channel,
        bytes32 id,
        uint256 agentId,
        address provider,
        uint256 shortfall
    ) internal {
        bool mayOwe = channel.ownerEpoch == registry.ownershipEpoch(agentId) && !isIndebted(agentId);
        uint256 allowance = mayOwe ? _allowanceOf(agentId, provider, _pledges[agentId].amount) : 0;
        uint256 owed = Math.min(shortfall, allowance);

        emit Overdrawn(id, owed, shortfall - owed);
        if (owed == 0) return;
        _pledges[agentId].owedSince = uint40(block.timestamp);
        ledger.owe(accountOfAgent(agentId), accountOf(provider), owed);
    }

    /// @dev Cheap checks first. The key's signature before the contract's word: a key needs no look at the signer's code.
    function _flawOf(
        Channel storage channel,
        bytes32 id,
        Voucher calldata voucher
    ) internal view returns (Flaw) {
        if (!channel.open) return Flaw.NotOpen;
        if (channel.exitEnd != 0 && block.timestamp >= channel.exitEnd) return Flaw.ExitOver;
        if (voucher.cumulative <= channel.redeemed) return Flaw.Stale;
        if (voucher.cumulative > type(uint64).max) return Flaw.Excessive;
        bytes32 digest = voucherHash(id, voucher.cumulative, voucher.receiptsRoot);
        // No channel has the zero address as its signer, so a recovery that failed matches none.
        (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, voucher.signature);
        if (recovered == voucher.signer) return Flaw.None;
        return
            SignatureChecker.isValidERC1271SignatureNowCalldata(voucher.signer, digest, voucher.signature)
                ? Flaw.None
                : Flaw.WrongSignature;
    }

    /// @dev The most that the agent may come to owe the provider.
    function _allowanceOf(
        uint256 agentId,
        address provider,
        uint256 pledged
    ) internal view returns (uint256) {
        return Math.min(parameters.current().overdraftLimit, pledged + creditLineOf(provider, agentId));
    }

    function _existing(
        uint256 agentId,
        address signer,
        address provider
    ) internal view returns (Channel storage channel, bytes32 id) {
        channel = _channelOf(agentId, signer, provider);
        id = _idOf(channel, agentId, signer, provider);
        require(channel.open, NotOpen(id));
    }

    function _channelOf(
        uint256 agentId,
        address signer,
        address provider
    ) internal view returns (Channel storage) {
        return _channels[_keyOf(agentId, signer, provider)];
    }

    function _keyOf(uint256 agentId, address signer, address provider) internal pure returns (bytes32) {
        return keccak256(abi.encode(agentId, signer, provider));
    }

    function _idOf(
        Channel storage channel,
        uint256 agentId,
        address signer,
        address provider
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(CHANNEL_TYPEHASH, agentId, signer, provider, channel.epoch));
    }

    function _checkActor(uint256 agentId) internal view {
        require(registry.canAct(agentId, msg.sender), CannotAct(agentId, msg.sender));
    }
}
