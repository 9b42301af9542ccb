"""Makes the calls that only read, and turns a refusal of a contract into its typed error."""

from collections.abc import Sequence
from typing import Any, TypeVar

from agents.chain.abi import Call
from agents.chain.bindings.errors import decode_error
from agents.chain.rpc import Rpc, quantity
from agents.errors import ContractError, RpcError

T = TypeVar("T")

BATCH = 200
"""Calls in one request."""


def request(call: Call[Any], sender: str | None = None) -> dict[str, str]:
    """The call as JSON-RPC's transaction object."""
    fields = {"to": call.to, "data": "0x" + call.data.hex(), "value": quantity(call.value)}
    return fields | ({"from": sender} if sender else {})


def refusal(error: RpcError) -> ContractError | RpcError:
    """The contract's own error when the revert data is one of ours, else the node's error as it is."""
    return (error.data and decode_error(error.data)) or error


def tag(block: int | str) -> str:
    """A block as JSON-RPC names it: a number, or a word such as ``latest``."""
    return block if isinstance(block, str) else quantity(block)


async def read(rpc: Rpc, call: Call[T], *, block: int | str = "latest", sender: str | None = None) -> T:
    """What the function returns at ``block``; raises ContractError when the contract refuses."""
    try:
        result = await rpc.call("eth_call", request(call, sender), tag(block))
    except RpcError as error:
        raise refusal(error) from error
    return call.decode(bytes.fromhex(result[2:]))


async def read_many(rpc: Rpc, calls: Sequence[Call[T]], *, block: int | str = "latest") -> list[T]:
    """What each function returns, asked in as few requests as can be; the first refusal is raised.

    Give a block number when the results must belong together: ``latest`` may move in between.
    """
    try:
        results = await rpc.batches([("eth_call", (request(call), tag(block))) for call in calls], BATCH)
    except RpcError as error:
        raise refusal(error) from error
    return [call.decode(bytes.fromhex(result[2:])) for call, result in zip(calls, results, strict=True)]
