"""Keeps an index up with its chain: reads ranges of blocks, the next one while the last is written, and takes back what
left the chain. Node and database may go and come back; the index goes on where it was.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal, Self, TypeVar

import structlog
from sqlalchemy import Engine

from agents.chain.blocks import Header
from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc, number, quantity
from agents.errors import (
    DatabaseDown,
    IndexInUse,
    NodeBehind,
    RpcError,
    TransportError,
    WrongChain,
)
from agents.explorer.reader import BlockData, MarketReader
from agents.explorer.waiting import within
from agents.explorer.writer import UNDO_BLOCKS, Cursor, Writer

RANGE = 100
"""Blocks in one request and one transaction."""
POLL = 0.1
"""Seconds between two looks at the head."""
PATIENCE = 10.0
"""Seconds that a node may lack blocks that it has told of before. One among several may lag behind the others;
after that the blocks have left the chain."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""Seconds before another try while the node or the database is down; each is twice as long as the one before."""
STEPS = 64
"""Blocks whose hashes are compared at a time when a common ancestor is looked for."""

Progress = Callable[[int, int], None]
"""Is told how many blocks of how many are done."""
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """How an index stands to its chain."""

    cursor: Cursor | None = None
    """What the index holds; None before it was opened."""
    chain_head: int | None = None
    """The newest block that the node told of."""
    node: Literal["up", "down"] | None = None
    """Whether it answers; None before it was asked."""
    node_since: float = 0.0
    """When that began, in seconds since 1970."""
    database: Literal["up", "down"] = "up"
    writing: bool = False
    """Whether this process is the one that writes the index."""
    trouble: str | None = None
    """What is wrong now, as a person reads it."""

    @property
    def behind(self) -> int | None:
        """How many blocks the index lacks; None where nobody knows."""
        if self.cursor is None or self.chain_head is None:
            return None
        return max(0, self.chain_head - self.cursor.block)


class Indexer:
    """Writes the index of one deployment; use as ``async with Indexer(...) as indexer``."""

    def __init__(
        self,
        rpc: Rpc,
        deployment: Deployment,
        engine: Engine,
        *,
        progress: Progress | None = None,
        changed: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
        poll: float = POLL,
        range_blocks: int = RANGE,
        undo_blocks: int = UNDO_BLOCKS,
    ) -> None:
        """``changed`` is called in the event loop after every change of ``status``, blocks that were written among
        them; ``progress`` while a backlog is read. ``patience`` and ``poll`` are in seconds;
        ``range_blocks`` are read at a time, and ``undo_blocks`` below the head can be taken back at once."""
        self._rpc, self._deployment = rpc, deployment
        self._reader = MarketReader(rpc, deployment)
        self._writer = Writer(engine, deployment, undo_blocks)
        # All of the writer's steps are taken by one thread, so that none is taken twice at a time.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._progress, self._changed = progress, changed
        self._patience, self._poll, self._range = patience, poll, range_blocks
        self._behind_since: float | None = None
        self._closed = False
        self.status = Status()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the index; nothing more can be done with it here."""
        if self._closed:
            return
        self._closed = True
        await self._work(self._writer.close)
        self._thread.shutdown()
        self._tell(writing=False)

    async def catch_up(self) -> Cursor:
        """The index holds all blocks up to the newest that the node has.

        Raises TransportError, or NodeBehind where the node lacks blocks of the index; RpcError; DatabaseDown,
        IndexInUse, IndexTooNew, IndexOfAnotherChain; and WrongChain when the node is on another chain by now.
        Nothing is lost: call again.
        """
        start = None
        while True:
            cursor, head = await self._look()
            if head <= cursor.block:
                return cursor
            start = cursor.block if start is None else start
            await self._advance(cursor, head, start)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep up with the chain until ``stop`` is set, whatever becomes of node and database meanwhile.

        Raises IndexTooNew and IndexOfAnotherChain.
        """
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                await self.catch_up()
                pause, wait = FIRST_PAUSE, self._poll
            except (TransportError, RpcError, WrongChain) as error:
                self._node_is("down", str(error))
                pause, wait = min(2 * pause, LONGEST_PAUSE), pause
            except (DatabaseDown, IndexInUse) as error:
                self._database_is_down(error)
                pause, wait = min(2 * pause, LONGEST_PAUSE), pause
            await within(wait, stop)

    async def _look(self) -> tuple[Cursor, int]:
        """Where the index and the chain's head are, after all that left the chain was taken back."""
        cursor = await self._open()
        head, raw = await self._rpc.batch(
            [("eth_blockNumber", ()), ("eth_getBlockByNumber", (quantity(max(cursor.block, 0)), False))]
        )
        newest = number(head)
        if cursor.hash and (raw is None or Header.read(raw, cursor.block).hash != cursor.hash):
            if newest < cursor.block and await self._is_behind(cursor, newest):
                raise NodeBehind(cursor.block, newest)
            cursor = await self._rewind(cursor)
        self._behind_since = None
        self._node_is("up", None, cursor=cursor, chain_head=newest)
        return cursor, newest

    async def _open(self) -> Cursor:
        if self._writer.is_open and self.status.cursor is not None:
            return self.status.cursor
        cursor = await self._work(self._writer.open)
        self._tell(cursor=cursor, database="up", writing=True)
        return cursor

    async def _advance(self, cursor: Cursor, head: int, start: int) -> None:
        """Take in the blocks up to ``head``, or up to where they no longer follow from those in the index."""
        starts = range(cursor.block + 1, head + 1, self._range)
        ranges = [(first, min(first + self._range - 1, head)) for first in starts]
        parent: str | None = cursor.hash or None
        reading = asyncio.create_task(self._reader.read(*ranges[0], parent))
        try:
            for at, (_, last) in enumerate(ranges):
                blocks = await reading
                if blocks is None:
                    return
                if at + 1 < len(ranges):
                    parent = blocks[-1].header.hash
                    reading = asyncio.create_task(self._reader.read(*ranges[at + 1], parent))
                await self._write(blocks, head)
                if self._progress is not None:
                    self._progress(last - start, head - start)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _write(self, blocks: list[BlockData], head: int) -> None:
        self._tell(cursor=await self._work(self._writer.write, blocks, head))

    async def _is_behind(self, cursor: Cursor, head: int) -> bool:
        """Whether the node is on our chain, and has not been short of its newest blocks for too long."""
        now = asyncio.get_running_loop().time()
        if self._behind_since is None:
            self._behind_since = now
            log.warning("node_behind", block=cursor.block, head=head)
        ours = (await self._work(self._writer.hashes, head, head)).get(head)
        theirs = await self._reader.header(head)
        on_our_chain = ours is None or (theirs is not None and theirs.hash == ours)
        return on_our_chain and now - self._behind_since < self._patience

    async def _rewind(self, cursor: Cursor) -> Cursor:
        """Take back the blocks that are no longer in the chain."""
        await self._check_genesis()
        ancestor = await self._ancestor(cursor)
        rewound = await self._work(self._writer.rewind, ancestor)
        log.warning("reorg", block=cursor.block, ancestor=ancestor)
        self._tell(cursor=rewound)
        return rewound

    async def _ancestor(self, cursor: Cursor) -> int:
        """The newest block that is in the index and in the node's chain."""
        first = self._deployment.deploy_block
        for top in range(cursor.block - 1, first - 1, -STEPS):
            bottom = max(first, top - STEPS + 1)
            ours = await self._work(self._writer.hashes, bottom, top)
            for header in reversed(await self._reader.headers(range(bottom, top + 1))):
                if header is not None and ours.get(header.number) == header.hash:
                    return header.number
        return first - 1

    async def _check_genesis(self) -> None:
        """Raises WrongChain: a node that was started anew has lost its chain, and not this index its blocks."""
        genesis = await self._reader.header(0)
        if genesis is None or genesis.hash != self._deployment.genesis_hash:
            found = genesis.hash if genesis else "none"
            raise WrongChain(self._deployment.chain_id, self._deployment.genesis_hash, found)

    async def _work(self, step: Callable[..., T], *arguments: object) -> T:
        """What a step of the writer returns, taken beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, step, *arguments)

    def _node_is(self, node: Literal["up", "down"], trouble: str | None, **changes: object) -> None:
        if node != self.status.node:
            if node == "down":
                log.warning("node_down", reason=trouble)
            changes["node_since"] = time.time()
        self._tell(node=node, trouble=trouble, **changes)

    def _database_is_down(self, error: DatabaseDown | IndexInUse) -> None:
        if self.status.trouble != str(error):
            log.warning("index_not_written", reason=str(error))
        database = "down" if isinstance(error, DatabaseDown) else "up"
        self._tell(database=database, writing=False, trouble=str(error))

    def _tell(self, **changes: object) -> None:
        status = replace(self.status, **changes)  # type: ignore[arg-type] # the fields' own types
        if status != self.status:
            self.status = status
            self._changed()
