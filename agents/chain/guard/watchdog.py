"""Frees a node that can build no block: finds the transactions that keep it from it, and drops those alone.

The guard lets no such transaction through. This is for what came another way, and for what nobody thought of.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import structlog

from agents.chain.rpc import Rpc
from agents.errors import RpcError, TransportError

INTERVALS = 2
"""A head older than so many intervals between blocks is one that something holds back."""
BATCH = 500
"""Calls in one request."""

_UNPAID = re.compile(r"max upfront cost is: (\d+)")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A transaction that is no longer with the node, and what the node said when it built no block."""

    hash: str
    sender: str
    nonce: int
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transaction that waits for a block; ``cost`` is the most it may take from its sender, in wei."""

    hash: str
    sender: str
    nonce: int
    cost: int


async def drop_blockers(rpc: Rpc) -> list[Dropped]:
    """What had to be dropped so that the node builds blocks again; all else still waits for one.

    ``rpc`` is the node's own port. Raises RpcError when the node builds none even with nothing to put in.
    """
    dropped: list[Dropped] = []
    while (reason := await _refusal(rpc)) is not None:
        waiting = await pending_of(rpc)
        blockers = await _unpaid(rpc, waiting, reason) or await _found(rpc, waiting, reason)
        await _drop(rpc, blockers)
        for one in blockers:
            dropped.append(Dropped(one.hash, one.sender, one.nonce, reason.message))
            log.warning("dropped", tx=one.hash, sender=one.sender, nonce=one.nonce, reason=reason.message)
    return dropped


async def watch(rpc: Rpc, interval: float, told: Callable[[Sequence[Dropped]], None]) -> NoReturn:
    """For ever: frees a node that mines by itself every ``interval`` seconds, and tells what it dropped."""
    head, still = -1, 0
    while True:
        await asyncio.sleep(interval)
        try:
            number = int(await rpc.call("eth_blockNumber"), 16)
            still = still + 1 if number == head else 0
            head = number
            if still > INTERVALS:
                told(await drop_blockers(rpc))
        except TransportError as error:
            log.warning("node_unreachable", reason=str(error))


async def find_blocker(rpc: Rpc, waiting: Sequence[Waiting]) -> Waiting:
    """The transaction that keeps the node from building a block, found by leaving out half after half.

    The node is left as it was. Takes about two trials each time the number of transactions doubles.
    """

    async def blocks(few: Sequence[Waiting]) -> bool:
        kept = {one.hash for one in few}
        return await _tried(rpc, [one for one in waiting if one.hash not in kept])

    senders = sorted({one.sender for one in waiting})
    while len(senders) > 1:
        half = senders[: len(senders) // 2]
        found = await blocks([one for one in waiting if one.sender in half])
        senders = half if found else senders[len(half) :]
    own = sorted((one for one in waiting if one.sender == senders[0]), key=lambda one: one.nonce)
    free, bad = 0, len(own)  # The first `free` do not block; the first `bad` do.
    while bad - free > 1:
        middle = (free + bad) // 2
        if await blocks(own[:middle]):
            bad = middle
        else:
            free = middle
    return own[bad - 1]


async def _refusal(rpc: Rpc) -> RpcError | None:
    """Why the node cannot build its next block, or None when it can."""
    try:
        await rpc.call("eth_getBlockByNumber", "pending", False)
    except RpcError as error:
        return error
    return None


async def pending_of(rpc: Rpc) -> list[Waiting]:
    """All transactions that the node holds for a block."""
    return [
        Waiting(one["hash"], one["from"], int(one["nonce"], 16), _cost(one))
        for one in await rpc.call("eth_pendingTransactions")
    ]


def _cost(one: dict[str, Any]) -> int:
    fee = one.get("maxFeePerGas") or one["gasPrice"]
    return int(one["gas"], 16) * int(fee, 16) + int(one["value"], 16)


async def _unpaid(rpc: Rpc, waiting: Sequence[Waiting], reason: RpcError) -> list[Waiting]:
    """What the senders cannot pay for of whom one is meant by ``reason``; empty when that is about something else.

    A sender keeps its first transactions, as many as it can pay for at their highest cost.
    """
    said = _UNPAID.search(reason.message)
    if not said:
        return []
    senders = sorted({one.sender for one in waiting if one.cost == int(said[1])})
    balances = await rpc.batch([("eth_getBalance", (sender, "latest")) for sender in senders])
    unpaid: list[Waiting] = []
    for sender, balance in zip(senders, balances, strict=True):
        left = int(balance, 16)
        for one in sorted((one for one in waiting if one.sender == sender), key=lambda one: one.nonce):
            left -= one.cost
            if left < 0:
                unpaid.append(one)
    return unpaid


async def _found(rpc: Rpc, waiting: Sequence[Waiting], reason: RpcError) -> list[Waiting]:
    if await _tried(rpc, without=waiting):
        raise reason  # No transaction is to blame.
    return [await find_blocker(rpc, waiting)]


async def _tried(rpc: Rpc, without: Sequence[Waiting]) -> bool:
    """Whether the node can build no block even without these; it has them again afterwards."""
    snapshot = await rpc.call("evm_snapshot")
    try:
        await _drop(rpc, without)
        return await _refusal(rpc) is not None
    finally:
        await rpc.call("evm_revert", snapshot)


async def _drop(rpc: Rpc, blockers: Sequence[Waiting]) -> None:
    await rpc.batches([("hardhat_dropTransaction", (one.hash,)) for one in blockers], BATCH)
