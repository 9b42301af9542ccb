"""A chain that survives its node: a guard before it, a journal beneath it.

The node itself mines nothing. A block is mined here while the guard's gate is closed, and is in the journal
before any client can see it. A node that dies is started anew and brought back by replay while clients wait;
after the death of this process, the same journal gives the same chain.
"""

import asyncio
import secrets
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from agents.chain.devnet import CHAIN_ID, deploy_market
from agents.chain.guard.app import build
from agents.chain.guard.gate import Gate
from agents.chain.guard.rules import Rules
from agents.chain.guard.server import GuardServer
from agents.chain.journal.book import Journal
from agents.chain.journal.builder import Builder, ChainClock
from agents.chain.journal.child import Child
from agents.chain.journal.handed import Handed, NotingUpstream
from agents.chain.journal.market import keep_market, market_of, write_market
from agents.chain.journal.replay import Progress
from agents.errors import AgoraError, NoMarketInJournal, PortInUse, TransportError

HOST = "127.0.0.1"
_NOWHERE = f"http://{HOST}:1"
"""Where the node is said to be before there is one; nobody is let through to it."""

log = structlog.get_logger(__name__)


class GuardedNode:
    """Use as ``async with GuardedNode(journal) as node``; inside, ``node.url`` answers agents."""

    def __init__(
        self,
        journal: Path,
        *,
        block_ms: int = 1000,
        host: str = HOST,
        port: int = 0,
        rules: Rules | None = None,
        operator_key: str | None = None,
        log: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """``journal`` is made, or its chain goes on where it stood.

        ``block_ms`` is the time between blocks; port 0 is one that the system chooses; ``rules`` are the guard's;
        ``operator_key`` is made up where none is given; ``log`` is where the node's own output goes; ``progress`` is
        told of replays.

        Entering raises JournalInUse, NotAJournal, JournalDamaged, JournalUnwritable, JournalOfAnotherChain,
        ReplayMismatch, PortInUse, NodeLost or ToolchainMissing. Leaving raises what stopped the chain, if
        anything did.
        """
        self._path, self._host, self._port = journal, host, port
        self._seconds, self._log, self._progress = block_ms / 1000, log, progress
        self._key = operator_key or secrets.token_urlsafe(24)
        given = rules or Rules(chain_id=CHAIN_ID)
        self._rules = replace(given, operator_keys=given.operator_keys | {self._key})
        self._gate, self._handed = Gate(), Handed()
        self._stopping, self._stopped = asyncio.Event(), asyncio.Event()
        self._failure: AgoraError | None = None
        self._open = AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the guard answers, while the node runs."""
        return self._server.url

    @property
    def operator_url(self) -> str:
        """The same for operators, who may deploy contracts. It holds a key: for this machine's programs only."""
        return f"{self._server.url}/k/{self._key}"

    @property
    def raw_url(self) -> str:
        """The node's own port, which changes when it dies. Whoever uses it can break the journal's chain."""
        return self._child.url

    @property
    def pid(self) -> int:
        """The process id of the node's group."""
        return self._child.pid

    @property
    def block(self) -> int:
        """The number of the newest block."""
        return self._journal.last

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._journal = Journal.open(self._path)
            stack.callback(self._journal.close)
            if self._journal.origin:
                self._journal.check()
            self._child = Child(self._journal, log=self._log, progress=self._progress)
            stack.push_async_callback(self._child.stop)
            self._upstream = await stack.enter_async_context(NotingUpstream(_NOWHERE, self._handed))
            app = build(self._upstream, self._rules, self._gate)
            async with self._gate.closed():  # Clients may come, and wait.
                try:
                    self._server = await stack.enter_async_context(GuardServer(app, self._host, self._port))
                except OSError as error:
                    raise PortInUse(self._host, self._port) from error
                await self._child.start()
                self._upstream.url = self._child.url
            self._builder = await self._begin()
            self._running = asyncio.create_task(self._run())
            stack.push_async_callback(self._halt)
            self._open = stack.pop_all()
        return self

    async def _begin(self) -> Builder:
        last = await self._child.rpc.call("eth_getBlockByNumber", "latest", False)
        timestamp = int(last["timestamp"], 16)
        self._clock = ChainClock(timestamp, distinct=self._seconds >= 1)
        return Builder(self._journal, self._handed, self._clock, timestamp)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()
        if self._failure:
            raise self._failure

    async def stopped(self) -> None:
        """Wait until the chain stands still; raises what stopped it, unless that was us."""
        await self._stopped.wait()
        if self._failure:
            raise self._failure

    async def deploy(self, addresses: Path) -> None:
        """The market's contracts are on this chain, and ``addresses`` says where.

        Where the journal has them, nothing is deployed. Raises ToolchainMissing, AddressesStale.
        """
        try:
            market = market_of(self._journal, self._journal.last)
        except NoMarketInJournal:
            await deploy_market(self.raw_url, addresses)
            async with self._gate.closed():
                keep_market(self._journal, addresses, CHAIN_ID)
        else:
            write_market(market, addresses, CHAIN_ID)

    async def warp(self, seconds: int) -> None:
        """A block comes now, ``seconds`` later in chain time."""
        async with self._gate.closed():
            self._clock.warp(seconds)
            await self._build()

    async def _run(self) -> None:
        """Build blocks until stopped. After a failure, the gate stays closed until then."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._seconds
        while not self._stopping.is_set():
            await self._pause(due - loop.time())
            due = max(due + self._seconds, loop.time())
            async with self._gate.closed():
                try:
                    await self._build()
                except AgoraError as error:
                    self._failure = error
                    self._stopped.set()
                    log.exception("the chain stands still")
                    await self._stopping.wait()

    async def _pause(self, seconds: float) -> None:
        """Until the next block is due, the node has ended, or all is to stop."""
        waits = [asyncio.create_task(event.wait()) for event in (self._stopping, self._child.ended)]
        await asyncio.wait(waits, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _build(self) -> None:
        """One block, on another node if this one is lost."""
        reason = "it ended"
        if not self._child.ended.is_set():
            try:
                await self._builder.build(self._child.rpc)
            except TransportError as error:
                reason = str(error)
            else:
                return
        log.warning("node lost", block=self._journal.last, reason=reason)
        await self._child.start()
        self._upstream.url = self._child.url
        await self._builder.hand_over_again(self._child.rpc)

    async def _halt(self) -> None:
        self._stopping.set()
        await self._running
        self._stopped.set()
