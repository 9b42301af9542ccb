"""A node whose blocks are mined by the run: one at each second of its timeline, into a journal."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from agents.chain.devnet import CHAIN_ID, deploy_market
from agents.chain.journal.blocks import Block, Genesis
from agents.chain.journal.book import Journal
from agents.chain.journal.builder import Builder
from agents.chain.journal.child import Child
from agents.chain.journal.handed import Handed
from agents.chain.journal.market import keep_market, market_of, write_market
from agents.chain.rpc import Rpc
from agents.errors import NodeLost, NoMarketInJournal, TransportError
from agents.fleet.timeline.outside import Outside
from agents.fleet.timeline.wire import InPlace

LOOK_SECONDS = 0.02
"""Of the real world, between two looks whether the deployment waits for a block."""


class _EachSecond:
    """Every block is a second after the one before."""

    def next(self, last: int) -> int:
        return last + 1


class TimelineNode:
    """Use as ``with TimelineNode(…) as node``. Nobody guards it: it listens on loopback, for this process only."""

    def __init__(
        self, outside: Outside, journal: Journal, genesis: Genesis, *, log: Path | None = None
    ) -> None:
        """``genesis`` is how the chain begins, unless the journal has one; ``log`` takes what the node says."""
        self._outside, self._journal = outside, journal
        self._child = Child(journal, genesis=genesis, log=log)
        self._handed = Handed()
        self.epoch = 0
        """The chain's time when the timeline began, in seconds since 1970."""

    @property
    def url(self) -> str:
        """Where the node answers."""
        return self._child.url

    def transport(self) -> InPlace:
        """A way to the node for an ``Rpc`` on the timeline."""
        return InPlace(self._handed)

    def start(self, addresses: Path) -> None:
        """The node stands where the journal does, the market is on its chain, and ``addresses`` says where.

        Raises ToolchainMissing, NodeLost and what ``replay`` raises.
        """
        self._outside.run(self._begin(addresses))

    def stop(self) -> None:
        """No process is left."""
        self._outside.run(self._child.stop())

    async def mine(self, seen: Callable[[Block], None]) -> NoReturn:
        """On the timeline: a block at each second, of which ``seen`` is told.

        Raises NodeLost, and what ``seen`` raises.
        """
        loop, begun, passed = asyncio.get_running_loop(), asyncio.get_running_loop().time(), 0
        async with Rpc(self.url, transport=self.transport()) as rpc:
            while True:
                passed += 1
                await asyncio.sleep(begun + passed - loop.time())
                try:
                    block = await self._builder.build(rpc)
                except TransportError as error:
                    raise NodeLost(1, str(error)) from error
                if block is not None:
                    seen(block)

    async def _begin(self, addresses: Path) -> None:
        await self._child.start()
        newest = await self._child.rpc.call("eth_getBlockByNumber", "latest", False)
        self._builder = Builder(self._journal, self._handed, _EachSecond(), int(newest["timestamp"], 16))
        try:
            write_market(market_of(self._journal, self._journal.last), addresses, CHAIN_ID)
        except NoMarketInJournal:
            await self._deploy(addresses)
        newest = await self._child.rpc.call("eth_getBlockByNumber", "latest", False)
        self.epoch = int(newest["timestamp"], 16)

    async def _deploy(self, addresses: Path) -> None:
        """Deploy the market, with a block whenever something waits for one."""
        rpc, deploying = self._child.rpc, asyncio.create_task(deploy_market(self.url, addresses))
        try:
            while not deploying.done():
                await asyncio.wait([deploying], timeout=LOOK_SECONDS)
                if await rpc.call("eth_pendingTransactions"):
                    await self._builder.build(rpc)
            deploying.result()
        finally:
            deploying.cancel()
        keep_market(self._journal, addresses, CHAIN_ID)
