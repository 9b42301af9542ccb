"""What calls, events and refusals say, by the names that the contracts give: for people, as JSON.

integers            numbers, but decimal text beyond what JavaScript holds exactly
Ledger accounts     "agent:5", or an address
bytes               "0x…"
structs             objects by member
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from agents.chain.abi import AbiError, Event, decode
from agents.chain.bindings import abis
from agents.explorer.schema import account_text, hex_text, plain_text

EXACT = 2**53 - 1
"""The largest integer that every reader of JSON holds exactly."""
MOST_INPUT = 32_768
"""Bytes of a call that are taken apart: arguments may all point to the same bytes, so that a long call unfolds into its
length squared."""
MOST_SHOWN = 262_144
"""Characters of a call's arguments that are kept."""
_USUAL = {
    "08c379a0": ("Error", (("message", "string", "string", ()),)),
    "4e487b71": ("Panic", (("code", "uint256", "uint256", ()),)),
}
"""The errors of Solidity itself."""

Convert = Callable[[Any], Any]


def decode_call(contract: str, data: bytes) -> dict[str, Any] | None:
    """The function of the contract with this name that is called, and its arguments; None for what is no such call.

    ``arguments`` is None where they cannot be read, or are too large to show.
    """
    signature = abis.FUNCTIONS.get(contract, {}).get(data[:4].hex())
    if signature is None:
        return None
    return {"contract": contract, "function": signature[0], "arguments": _arguments(signature, data[4:])}


def decode_revert(data: bytes | None) -> dict[str, Any]:
    """Why a transaction failed, as far as its revert data tell; None where nobody knows them."""
    signature = (abis.ERRORS.get(data[:4].hex()) or _USUAL.get(data[:4].hex())) if data else None
    if signature is None or data is None:
        return {"error": None, "arguments": None, "data": None if data is None else hex_text(data[:1024])}
    return {"error": signature[0], "arguments": _arguments(signature, data[4:])}


def arguments_of(contract: str, event: Event) -> dict[str, Any]:
    """An event's arguments by the contract's own names."""
    kind: Any = type(event)
    return {name: convert(getattr(event, slot)) for name, slot, convert in _plan(contract, kind)}


def _arguments(signature: abis.Signature, data: bytes) -> list[dict[str, Any]] | None:
    params = signature[1]
    if len(data) > MOST_INPUT:
        return None
    try:
        values = decode([kind for _, kind, _, _ in params], data, signature[0])
    except AbiError:
        return None
    listed = [
        {"name": param[0] or f"arg{at}", "type": param[2], "value": _converter(param)(value)}
        for at, (param, value) in enumerate(zip(params, values, strict=True))
    ]
    return listed if len(json.dumps(listed)) <= MOST_SHOWN else None


@cache
def _plan(contract: str, kind: type[Event]) -> list[tuple[str, str, Convert]]:
    """The name, the attribute and the way into JSON of each argument of an event."""
    _, params = abis.EVENTS[contract][kind.TOPIC.hex()]
    # Slots stand in the order of declaration.
    slots: Sequence[str] = [name for name in kind.__annotations__ if name not in ("TOPIC", "FIELDS")]
    return [
        (param[0] or slot, slot, _indexed(param, indexed))
        for param, slot, (_, indexed) in zip(params, slots, kind.FIELDS, strict=True)
    ]


def _indexed(param: abis.Param, indexed: bool) -> Convert:
    """The way into JSON of an argument, of which only the hash is known where it is indexed and has no fixed size."""
    convert = _converter(param)
    return (
        (lambda value: hex_text(value) if isinstance(value, bytes) else convert(value))
        if indexed
        else convert
    )


@cache
def _converter(param: abis.Param) -> Convert:
    name, kind, shown, members = param
    if kind.endswith("]"):
        one = _converter((name, kind[: kind.rindex("[")], shown.rpartition("[")[0], members))
        return lambda values: [one(value) for value in values]
    if members:
        return _struct(members)
    if shown == "Account":
        return account_text
    if kind.startswith(("uint", "int")):
        return lambda value: value if -EXACT <= value <= EXACT else str(value)
    if kind.startswith("bytes"):
        return hex_text
    return plain_text if kind == "string" else lambda value: value


def _struct(members: Sequence[abis.Param]) -> Convert:
    converts: Mapping[str, Convert] = {member[0]: _converter(member) for member in members}

    def convert(value: Any) -> dict[str, Any]:
        # Out of a call comes a tuple, out of an event the typed struct.
        values = value if isinstance(value, tuple) else value.to_abi()
        return {name: one(item) for (name, one), item in zip(converts.items(), values, strict=True)}

    return convert
