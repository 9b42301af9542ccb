"""A node process that stands where a journal does, and is replaced when it is lost."""

import asyncio
import contextlib
from pathlib import Path

import structlog

from agents.chain.devnet import Devnet
from agents.chain.journal.blocks import Genesis
from agents.chain.journal.book import Journal
from agents.chain.journal.replay import Progress, first_block, replay
from agents.chain.rpc import Rpc
from agents.errors import NodeLost, TransportError

TRIES = 3
"""How many nodes in a row may end before they stand where the journal does."""

log = structlog.get_logger(__name__)


class Child:
    """The node of a journal. ``rpc`` and ``url`` are those of the process that runs now."""

    rpc: Rpc

    def __init__(
        self,
        journal: Journal,
        *,
        genesis: Genesis | None = None,
        log: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """``genesis`` is how a new journal's chain begins, by default like no other; ``log`` is where the node's
        own output goes; ``progress`` is told of each replay."""
        self._journal, self._genesis, self._log, self._progress = journal, genesis, log, progress
        self._devnet: Devnet | None = None
        self.ended = asyncio.Event()
        """Whether the process has ended by itself."""
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the node answers."""
        return self._devnet.url if self._devnet else ""

    @property
    def pid(self) -> int:
        """The process id of the node's group."""
        assert self._devnet is not None, "the node does not run"
        return self._devnet.pid

    async def start(self) -> None:
        """A fresh node stands at the journal's newest block; the one before, if any, is gone.

        A new journal's chain has begun. Raises NodeLost, ToolchainMissing and what ``replay`` raises.
        """
        for attempt in range(1, TRIES + 1):
            await self.stop()
            try:
                await self._begin()
            except TransportError as error:
                log.warning("node lost", attempt=attempt, reason=str(error))
                if attempt == TRIES:
                    raise NodeLost(TRIES, str(error)) from error
            else:
                return

    async def stop(self) -> None:
        """No process is left. A second call does nothing."""
        watch, self._watch = self._watch, None
        devnet, self._devnet = self._devnet, None
        if watch:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        if devnet:
            await self.rpc.close()
            await devnet.stop()

    async def _begin(self) -> None:
        origin = self._journal.origin
        genesis = origin.genesis if origin else self._genesis or Genesis.new()
        devnet = Devnet(genesis=genesis.setting, log=self._log)
        await devnet.__aenter__()
        self._devnet, self.rpc = devnet, Rpc(devnet.url)
        self.ended.clear()
        self._watch = asyncio.create_task(self._wait(devnet))
        # The log of every request costs more than most of the requests.
        await self.rpc.call("hardhat_setLoggingEnabled", False)
        if origin is None:
            self._journal.begin(await first_block(self.rpc, genesis))
        await replay(self.rpc, self._journal, progress=self._progress)

    async def _wait(self, devnet: Devnet) -> None:
        await devnet.ended()
        self.ended.set()
