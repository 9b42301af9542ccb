"""Signed transactions, put together again from what a node says of them."""

from typing import Any

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from agents.errors import TransportError

_FEES = {0: ["gasPrice"], 1: ["gasPrice"], 2: ["maxPriorityFeePerGas", "maxFeePerGas"]}
"""By type, the fees that are signed."""


def raw_transaction(told: Any) -> bytes:
    """The transaction as it was signed; ``told`` is a node's answer. Raises TransportError where it does not fit."""
    try:
        raw = _encoded(told)
    except (KeyError, TypeError, ValueError) as error:
        raise TransportError("the node sent no readable transaction") from error
    if keccak(raw).hex() != told["hash"].removeprefix("0x"):
        raise TransportError(f"the node's transaction {told['hash']} is not what its hash says")
    return raw


def _encoded(told: Any) -> bytes:
    kind = int(told["type"], 16)
    if kind not in _FEES:
        raise ValueError(f"type {kind}")
    fees = [_number(told[name]) for name in ("nonce", *_FEES[kind], "gas")]
    call = [_bytes(told["to"]), _number(told["value"]), _bytes(told["input"])]
    signature = [_number(told[name]) for name in ("v", "r", "s")]
    if kind == 0:
        return bytes(rlp.encode([*fees, *call, *signature]))
    listed = [
        [_bytes(one["address"]), [_bytes(key) for key in one["storageKeys"]]] for one in told["accessList"]
    ]
    fields = [_number(told["chainId"]), *fees, *call, listed, *signature]
    return bytes([kind]) + bytes(rlp.encode(fields))


def _bytes(text: str | None) -> bytes:
    return bytes.fromhex(text[2:]) if text else b""


def _number(text: str) -> bytes:
    """As RLP writes it: without leading zeros."""
    number = int(text, 16)
    return number.to_bytes((number.bit_length() + 7) // 8)
