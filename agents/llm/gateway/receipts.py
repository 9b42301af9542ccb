"""What a call of a model came to, and the digest by which the chain knows it.

The digest is the EIP-712 struct hash of

    Receipt(bytes32 channelId,uint256 number,uint256 agentId,uint256 task,string model,string purpose,
            uint256 promptTokens,uint256 cachedTokens,uint256 completionTokens,uint256 cost,uint256 cumulative,
            bytes32 request,bytes32 response,uint256 status,uint256 time)

so that any library that knows typed data computes it. ``request`` and ``response`` are SHA-256 digests of the
bodies as they went over the wire; of a stream, of its events without the comments.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from agents.errors import UnknownCall
from agents.errors.tokens import Usage
from agents.llm.gateway.tree import keccak

TYPE = (
    "Receipt(bytes32 channelId,uint256 number,uint256 agentId,uint256 task,string model,string purpose,"
    "uint256 promptTokens,uint256 cachedTokens,uint256 completionTokens,uint256 cost,uint256 cumulative,"
    "bytes32 request,bytes32 response,uint256 status,uint256 time)"
)
_TYPE_HASH = keccak(TYPE.encode())
_PREFIX = 8
"""Bytes of the channel's id that stand in a call's."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One call that was charged, in units; nothing of what was said."""

    channel_id: bytes
    number: int
    """Which of the channel's receipts it is, from 1 on."""
    agent_id: int
    task: int
    """The task that was thought about, or 0."""
    model: str
    purpose: str
    usage: Usage
    cost: int
    cumulative: int
    """What the channel has cost with this call."""
    request: bytes = field(repr=False)
    """SHA-256 of the request's body."""
    response: bytes = field(repr=False)
    status: int
    """The HTTP status of the answer."""
    time: int
    """When it was settled, in chain time."""

    @property
    def call(self) -> str:
        """The receipt's name: the beginning of its channel's id, and its number."""
        return call_of(self.channel_id, self.number)

    @property
    def digest(self) -> bytes:
        """What stands under the root of a voucher."""
        numbers = (self.number, self.agent_id, self.task)
        counts = (
            *(self.usage.prompt_tokens, self.usage.cached_tokens, self.usage.completion_tokens),
            *(self.cost, self.cumulative),
        )
        words = (
            *(_TYPE_HASH, self.channel_id, *map(_word, numbers), _hash(self.model), _hash(self.purpose)),
            *(*map(_word, counts), self.request, self.response, _word(self.status), _word(self.time)),
        )
        return keccak(b"".join(words))

    def as_json(self) -> dict[str, Any]:
        """The receipt for machines."""
        return {
            "call": self.call,
            "channel_id": f"0x{self.channel_id.hex()}",
            "number": self.number,
            "agent_id": self.agent_id,
            "task": self.task,
            "model": self.model,
            "purpose": self.purpose,
            "prompt_tokens": self.usage.prompt_tokens,
            "cached_tokens": self.usage.cached_tokens,
            "completion_tokens": self.usage.completion_tokens,
            "cost": self.cost,
            "cumulative": self.cumulative,
            "request": f"0x{self.request.hex()}",
            "response": f"0x{self.response.hex()}",
            "status": self.status,
            "time": self.time,
            "digest": f"0x{self.digest.hex()}",
        }


def call_of(channel_id: bytes, number: int) -> str:
    """The name of the channel's receipt with this number."""
    return f"{channel_id[:_PREFIX].hex()}-{number}"


def parse_call(call: str) -> tuple[bytes, int]:
    """How the channel's id begins, and the number; raises UnknownCall for what names no call."""
    begin, dash, number = call.partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) < 16
    try:
        prefix = bytes.fromhex(begin)
    except ValueError:
        raise UnknownCall(call) from None
    if not dash or not is_number or len(prefix) != _PREFIX or prefix.hex() != begin:
        raise UnknownCall(call)
    return prefix, int(number)


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@lru_cache(maxsize=1024)
def _hash(text: str) -> bytes:
    return keccak(text.encode())


@dataclass(frozen=True, slots=True)
class Proof:
    """That a receipt is one of those under a root."""

    receipt: Receipt
    root: bytes
    cumulative: int
    """What the channel had cost when the root was signed."""
    path: tuple[bytes, ...]
    """As UsageMeter.verifyReceipt takes it."""
    redeemed: bool
    """Whether the root is the newest that was redeemed; else it is that of all receipts so far."""
