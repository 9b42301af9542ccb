"""Mines one block at a time on a node that mines none by itself, and puts each into the journal."""

import asyncio
import time
from typing import Protocol

import structlog

from agents.chain.guard.watchdog import drop_blockers
from agents.chain.journal.blocks import Block
from agents.chain.journal.book import Journal
from agents.chain.journal.handed import Handed
from agents.chain.journal.transactions import raw_transaction
from agents.chain.rpc import Rpc, quantity
from agents.errors import RpcError, TransportError

TRIES = 3
"""How often a block is tried; after each failure, what keeps it from being built is dropped."""
PRUNE_BLOCKS = 500
"""After so many blocks, transactions that were replaced are forgotten."""

log = structlog.get_logger(__name__)


class BlockClock(Protocol):
    """Says when blocks are."""

    def next(self, last: int) -> int:
        """The timestamp of the block after one that has ``last``."""
        ...


class ChainClock:
    """A ``BlockClock`` by the system's time: it goes on from the last one, however long no node was running."""

    def __init__(self, last: int, *, distinct: bool) -> None:
        """``last`` is the timestamp of the newest block; with ``distinct``, no two blocks have the same."""
        self._ahead = last - time.time()
        self._step = 1 if distinct else 0

    def warp(self, seconds: int) -> None:
        """All later blocks come so many seconds later."""
        self._ahead += seconds

    def next(self, last: int) -> int:
        """The timestamp of the block after one that has ``last``."""
        return max(int(time.time() + self._ahead), last + self._step)


class Builder:
    """Builds the blocks of one journal. Whoever calls it has closed the gate."""

    def __init__(self, journal: Journal, handed: Handed, clock: BlockClock, last: int) -> None:
        """``last`` is the timestamp of the journal's newest block."""
        self._journal, self._handed, self._clock, self._last = journal, handed, clock, last

    async def build(self, rpc: Rpc) -> Block | None:
        """One more block, which is mined and in the journal; or None, when something keeps the node from it that
        could not be found.

        Raises TransportError, after which the node must be replaced: its head may be beyond the journal. Raises
        JournalUnwritable, after which the same is true.
        """
        timestamp = self._clock.next(self._last)
        if not await self._mine(rpc, timestamp):
            return None
        block, hashes = await self._read(rpc)
        await asyncio.to_thread(self._journal.append, block)
        self._last = timestamp
        self._handed.forget(hashes)
        if block.number % PRUNE_BLOCKS == 0:
            pending = await rpc.call("eth_pendingTransactions")
            self._handed.keep_only(one["hash"] for one in pending)
        return block

    async def hand_over_again(self, rpc: Rpc) -> None:
        """A node that took the place of a lost one has all transactions that it still can take."""
        for raw in self._handed.waiting():
            try:
                await rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
            except RpcError as error:
                # It was replaced, or waits for one that was never taken: its sender sees to it.
                log.info("not taken again", reason=error.message)

    async def _mine(self, rpc: Rpc, timestamp: int) -> bool:
        for _ in range(TRIES):
            try:
                await rpc.call("evm_mine", quantity(timestamp))
            except RpcError as error:
                dropped = await drop_blockers(rpc)
                self._handed.forget(one.hash for one in dropped)
                log.warning("block not built", reason=error.message, dropped=len(dropped))
            else:
                return True
        return False

    async def _read(self, rpc: Rpc) -> tuple[Block, list[str]]:
        """The node's newest block, and the hashes of its transactions."""
        told = await rpc.call("eth_getBlockByNumber", "latest", False)
        hashes: list[str] = told["transactions"]
        known = {one: self._handed.get(one) for one in hashes}
        missing = [one for one, raw in known.items() if raw is None]
        found = await rpc.batch([("eth_getTransactionByHash", (one,)) for one in missing])
        known |= {one: raw_transaction(answer) for one, answer in zip(missing, found, strict=True)}
        outcomes = await rpc.call("agora_outcomes", told["number"]) if hashes else "0x"
        number = int(told["number"], 16)
        if number != self._journal.last + 1:
            raise TransportError(f"the node stands at block {number}, the journal at {self._journal.last}")
        block = Block(
            number=number,
            timestamp=int(told["timestamp"], 16),
            base_fee=int(told["baseFeePerGas"], 16),
            mix_hash=bytes.fromhex(told["mixHash"][2:]),
            state_root=bytes.fromhex(told["stateRoot"][2:]),
            hash=bytes.fromhex(told["hash"][2:]),
            transactions=tuple(known[one] or b"" for one in hashes),
            outcomes=bytes.fromhex(outcomes[2:]),
        )
        return block, hashes
