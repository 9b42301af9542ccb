"""Reads a request's body: junk and what the rules do not let through becomes a refusal, call by call."""

import json
from dataclasses import dataclass
from typing import Any

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import WEIGHTS, Rules
from agents.chain.guard.transactions import Signed, read
from agents.errors import Refused

SAFE_INTEGER = 1 << 53
"""Nodes count ids as JavaScript does."""
LONGEST_ID = 256
BRACKETS = 8
"""Brackets that open, for each call that a request may have: no depth beyond this can be reached."""
_CALL = {"jsonrpc", "id", "method", "params"}
_PENDING = "pending"


@dataclass(slots=True)
class Ask:
    """One call that may go to the node, with the id its client gave it."""

    id: int | str
    method: str
    params: list[Any]
    signed: Signed | None = None
    since: int | None = None
    """The first block whose logs are wanted, where the last is the head."""

    @property
    def weight(self) -> int:
        """What the call counts as, in calls."""
        return WEIGHTS.get(self.method, 1)


@dataclass(slots=True)
class Denied:
    """One call that may not; the id is None where it cannot be known."""

    id: int | str | None
    error: Refused
    weight: int = 1


def _constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def parse(body: bytes, rules: Rules, *, operator: bool) -> tuple[list[Ask | Denied], bool]:
    """The calls of a request, and whether it was a batch.

    Raises Refused when it must be refused as a whole; then nothing of it was looked at.
    """
    # Libraries raise Python's own limit so far that a deep enough nesting ends the process.
    if body.count(b"[") + body.count(b"{") > BRACKETS * rules.most_calls:
        raise refused(Code.JUNK, "the body nests, or lists, more than calls do", 400)
    try:
        said = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        # UnicodeDecodeError is a ValueError too; the text of either may hold the whole body.
        raise refused(Code.JUNK, f"the body is no JSON ({type(error).__name__})", 400) from None
    if not isinstance(said, list):
        return [_call(said, rules, operator=operator)], False
    if not said:
        raise refused(Code.REQUEST, "an empty batch asks nothing", 400)
    if len(said) > rules.most_calls:
        raise refused(Code.SIZE, f"a batch has at most {rules.most_calls} calls, not {len(said)}", 413)
    calls = [_call(one, rules, operator=operator) for one in said]
    ids = [one.id for one in calls if one.id is not None]
    if len(set(ids)) < len(ids):
        raise refused(Code.REQUEST, "two calls of the batch have the same id: nothing of it was done", 400)
    return calls, True


def _call(said: Any, rules: Rules, *, operator: bool) -> Ask | Denied:
    """One call, checked as far as that can be done without the chain."""
    identifier = None
    try:
        if not isinstance(said, dict):
            raise refused(Code.REQUEST, "a call is a JSON object")
        identifier = _identifier(said)
        method, params = said.get("method"), said.get("params", [])
        if said.get("jsonrpc") != "2.0" or not isinstance(method, str) or not said.keys() <= _CALL:
            raise refused(Code.REQUEST, 'a call has "jsonrpc": "2.0", "id", "method", "params" and no more')
        if not isinstance(params, list):
            raise refused(Code.PARAMS, "params are a list")
        if method not in (rules.operator_methods if operator else rules.methods):
            raise _unknown(method, rules)
        if method == "eth_sendRawTransaction":
            signed = _transaction(params, rules, creation=operator or rules.creation)
            return Ask(identifier, method, params, signed=signed)
        if operator:
            # As it is: who deploys contracts that know each other estimates each after those that wait for a block.
            return Ask(identifier, method, params)
        if method == "eth_getLogs":
            return Ask(identifier, method, params, since=_since(params, rules))
        return Ask(identifier, method, _shaped(method, params, rules))
    except Refused as error:
        return Denied(identifier, error)


def _identifier(said: dict[str, Any]) -> int | str:
    """The call's id. What has none is a notification: nobody would learn whether it was done."""
    found = said.get("id")
    if isinstance(found, str) and len(found) <= LONGEST_ID:
        return found
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < SAFE_INTEGER:
        return found
    if found is None:
        raise refused(Code.REQUEST, "a call without an id cannot be answered, so it is not done")
    raise refused(Code.REQUEST, f"an id is a whole number, or text of at most {LONGEST_ID} characters")


def _unknown(method: str, rules: Rules) -> Refused:
    shown = method[:64]
    if method in rules.operator_methods:
        return refused(Code.FORBIDDEN, f"{shown!r} is for operators: use the URL with an operator's key")
    return refused(Code.METHOD, f"{shown!r} is no method that the guard lets through")


def _transaction(params: list[Any], rules: Rules, *, creation: bool) -> Signed:
    if len(params) != 1 or not isinstance(params[0], str) or not params[0].startswith("0x"):
        raise refused(Code.PARAMS, "eth_sendRawTransaction takes the signed bytes as one text 0x…")
    digits = params[0][2:]
    try:
        # bytes.fromhex would skip white space.
        raw = bytes.fromhex(digits) if digits.isalnum() else b""
    except ValueError:
        raw = b""
    if not raw:
        raise refused(Code.PARAMS, "the signed bytes are not hexadecimal")
    return read(raw, rules, creation=creation)


def _shaped(method: str, params: list[Any], rules: Rules) -> list[Any]:
    """The params as the node gets them: with a limit where there is none, and no block built for an answer."""
    if method in ("eth_call", "eth_estimateGas"):
        return _execution(method, params, rules)
    if method == "debug_traceTransaction" and (
        len(params) != 2 or not isinstance(params[1], dict) or params[1].get("tracer") != "callTracer"
    ):
        raise refused(Code.PARAMS, 'debug_traceTransaction takes a hash and {"tracer": "callTracer"}')
    if _PENDING in params and method != "eth_getTransactionCount":
        raise _no_pending(method)
    return params


def _execution(method: str, params: list[Any], rules: Rules) -> list[Any]:
    """A call of code that is there. Without a receiver its data would be the code, an endless loop for instance:
    a Hardhat node spends many seconds on one, with all the gas that a transaction may have, and answers nobody."""
    if not 1 <= len(params) <= 2 or not isinstance(params[0], dict):
        raise refused(Code.PARAMS, f"{method} takes a call and a block")
    call, block = params[0], params[1] if len(params) == 2 else "latest"
    if block == _PENDING:
        raise _no_pending(method)
    if not call.get("to") and not rules.creation:
        raise refused(Code.CREATION, f"{method} calls a contract, so it has a receiver")
    gas = call.get("gas", hex(rules.most_gas))
    try:
        limit = int(gas, 16)
    except (TypeError, ValueError):
        raise refused(Code.PARAMS, "gas is a number as 0x…") from None
    if limit > rules.most_gas:
        raise refused(Code.GAS, f"a call has at most {rules.most_gas} gas, not {limit}")
    return [call | {"gas": gas}, block]


def _since(params: list[Any], rules: Rules) -> int | None:
    """The first block, where only the chain's head tells how many are asked for; refuses those that are too many."""
    if len(params) != 1 or not isinstance(params[0], dict):
        raise refused(Code.PARAMS, "eth_getLogs takes one filter")
    if "blockHash" in params[0]:
        return None
    first, last = (_number(params[0].get(name, "latest")) for name in ("fromBlock", "toBlock"))
    if first is None or last is None:
        return first
    check_range(first, last, rules)
    return None


def check_range(first: int, last: int, rules: Rules) -> None:
    """Raises Refused when these are more blocks than one call may read the logs of."""
    if last - first >= rules.most_blocks:
        raise refused(
            Code.RANGE,
            f"logs are read from at most {rules.most_blocks} blocks a call, not {last - first + 1}: ask in pieces",
        )


def _number(block: Any) -> int | None:
    """The number of a block, or None for the head."""
    if block in ("latest", "safe", "finalized"):
        return None
    if block == "earliest":
        return 0
    try:
        return int(block, 16)
    except (TypeError, ValueError):
        raise refused(Code.PARAMS, 'a block is a number as 0x…, "earliest" or "latest"') from None


def _no_pending(method: str) -> Refused:
    return refused(Code.PARAMS, f"{method} is not asked about pending blocks, as each answer would build one")
