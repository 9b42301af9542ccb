"""Signed transactions, put together again from what a node says of them."""

from typing import Any

import rlp
from eth_utils.crypto import keccak

from agents.errors import TransportError


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
    call = [
        *(_number(told[name]) for name in ("gas",)),
        _bytes(told["to"]),
        _number(told["value"]),
        _bytes(told["input"]),
    ]
    signature = [_number(told["r"]), _number(told["s"])]
    if kind == 0:
        price = [_number(told["nonce"]), _number(told["gasPrice"])]
        return rlp.encode([*price, *call, _number(told["v"]), *signature])
    fees = ["gasPrice"] if kind == 1 else ["maxPriorityFeePerGas", "maxFeePerGas"]
    if kind not in (1, 2):
        raise ValueError(f"type {kind}")
    head = [_number(told[name]) for name in ("chainId", "nonce", *fees)]
    listed = [
        [_bytes(one["address"]), [_bytes(key) for key in one["storageKeys"]]] for one in told["accessList"]
    ]
    return bytes([kind]) + rlp.encode([*head, *call, listed, _number(told["yParity"]), *signature])


def _bytes(text: str | None) -> bytes:
    return bytes.fromhex(text[2:]) if text else b""


def _number(text: str) -> bytes:
    """As RLP writes it: without leading zeros."""
    number = int(text, 16)
    return number.to_bytes((number.bit_length() + 7) // 8)
