// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
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
        Channel storage channel;
        (channel, id) = _channelOf(agentId, signer, provider);
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
    function redeem(
        address provider,
        Claim calldata claim,
        bytes calldata signature
    ) external returns (uint256 paid) {
        (Channel storage channel, bytes32 id, Flaw flaw) = _check(provider, claim);
        if (flaw == Flaw.None && !_isSigned(id, claim, signature)) flaw = Flaw.WrongSignature;
        require(flaw == Flaw.None, VoucherRefused(id, claim.cumulative, flaw));
        paid = _redeem(channel, id, provider, claim);
        if (paid != 0) ledger.pay(_deposits, accountOf(provider), paid);
    }

    /// @inheritdoc IUsageMeter
    function redeemMany(address provider, Voucher[] calldata vouchers) external returns (uint256 paid) {
        for (uint256 i = 0; i < vouchers.length; i++) {
            Claim calldata claim = vouchers[i].claim;
            (Channel storage channel, bytes32 id, Flaw flaw) = _check(provider, claim);
            if (flaw == Flaw.None && !_isSigned(id, vouchers[i])) flaw = Flaw.WrongSignature;
            if (flaw == Flaw.None) paid += _redeem(channel, id, provider, claim);
            else emit VoucherSkipped(id, claim.cumulative, flaw);
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
        return _channels[_keyOf(agentId, signer, provider)];
    }

    /// @inheritdoc IUsageMeter
    function channelId(uint256 agentId, address signer, address provider) external view returns (bytes32 id) {
        (, id) = _channelOf(agentId, signer, provider);
    }

    /// @inheritdoc IUsageMeter
    function available(uint256 agentId, address signer, address provider) external view returns (uint256) {
        Channel memory channel = _channels[_keyOf(agentId, signer, provider)];
        if (!channel.open || channel.exitEnd != 0) return 0;
        if (channel.ownerEpoch != registry.ownershipEpoch(agentId) || isIndebted(agentId)) return 0;
        Pledge memory pledged = _pledges[agentId];
        uint256 secured = pledged.releaseAt == 0 ? pledged.amount : 0;
        return channel.deposit + _allowanceOf(agentId, provider, secured);
    }

    /// @inheritdoc IUsageMeter
    function flawOf(
        address provider,
        Claim calldata claim,
        bytes calldata signature
    ) external view returns (Flaw flaw) {
        bytes32 id;
        (, id, flaw) = _check(provider, claim);
        if (flaw == Flaw.None && !_isSigned(id, claim, signature)) return Flaw.WrongSignature;
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

    /// @dev The claim has no flaw. Returns what the deposit pays, for the caller to move.
    function _redeem(
        Channel storage channel,
        bytes32 id,
        address provider,
        Claim calldata claim
    ) internal returns (uint256 paid) {
        (uint256 cumulative, uint256 deposit) = (claim.cumulative, channel.deposit);
        uint256 due;
        unchecked {
            // `_check` found the claim to be for more than was redeemed, and in 64 bits.
            due = cumulative - channel.redeemed;
            paid = due < deposit ? due : deposit;
            (channel.deposit, channel.redeemed) = (uint64(deposit - paid), uint64(cumulative));
        }

        emit Redeemed(id, cumulative, claim.receiptsRoot);
        if (paid < due) _overdraw(channel, id, provider, claim.agentId, due - paid);
    }

    function _overdraw(
        Channel storage channel,
        bytes32 id,
        address provider,
        uint256 agentId,
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

    /// @dev All but the signature, which costs the most to look at.
    function _check(
        address provider,
        Claim calldata claim
    ) internal view returns (Channel storage channel, bytes32 id, Flaw flaw) {
        bytes32 key = _keyOf(claim.agentId, claim.signer, provider);
        channel = _channels[key];
        (uint256 redeemed, uint256 exitEnd, uint256 epoch, bool isOpen) = (
            channel.redeemed,
            channel.exitEnd,
            channel.epoch,
            channel.open
        );
        uint256 cumulative = claim.cumulative;
        id = _idOf(key, epoch);
        if (!isOpen) flaw = Flaw.NotOpen;
        else if (exitEnd != 0 && block.timestamp >= exitEnd) flaw = Flaw.ExitOver;
        else if (cumulative <= redeemed) flaw = Flaw.Stale;
        else if (cumulative > type(uint64).max) flaw = Flaw.Excessive;
    }

    /// @dev No channel has the zero address as its signer, so a recovery that fails matches none.
    function _isSigned(bytes32 id, Voucher calldata voucher) internal view returns (bool) {
        Claim calldata claim = voucher.claim;
        bytes32 digest = voucherHash(id, claim.cumulative, claim.receiptsRoot);
        (bytes32 r, uint256 vs) = (voucher.r, uint256(voucher.vs));
        // The short form has no room for the high half of s, so that no signature has a twin.
        return ecrecover(digest, 27 + uint8(vs >> 255), r, bytes32((vs << 1) >> 1)) == claim.signer;
    }

    /// @dev A key is tried first: it needs no look at the signer's code.
    function _isSigned(
        bytes32 id,
        Claim calldata claim,
        bytes calldata signature
    ) internal view returns (bool) {
        bytes32 digest = voucherHash(id, claim.cumulative, claim.receiptsRoot);
        (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        return
            recovered == claim.signer ||
            SignatureChecker.isValidERC1271SignatureNowCalldata(claim.signer, digest, signature);
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
        (channel, id) = _channelOf(agentId, signer, provider);
        require(channel.open, NotOpen(id));
    }

    function _channelOf(
        uint256 agentId,
        address signer,
        address provider
    ) internal view returns (Channel storage channel, bytes32 id) {
        bytes32 key = _keyOf(agentId, signer, provider);
        channel = _channels[key];
        id = _idOf(key, channel.epoch);
    }

    function _keyOf(uint256 agentId, address signer, address provider) internal pure returns (bytes32) {
        return keccak256(abi.encode(agentId, signer, provider));
    }

    function _idOf(bytes32 key, uint256 epoch) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(key, bytes32(epoch));
    }

    function _checkActor(uint256 agentId) internal view {
        require(registry.canAct(agentId, msg.sender), CannotAct(agentId, msg.sender));
    }
}
