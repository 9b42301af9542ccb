"""Reads signed transactions: who sends them, and what they may cost at most.

Whatever the node might read in another way than this module is refused: one way to write each number, no
byte too many, and the lower half of the signatures (EIP-2).
"""

from dataclasses import dataclass
from typing import Any

import coincurve
import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import Rules

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_WORD = 1 << 256
_TYPED = {1: 11, 2: 12}
"""Fields of each type that is let in."""
_NAMED = {3: "blobs", 4: "authorisations"}


@dataclass(frozen=True, slots=True)
class Signed:
    """What matters of a signed transaction; ``cost`` is in wei, the most it can take from its sender."""

    sender: bytes
    nonce: int
    cost: int


def read(raw: bytes, rules: Rules, *, creation: bool) -> Signed:
    """The transaction in ``raw``; raises Refused unless it is one that ``rules`` let through.

    ``creation`` says whether it may create a contract.
    """
    if len(raw) > rules.most_transaction_bytes:
        raise refused(
            Code.TRANSACTION,
            f"a transaction has at most {rules.most_transaction_bytes} bytes, not {len(raw)}",
        )
    kind = raw[0] if raw and raw[0] < 0xC0 else 0
    if kind not in (0, *_TYPED) or not raw:
        what = f" ({_NAMED[kind]})" if kind in _NAMED else ""
        raise refused(Code.TYPE, f"transactions of type {kind}{what} are refused: send type 2")
    body = raw[1:] if kind else raw
    fields = _fields(body, _TYPED.get(kind, 9))
    if kind == 0:
        nonce, price, gas, to, value = fields[:5]
        tip = price
    elif kind == 1:
        nonce, price, gas, to, value = fields[1:6]
        tip = price
    else:
        nonce, tip, price, gas, to, value = fields[1:7]
    _check_chain(kind, fields, rules.chain_id)
    if len(to) not in (0, 20):
        raise _garbled("its receiver is no address")
    if not to and not creation:
        raise refused(Code.CREATION, "contracts are created by operators only")
    limit, fee = _number(gas, 8), _number(price, 32)
    if limit > rules.most_gas:
        raise refused(Code.GAS, f"a transaction has at most {rules.most_gas} gas, not {limit}")
    if _number(tip, 32) > fee:
        raise refused(Code.GAS, "its tip is above its highest fee")
    cost = limit * fee + _number(value, 32)
    if cost >= _WORD:
        raise _garbled("its cost has more than 256 bits")
    return Signed(_sender(kind, body, fields, rules.chain_id), _number(nonce, 8), cost)


def _garbled(why: str) -> Exception:
    return refused(Code.TRANSACTION, f"this is no signed transaction: {why}")


def _fields(body: bytes, count: int) -> list[Any]:
    try:
        fields = rlp.decode(body, strict=True)
    except (rlp.exceptions.RLPException, RecursionError):
        raise _garbled("its RLP cannot be read") from None
    if not isinstance(fields, list) or len(fields) != count:
        raise _garbled(f"it has not {count} fields")
    lists = [at for at, one in enumerate(fields) if isinstance(one, list)]
    if lists != ([] if count == 9 else [count - 4]):
        raise _garbled("a field is a list that should not be, or the other way round")
    return fields


def _number(field: bytes, most: int) -> int:
    if len(field) > most or field[:1] == b"\0":
        raise _garbled("a number is too long, or begins with zero")
    return int.from_bytes(field)


def _check_chain(kind: int, fields: list[Any], chain_id: int) -> None:
    if kind:
        found = _number(fields[0], 32)
    else:
        mark = _number(fields[6], 32)
        if mark in (27, 28):
            raise refused(Code.CHAIN, f"it is signed for any chain: sign it for chain {chain_id}")
        found = (mark - 35) // 2
    if found != chain_id:
        raise refused(Code.CHAIN, f"it is signed for chain {found}, and this is chain {chain_id}")


def _sender(kind: int, body: bytes, fields: list[Any], chain_id: int) -> bytes:
    """The address whose key made the signature, which covers all fields before it."""
    mark, r, s = fields[-3:]
    parity = _number(mark, 32) - (0 if kind else 35 + 2 * chain_id)
    if parity not in (0, 1):
        raise _garbled("its signature has no parity")
    if not 0 < _number(r, 32) < _ORDER or not 0 < _number(s, 32) <= _ORDER // 2:
        raise _garbled("its signature is out of range")
    # The fields before the signature, as they stand in the bytes: encoding them anew would take longer.
    start = 1 if body[0] < 0xF8 else 1 + body[0] - 0xF7
    unsigned = body[start : len(body) - sum(_length(one) for one in (mark, r, s))]
    if kind:
        digest = keccak(bytes([kind]) + _list(unsigned))
    else:
        digest = keccak(_list(unsigned + rlp.encode(chain_id) + b"\x80\x80"))
    try:
        key = coincurve.PublicKey.from_signature_and_message(
            r.rjust(32, b"\0") + s.rjust(32, b"\0") + bytes([parity]), digest, hasher=None
        )
    except ValueError as error:
        raise _garbled("nobody can have made its signature") from error
    return keccak(key.format(compressed=False)[1:])[12:]


def _length(field: bytes) -> int:
    """How long a number of at most 55 bytes is in RLP."""
    return 1 if len(field) == 1 and field[0] < 0x80 else 1 + len(field)


def _list(payload: bytes) -> bytes:
    if len(payload) < 56:
        return bytes([0xC0 + len(payload)]) + payload
    size = len(payload).to_bytes((len(payload).bit_length() + 7) // 8)
    return bytes([0xF7 + len(size)]) + size + payload
