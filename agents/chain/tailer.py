"""Reads the contracts' events block by block, each once, into the store; after a restart, from there.

A block is in the store with all its logs or not at all, so the highest block there is the cursor. The
parent hashes form one chain; when the node's chain is another one, the blocks that left it are deleted
and the consumer is told, before it is given anything new.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from agents.chain import consumers
from agents.chain.abi import Decoders, Event
from agents.chain.blocks import BlockReader, Header, linked
from agents.chain.consumers import Place
from agents.chain.logs import Log
from agents.chain.rpc import Rpc, number
from agents.chain.store import Store
from agents.errors import NodeBehind, TransportError

RANGE = 100
"""Blocks in one request: a Hardhat node scans every log of the range while it answers nothing else."""
TRIES = 3
"""How often a range is read whose logs and headers do not belong to one chain, as in the midst of a reorg."""
PATIENCE = 10.0
"""Seconds that a node may lack blocks that it has told of before. One among several may lag behind the others;
after that the blocks have left the chain."""

log = structlog.get_logger(__name__)


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
    interest. The store must be tied to the chain (``Store.pin``) before. ``patience`` is the seconds for which
    a node that lacks our newest blocks counts as behind.
    """

    def __init__(
        self,
        rpc: Rpc,
        store: Store,
        decoders: Mapping[str, Decoders],
        start_block: int,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._rpc, self._store, self._decoders, self._start = rpc, store, decoders, start_block
        self._reader = BlockReader(rpc, list(decoders))
        self._patience = patience
        self._behind_since: float | None = None

    @property
    def cursor(self) -> Header | None:
        """The highest block in the store."""
        row = self._store.db.execute("SELECT * FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else Header(**row)

    async def poll(self) -> list[BlockEvents | Reorg]:
        """What is new since the last call or the last process, at most RANGE blocks; empty at the head.

        A Reorg comes alone and first. Raises NodeBehind when the node lacks blocks that are in the store, and
        TransportError; nothing is lost: call again.
        """
        cursor = self.cursor
        head = number(await self._rpc.call("eth_blockNumber"))
        if cursor is not None and not await self._is_current(cursor):
            if head < cursor.number and await self._is_behind(cursor, head):
                raise NodeBehind(cursor.number, head)
            return [await self._rewind(cursor)]
        self._behind_since = None
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

    def since(self, place: Place, kinds: Collection[type[Event]] = ()) -> Iterator[LoggedEvent]:
        """The events in the store from a place on, in order, without the node; of some kinds, or of all."""
        query = (
            "SELECT logs.*, number, hash, parent, timestamp FROM logs JOIN blocks ON number = block "
            "WHERE (block, idx) >= (?, ?) {} ORDER BY block, idx"
        )
        topics = [kind.TOPIC for kind in kinds]
        marks = f"AND substr(topics, 1, 32) IN ({','.join('?' * len(topics))})" if topics else ""
        for row in self._store.db.execute(query.format(marks), (*place, *topics)).fetchall():
            header = Header(row["number"], row["hash"], row["parent"], row["timestamp"])
            yield from self._events(header, [_from_row(row, header)]).events

    async def _is_current(self, cursor: Header) -> bool:
        now = await self._reader.header(cursor.number)
        return now is not None and now.hash == cursor.hash

    async def _is_behind(self, cursor: Header, head: int) -> bool:
        """Whether the node is on our chain, and has not been short of its newest blocks for too long."""
        now = asyncio.get_running_loop().time()
        if self._behind_since is None:
            self._behind_since = now
            log.warning("node_behind", block=cursor.number, head=head)
        ours = self._store.db.execute("SELECT * FROM blocks WHERE number = ?", (head,)).fetchone()
        on_our_chain = ours is None or await self._is_current(Header(**ours))
        return on_our_chain and now - self._behind_since < self._patience

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
            consumers.rewind(db, ancestor)
        self._behind_since = None
        log.warning("reorg", block=cursor.number, ancestor=ancestor)
        return Reorg(ancestor)

    async def _read(self, cursor: Header | None, first: int, last: int) -> list[BlockEvents]:
        for _ in range(TRIES):
            found = await self._reader.read(first, last)
            before = [cursor] if cursor else []
            if found is not None and linked([*before, *(header for header, _ in found)]):
                # All are decoded before the first is kept: what is kept is also returned.
                blocks = [self._events(header, logs) for header, logs in found]
                for header, logs in found:
                    self._keep(header, logs)
                return blocks
        raise TransportError(f"the node's logs and headers of blocks {first} to {last} are not of one chain")

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


def _from_row(row: Mapping[str, Any], header: Header) -> Log:
    topics = tuple(row["topics"][at : at + 32] for at in range(0, len(row["topics"]), 32))
    return Log(header.number, header.hash, row["idx"], row["tx"], row["address"], topics, row["data"])
