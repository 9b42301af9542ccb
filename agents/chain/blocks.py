"""Reads stretches of blocks with the logs of some contracts, and believes of a node only what fits together.

Nodes lose logs, repeat them, and take them from blocks that have left the chain. A block's bloom tells whether
a contract logged anything in it, and the last receipt how many logs it holds; where the node's list does not
agree, the receipts of all its transactions are read in its place.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import structlog
from eth_utils.crypto import keccak

from agents.chain.logs import Log
from agents.chain.rpc import Rpc, quantity
from agents.errors import TransportError

BATCH = 100
"""Receipts in one request."""
NO_PARENT = "0x" + "00" * 32
"""What Hardhat gives as the parent of blocks that it only pretends to mine (hardhat_mine)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Header:
    """What is kept of a block, and beside it what it costs and what tells whether its logs are all there."""

    number: int
    hash: str
    parent: str
    timestamp: int
    base_fee: int = field(default=0, compare=False, repr=False)
    """Wei for each unit of gas."""
    bloom: int = field(default=0, compare=False, repr=False)
    transactions: tuple[str, ...] = field(default=(), compare=False, repr=False)
    bodies: tuple[Mapping[str, Any], ...] = field(default=(), compare=False, repr=False)
    """The transactions as the node gives them, where they were asked for in full."""

    @classmethod
    def read(cls, raw: Any, number: int | None = None) -> Self:
        """The header in a node's answer to a question for block ``number``, or for any; raises TransportError."""
        try:
            listed = raw["transactions"]
            bodies = tuple(one for one in listed if not isinstance(one, str))
            header = cls(
                int(raw["number"], 16),
                raw["hash"],
                raw["parentHash"],
                int(raw["timestamp"], 16),
                int(raw["baseFeePerGas"], 16),
                int(raw["logsBloom"], 16),
                tuple(one["hash"] for one in bodies) or tuple(listed),
                bodies,
            )
        except (KeyError, TypeError, ValueError) as error:
            what = "a block" if number is None else f"block {number}"
            raise TransportError(f"the node sent no readable header of {what}") from error
        if number not in (None, header.number):
            raise TransportError(f"the node sent block {header.number} in place of block {number}")
        return header


class BlockReader:
    """Reads the logs of ``addresses``, and with ``full`` the transactions of all blocks."""

    def __init__(self, rpc: Rpc, addresses: Collection[str], *, full: bool = False) -> None:
        self._rpc, self._addresses, self._full = rpc, frozenset(addresses), full
        self._marks = [_mark(bytes.fromhex(address[2:])) for address in addresses]

    async def header(self, number: int) -> Header | None:
        """The block's header, or None when the node has no such block. Raises TransportError."""
        raw = await self._rpc.call("eth_getBlockByNumber", quantity(number), False)
        return None if raw is None else Header.read(raw, number)

    async def read(self, first: int, last: int) -> list[tuple[Header, list[Log]]] | None:
        """The blocks and their logs in order, or None when they are not of one chain. Raises TransportError.

        The headers are asked for after the logs: a reorg in between then shows in the hashes.
        """
        raw_logs = await self._rpc.call(
            "eth_getLogs",
            {"fromBlock": quantity(first), "toBlock": quantity(last), "address": list(self._addresses)},
        )
        numbers = range(first, last + 1)
        raw_headers = await self._rpc.batch(
            [("eth_getBlockByNumber", (quantity(one), self._full)) for one in numbers]
        )
        headers = [Header.read(raw, number) for raw, number in zip(raw_headers, numbers, strict=True)]
        logs: dict[int, list[Log]] = {number: [] for number in numbers}
        for one in sorted((Log.read(raw) for raw in raw_logs), key=lambda one: (one.block, one.index)):
            if one.block not in logs or one.block_hash != headers[one.block - first].hash:
                return None
            logs[one.block].append(one)
        return await self._complete(headers, logs)

    async def _complete(
        self, headers: Sequence[Header], logs: dict[int, list[Log]]
    ) -> list[tuple[Header, list[Log]]]:
        """The same blocks with all their logs."""
        doubtful = [header for header in headers if logs[header.number] or self._may_log(header)]
        ends = await self._receipts([header.transactions[-1] for header in doubtful if header.transactions])
        for header in doubtful:
            found = logs[header.number]
            count = _logs_until(ends[header.transactions[-1]], header) if header.transactions else 0
            if not count or [one.index for one in found] != list(range(count)):
                logs[header.number] = await self._from_receipts(header)
                if Counter(logs[header.number]) != Counter(found):
                    log.warning("logs_were_wrong", block=header.number, listed=len(found))
        return [(header, logs[header.number]) for header in headers]

    def _may_log(self, header: Header) -> bool:
        return any(header.bloom & mark == mark for mark in self._marks)

    async def _from_receipts(self, header: Header) -> list[Log]:
        """The block's logs as its receipts hold them; raises TransportError where those have a gap."""
        receipts = await self._receipts(header.transactions)
        logs = [Log.read(raw) for tx_hash in header.transactions for raw in _logs(receipts[tx_hash], header)]
        if [one.index for one in logs] != list(range(len(logs))):
            raise TransportError(f"the receipts of block {header.number} do not hold all its logs")
        return [one for one in logs if one.address in self._addresses]

    async def _receipts(self, hashes: Sequence[str]) -> dict[str, Any]:
        answers = await self._rpc.batches([("eth_getTransactionReceipt", (one,)) for one in hashes], BATCH)
        return dict(zip(hashes, answers, strict=True))


def linked(headers: Sequence[Header]) -> bool:
    """Whether each block is the child of the one before."""
    return all(after.parent in (before.hash, NO_PARENT) for before, after in pairwise(headers))


def _logs(receipt: Any, header: Header) -> list[Any]:
    """The raw logs in a receipt of a transaction of this block; raises TransportError when it is none."""
    try:
        if receipt["blockHash"] != header.hash:
            raise TransportError(f"block {header.number} left the chain while it was read")
        return list(receipt["logs"])
    except (KeyError, TypeError) as error:
        raise TransportError(f"the node sent no readable receipt of block {header.number}") from error


def _logs_until(receipt: Any, header: Header) -> int:
    """How many logs the block holds up to this transaction; 0 where its receipt, which has none, does not tell."""
    logs = _logs(receipt, header)
    return Log.read(logs[-1]).index + 1 if logs else 0


def _mark(value: bytes) -> int:
    """The three bits that a value sets in a bloom of 2,048."""
    digest = keccak(value)
    mark = 0
    for at in (0, 2, 4):
        mark |= 1 << (int.from_bytes(digest[at : at + 2], "big") % 2048)
    return mark
