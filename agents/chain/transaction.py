"""EIP-1559 transactions as bytes: what is signed, what is sent, and both read back.

Written out here because signing is on the way of every bid, and a general encoder takes longer than the
signature itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from eth_utils.crypto import keccak
from hexbytes import HexBytes

from agents.chain.accounts import TypedTransaction

TYPE = b"\x02"


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one transaction says. Fees are wei for each unit of gas, ``value`` is wei."""

    chain_id: int
    nonce: int
    tip: int
    max_fee: int
    gas: int
    to: str
    value: int
    data: bytes

    @property
    def cost(self) -> int:
        """The most, in wei, that it can take from its sender."""
        return self.gas * self.max_fee + self.value

    def digest(self) -> bytes:
        """The 32 bytes to sign."""
        return keccak(TYPE + _list(self._items()))

    def signed(self, signature: bytes) -> bytes:
        """What a node takes; ``signature`` is the 65 bytes (r, s, parity of y)."""
        r, s = signature[:32].lstrip(b"\0"), signature[32:64].lstrip(b"\0")
        return TYPE + _list([*self._items(), _number(signature[64]), _bytes(r), _bytes(s)])

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """The transaction in signed bytes of our own."""
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        return cls(
            chain_id=fields["chainId"],
            nonce=fields["nonce"],
            tip=fields["maxPriorityFeePerGas"],
            max_fee=fields["maxFeePerGas"],
            gas=fields["gas"],
            to="0x" + bytes(fields["to"]).hex(),
            value=fields["value"],
            data=bytes(fields["data"]),
        )

    def _items(self) -> list[bytes]:
        numbers = (self.chain_id, self.nonce, self.tip, self.max_fee, self.gas)
        to = bytes.fromhex(self.to[2:])
        return [*map(_number, numbers), _bytes(to), _number(self.value), _bytes(self.data), b"\xc0"]


def _number(value: int) -> bytes:
    return _bytes(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _bytes(value: bytes) -> bytes:
    if len(value) == 1 and value[0] < 0x80:
        return value
    return _head(0x80, len(value)) + value


def _list(items: Sequence[bytes]) -> bytes:
    body = b"".join(items)
    return _head(0xC0, len(body)) + body


def _head(kind: int, length: int) -> bytes:
    """RLP's prefix: up to 55 bytes the length is in it, beyond that the length of the length."""
    if length < 56:
        return bytes([kind + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([kind + 55 + len(size)]) + size
