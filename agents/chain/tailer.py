"""Reads the contracts' events block by block, each once, into the store; after a restart, from there.

A block is in the store with all its logs or not at all, so the highest block there is the cursor. The
parent hashes form one chain; when the node's chain is another one, the blocks that left it are deleted
and the consumer is told, before it is given anything new.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import structlog

from agents.chain.abi import Decoders, Event
from agents.chain.logs import Log
from agents.chain.receipts import NO_PARENT
from agents.chain.rpc import Rpc, quantity
from agents.chain.store import Store
from agents.errors import TransportError

RANGE = 100
"""Blocks in one request: a Hardhat node scans every log of the range while it answers nothing else."""
TRIES = 3
"""How often a range is read whose logs and headers do not belong to one chain, as in the midst of a reorg."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Header:
    """What is kept of a block."""

    number: int
    hash: str
    parent: str
    timestamp: int

    @classmethod
    def read(cls, raw: Any, number: int) -> Self:
        """The header in a node's answer to a question for block ``number``; raises TransportError."""
        try:
            header = cls(int(raw["number"], 16), raw["hash"], raw["parentHash"], int(raw["timestamp"], 16))
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError(f"the node sent no readable header of block {number}") from error
        if header.number != number:
            raise TransportError(f"the node sent block {header.number} in place of block {number}")
        return header


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of the market, and where it stands in the chain."""

    block: int
    index: int
    tx_hash: str
    address: str
    event: Event
    timestamp: int


@dataclass(frozen=True, slots=True)
class BlockEvents:
    """A block and its events, of which there may be none."""

    number: int
    hash: str
    timestamp: int
    events: tuple[LoggedEvent, ...]


@dataclass(frozen=True, slots=True)
class Reorg:
    """The blocks above ``ancestor`` have left the chain: forget what came from them and fold again."""

    ancestor: int


class Tailer:
    """The one reader of events in a process.

    ``decoders`` holds the contracts to listen to and their events; ``start_block`` is the first block of
    interest. The store must be tied to the chain (``Store.pin``) before.
    """

    def __init__(self, rpc: Rpc, store: Store, decoders: Mapping[str, Decoders], start_block: int) -> None:
        self._rpc, self._store, self._decoders, self._start = rpc, store, decoders, start_block

    @property
    def cursor(self) -> Header | None:
        """The highest block in the store."""
        row = self._store.db.execute("SELECT * FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else Header(**row)

    async def poll(self) -> list[BlockEvents | Reorg]:
        """What is new since the last call or the last process, at most RANGE blocks; empty at the head.

        A Reorg comes alone and first. Raises TransportError, with nothing lost: call again.
        """
        cursor = self.cursor
        head = int(await self._rpc.call("eth_blockNumber"), 16)
        if cursor is not None and not await self._is_current(cursor):
            return [await self._rewind(cursor)]
        first = self._start if cursor is None else cursor.number + 1
        if head < first:
            return []
        return list(await self._read(cursor, first, min(head, first + RANGE - 1)))

    def replay(self, above: int = -1) -> Iterator[BlockEvents]:
        """All blocks in the store above a number, in order, without the node."""
        rows = self._store.db.execute("SELECT * FROM blocks WHERE number > ? ORDER BY number", (above,))
        for row in rows.fetchall():
            header = Header(**row)
            logs = self._store.db.execute("SELECT * FROM logs WHERE block = ? ORDER BY idx", (header.number,))
            yield self._events(header, [_from_row(one, header) for one in logs.fetchall()])

    async def _is_current(self, cursor: Header) -> bool:
        raw = await self._rpc.call("eth_getBlockByNumber", quantity(cursor.number), False)
        return raw is not None and raw["hash"] == cursor.hash

    async def _rewind(self, cursor: Header) -> Reorg:
        """Delete the blocks that are no longer in the chain, back to the last that is."""
        rows = self._store.db.execute(
            "SELECT * FROM blocks WHERE number < ? ORDER BY number DESC", (cursor.number,)
        )
        ancestor = self._start - 1
        for row in rows.fetchall():
            if await self._is_current(Header(**row)):
                ancestor = int(row["number"])
                break
        with self._store.transaction() as db:
            db.execute("DELETE FROM blocks WHERE number > ?", (ancestor,))
        log.warning("reorg", block=cursor.number, ancestor=ancestor)
        return Reorg(ancestor)

    async def _read(self, cursor: Header | None, first: int, last: int) -> list[BlockEvents]:
        for _ in range(TRIES):
            headers, logs = await self._fetch(first, last)
            if _belong_together(cursor, headers, logs):
                of_block = {header: [one for one in logs if one.block == header.number] for header in headers}
                # All are decoded before the first is kept: what is kept is also returned.
                blocks = [self._events(header, listed) for header, listed in of_block.items()]
                for header, listed in of_block.items():
                    self._keep(header, listed)
                return blocks
        raise TransportError(f"the node's logs and headers of blocks {first} to {last} are not of one chain")

    async def _fetch(self, first: int, last: int) -> tuple[list[Header], list[Log]]:
        """The headers are asked for after the logs: a reorg in between then shows in the hashes."""
        raw_logs = await self._rpc.call(
            "eth_getLogs",
            {"fromBlock": quantity(first), "toBlock": quantity(last), "address": list(self._decoders)},
        )
        numbers = range(first, last + 1)
        raw_headers = await self._rpc.batch(
            [("eth_getBlockByNumber", (quantity(one), False)) for one in numbers]
        )
        headers = [Header.read(raw, number) for raw, number in zip(raw_headers, numbers, strict=True)]
        return headers, sorted((Log.read(raw) for raw in raw_logs), key=lambda one: (one.block, one.index))

    def _keep(self, header: Header, logs: list[Log]) -> None:
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?)",
                (header.number, header.hash, header.parent, header.timestamp),
            )
            db.executemany(
                "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (one.block, one.index, one.tx_hash, one.address, b"".join(one.topics), one.data)
                    for one in logs
                ],
            )

    def _events(self, header: Header, logs: list[Log]) -> BlockEvents:
        """The block's typed events; what the bindings do not know is left out."""
        typed = ((one, one.decode(self._decoders.get(one.address, {}))) for one in logs)
        events = tuple(
            LoggedEvent(one.block, one.index, one.tx_hash, one.address, event, header.timestamp)
            for one, event in typed
            if event is not None
        )
        return BlockEvents(header.number, header.hash, header.timestamp, events)


def _belong_together(cursor: Header | None, headers: list[Header], logs: list[Log]) -> bool:
    """Whether the headers continue the chain from the cursor, and each log is of the block it claims."""
    before = [*([cursor] if cursor else []), *headers[:-1]]
    after = headers if cursor else headers[1:]
    linked = all(b.parent in (a.hash, NO_PARENT) for a, b in zip(before, after, strict=True))
    hashes = {header.number: header.hash for header in headers}
    return linked and all(hashes.get(one.block) == one.block_hash for one in logs)


def _from_row(row: Mapping[str, Any], header: Header) -> Log:
    topics = tuple(row["topics"][at : at + 32] for at in range(0, len(row["topics"]), 32))
    return Log(header.number, header.hash, row["idx"], row["tx"], row["address"], topics, row["data"])
