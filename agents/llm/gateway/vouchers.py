"""What an agent's signer signs after a call: what its channel has cost in all, and the root of all receipts.

The bytes that are signed are put together by hand, since one is signed for each call: they are what UsageMeter's
``voucherHash`` says.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from coincurve import PublicKey

from agents.chain.bindings import structs
from agents.chain.words import checksummed
from agents.errors import VoucherRefused
from agents.llm.gateway.tree import keccak

_DOMAIN_TYPE = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_VOUCHER_TYPE = keccak(b"Voucher(bytes32 channelId,uint256 cumulative,bytes32 receiptsRoot)")
_NAME, _VERSION = "UsageMeter", "1"
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the curve: a signature with s has a twin with this less s, and the short form has room for one of them."""


class Signer(Protocol):
    """Whose vouchers hold on a channel, at hand: a Wallet, or a key that can do nothing else."""

    @property
    def address(self) -> str:
        """The channel's signer."""
        ...

    def sign_digest(self, digest: bytes) -> bytes:
        """The 65-byte signature (r, s, v) of a 32-byte digest."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be signed. ``chain_id`` and ``meter`` are what the signature holds for."""

    chain_id: int
    meter: str
    channel_id: bytes
    cumulative: int
    """What the channel has cost in all, in units."""
    receipts_root: bytes

    def as_json(self) -> dict[str, Any]:
        """The claim for machines."""
        return {
            "chain_id": self.chain_id,
            "meter": self.meter,
            "channel_id": f"0x{self.channel_id.hex()}",
            "cumulative": self.cumulative,
            "receipts_root": f"0x{self.receipts_root.hex()}",
        }


@dataclass(frozen=True, slots=True)
class SignedVoucher:
    """A claim and the signature that somebody sent for it: 65 bytes, or 64 in the short form of ERC-2098."""

    claim: Claim
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Voucher:
    """What a provider can redeem: the newest that it holds of a channel."""

    channel_id: bytes
    agent_id: int
    signer: str
    cumulative: int
    receipts_root: bytes
    signature: bytes = field(repr=False)
    """64 bytes, in the short form."""

    def as_struct(self) -> structs.Voucher:
        """As the contract takes it."""
        claim = structs.Claim(self.agent_id, self.signer, self.cumulative, self.receipts_root)
        return structs.Voucher(claim, self.signature[:32], self.signature[32:])


class Domain:
    """One usage meter on one chain: what vouchers for it are bound to."""

    __slots__ = ("_prefix", "chain_id", "meter")

    def __init__(self, chain_id: int, meter: str) -> None:
        """``meter`` is the contract's address."""
        self.chain_id, self.meter = chain_id, meter
        names = _DOMAIN_TYPE + keccak(_NAME.encode()) + keccak(_VERSION.encode())
        self._prefix = b"\x19\x01" + keccak(names + _word(chain_id) + _word(int(meter, 16)))

    def claim(self, channel_id: bytes, cumulative: int, receipts_root: bytes) -> Claim:
        """What the channel's signer is to sign."""
        return Claim(self.chain_id, self.meter, channel_id, cumulative, receipts_root)

    def digest(self, channel_id: bytes, cumulative: int, receipts_root: bytes) -> bytes:
        """The 32 bytes that are signed."""
        voucher = keccak(_VOUCHER_TYPE + channel_id + _word(cumulative) + receipts_root)
        return keccak(self._prefix + voucher)

    def sign(self, signer: Signer, channel_id: bytes, cumulative: int, receipts_root: bytes) -> bytes:
        """The signature in its short form."""
        return short(signer.sign_digest(self.digest(channel_id, cumulative, receipts_root)))

    def check_place(self, claim: Claim) -> None:
        """Raises VoucherRefused for a claim on another chain, or on another contract."""
        if claim.chain_id != self.chain_id:
            raise VoucherRefused(
                "another_chain",
                f"the voucher is for chain {claim.chain_id}: sign it for chain {self.chain_id}",
            )
        if claim.meter.lower() != self.meter.lower():
            raise VoucherRefused(
                "another_contract", f"the voucher is for the contract {claim.meter}: sign it for {self.meter}"
            )

    def check_signature(self, signed: SignedVoucher, signer: str) -> bytes:
        """The signature in its short form; raises VoucherRefused if it is not the signer's."""
        claim = signed.claim
        signature = short(signed.signature)
        found = signer_of(signature, self.digest(claim.channel_id, claim.cumulative, claim.receipts_root))
        if found != signer:
            who = "nobody" if found is None else found
            raise VoucherRefused(
                "bad_signature", f"the voucher is signed by {who}, not by the signer {signer}"
            )
        return signature


def short(signature: bytes) -> bytes:
    """A signature in the short form of ERC-2098: r, and s with the parity in its highest bit.

    Raises VoucherRefused for what has no such form.
    """
    if len(signature) == 64:
        return signature
    if len(signature) != 65 or signature[64] not in (0, 1, 27, 28):
        raise VoucherRefused("bad_signature", "a signature has 65 bytes (r, s, v), or 64 in its short form")
    parity, s = (signature[64] - 27) % 2 if signature[64] > 1 else signature[64], signature[32:64]
    if s[0] > 0x7F:
        twin = _ORDER - int.from_bytes(s, "big")
        if twin <= 0:
            raise VoucherRefused("bad_signature", "the signature's s is no number of the curve")
        parity, s = 1 - parity, _word(twin)
    return signature[:32] + bytes([s[0] | parity << 7]) + s[1:]


def signer_of(signature: bytes, digest: bytes) -> str | None:
    """Whose signature in the short form it is, or None if it is nobody's."""
    parity, s = signature[32] >> 7, bytes([signature[32] & 0x7F]) + signature[33:]
    try:
        key = PublicKey.from_signature_and_message(signature[:32] + s + bytes([parity]), digest, hasher=None)
    except ValueError:
        return None
    return checksummed("0x" + keccak(key.format(compressed=False)[1:])[-20:].hex())


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
