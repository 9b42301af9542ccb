"""Reads signed transactions: who sends them, and what they may cost at most.

Whatever the node might read in another way than this module is refused: one way to write each number, no
byte too many, and the lower half of the signatures (EIP-2).
"""

from dataclasses import dataclass

import coincurve
from eth_utils.crypto import keccak

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import Rules

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_WORD = 1 << 256
_FIELDS = {0: 9, 1: 11, 2: 12}
"""How many each type has that is let in; type 0 is that of the oldest transactions, which bear no number."""
_PLACES = {0: (0, 1, 1, 2, 3, 4), 1: (1, 2, 2, 3, 4, 5), 2: (1, 3, 2, 4, 5, 6)}
"""Where nonce, fee, tip, gas, receiver and value are; where there is no tip, it is the fee."""
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
    if kind not in _FIELDS:
        what = f" ({_NAMED[kind]})" if kind in _NAMED else ""
        raise refused(Code.TYPE, f"transactions of type {kind}{what} are refused: send type 2")
    body = raw[1:] if kind else raw
    fields, signature = _fields(body, kind)
    nonce, price, tip, gas, to, value = (fields[at] for at in _PLACES[kind])
    _check_chain(kind, fields, rules.chain_id)
    if len(to) not in (0, 20):
        raise _garbled("its receiver is no address")
    if not to and not creation:
        raise refused(Code.CREATION, "contracts are created by operators only")
    limit, fee = _number(gas, 8), _number(price, 32)
    if limit > rules.most_gas:
        raise refused(Code.GAS, f"a transaction has at most {rules.most_gas} gas, not {limit}")
    if fee < rules.least_fee:
        raise refused(
            Code.GAS, f"its highest fee is {fee} wei, and nothing below {rules.least_fee} is ever mined"
        )
    if _number(tip, 32) > fee:
        raise refused(Code.GAS, "its tip is above its highest fee")
    cost = limit * fee + _number(value, 32)
    if cost >= _WORD:
        raise _garbled("its cost has more than 256 bits")
    return Signed(_sender(kind, body[:signature], fields, rules.chain_id), _number(nonce, 8), cost)


def _garbled(why: str) -> Exception:
    return refused(Code.TRANSACTION, f"this is no signed transaction: {why}")


def _fields(body: bytes, kind: int) -> tuple[list[bytes], int]:
    """The fields of a transaction, and where the last three of them begin, which are its signature.

    What is in the access list is for the node to read: to descend into it could take for ever.
    """
    count, (at, end, is_list) = _FIELDS[kind], _item(body, 0)
    if not is_list or end != len(body):
        raise _garbled("its bytes are no list, or more than one")
    fields: list[bytes] = []
    starts: list[int] = []
    while at < end and len(fields) < count:
        start, stop, is_list = _item(body, at)
        # The access list stands before the signature, in the types that have one.
        if is_list != (kind > 0 and len(fields) == count - 4):
            raise _garbled("a field is a list that should not be, or the other way round")
        starts.append(at)
        fields.append(body[start:stop])
        at = stop
    if at != end or len(fields) != count:
        raise _garbled(f"it has not {count} fields")
    return fields, starts[-3]


def _item(data: bytes, at: int) -> tuple[int, int, bool]:
    """Where the content of the RLP item at ``at`` begins and ends, and whether it is a list."""
    head = data[at] if at < len(data) else 0
    if head < 0x80:
        start, size = at, 1
    else:
        base = 0xC0 if head >= 0xC0 else 0x80
        start, size = at + 1, head - base
        if size > 55:
            start += size - 55
            digits = data[at + 1 : start]
            size = int.from_bytes(digits)
            if size < 56 or digits[0] == 0:
                raise _garbled("its RLP has a length in another form than the shortest")
        elif head == 0x81 and data[start : start + 1] < b"\x80":
            raise _garbled("its RLP has a byte in another form than the shortest")
    if start + size > len(data):
        raise _garbled("its RLP ends too early")
    return start, start + size, head >= 0xC0


def _number(field: bytes, most: int) -> int:
    if len(field) > most or field[:1] == b"\0":
        raise _garbled("a number is too long, or begins with zero")
    return int.from_bytes(field)


def _check_chain(kind: int, fields: list[bytes], chain_id: int) -> None:
    if kind:
        found = _number(fields[0], 32)
    else:
        mark = _number(fields[6], 32)
        if mark in (27, 28):
            raise refused(Code.CHAIN, f"it is signed for any chain: sign it for chain {chain_id}")
        found = (mark - 35) // 2
    if found != chain_id:
        raise refused(Code.CHAIN, f"it is signed for chain {found}, and this is chain {chain_id}")


def _sender(kind: int, unsigned: bytes, fields: list[bytes], chain_id: int) -> bytes:
    """The address whose key made the signature, which covers all fields before it."""
    mark, r, s = fields[-3:]
    parity = _number(mark, 32) - (0 if kind else 35 + 2 * chain_id)
    if parity not in (0, 1):
        raise _garbled("its signature has no parity")
    if not 0 < _number(r, 32) < _ORDER or not 0 < _number(s, 32) <= _ORDER // 2:
        raise _garbled("its signature is out of range")
    # The fields before the signature, as they stand in the bytes: encoding them anew would take longer.
    payload = unsigned[1 + max(0, unsigned[0] - 0xF7) :]
    if kind:
        digest = keccak(bytes([kind]) + _list(payload))
    else:
        digest = keccak(_list(payload + _integer(chain_id) + b"\x80\x80"))
    try:
        key = coincurve.PublicKey.from_signature_and_message(
            r.rjust(32, b"\0") + s.rjust(32, b"\0") + bytes([parity]), digest, hasher=None
        )
    except ValueError as error:
        raise _garbled("nobody can have made its signature") from error
    return keccak(key.format(compressed=False)[1:])[12:]


def _integer(number: int) -> bytes:
    digits = number.to_bytes((number.bit_length() + 7) // 8)
    return digits if 0 < number < 0x80 else bytes([0x80 + len(digits)]) + digits


def _list(payload: bytes) -> bytes:
    if len(payload) < 56:
        return bytes([0xC0 + len(payload)]) + payload
    size = len(payload).to_bytes((len(payload).bit_length() + 7) // 8)
    return bytes([0xF7 + len(size)]) + size + payload
