"""Keeps a market view up to date with the chain, and tells who waits that something is new."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from agents.chain.tailer import BlockEvents, Reorg, Tailer
from agents.market.view import MarketView

POLL_SECONDS = 0.2


class Follower(Protocol):
    """Who is told what the view was told, after it."""

    def take(self, block: BlockEvents) -> None:
        """A block was taken in."""
        ...

    def reset(self) -> None:
        """Blocks have left the chain, and the view was made anew."""
        ...


class MarketFeed:
    """The one tailer of a process and the view it feeds. ``on_reorg`` is told each block that became the head
    again when blocks above it left the chain."""

    def __init__(
        self, tailer: Tailer, view: MarketView, on_reorg: Callable[[int], Awaitable[object]] | None = None
    ) -> None:
        self.view = view
        self._tailer, self._on_reorg = tailer, on_reorg
        self._now = 0
        self.block = 0
        """The number of the newest block taken in."""
        self._fresh = asyncio.Event()
        self._followers: list[Follower] = []
        self._reading = asyncio.Lock()
        for block in tailer.replay():
            self._take(block)

    def now(self) -> int:
        """The timestamp of the newest block taken in."""
        return self._now

    async def catch_up(self) -> bool:
        """Take in all there is up to the head; whether there was anything. Who asks while others read waits for them.

        Raises TransportError.
        """
        async with self._reading:
            return await self._catch_up()

    async def _catch_up(self) -> bool:
        found = False
        while blocks := await self._tailer.poll():
            found = True
            for block in blocks:
                if isinstance(block, Reorg):
                    await self._refold(block)
                else:
                    self._take(block)
                    for follower in self._followers:
                        follower.take(block)
            # Not at the end: where blocks come faster than they are read, there is none.
            fresh, self._fresh = self._fresh, asyncio.Event()
            fresh.set()
        return found

    def follow(self, follower: Follower) -> None:
        """From now on tell the follower too."""
        self._followers.append(follower)

    async def changed(self) -> None:
        """Wait for the next block."""
        await self._fresh.wait()

    async def _refold(self, reorg: Reorg) -> None:
        """Fold again from the start: a fold has no way back."""
        self.view.clear()
        for block in self._tailer.replay():
            self._take(block)
        for follower in self._followers:
            follower.reset()
        if self._on_reorg:
            await self._on_reorg(reorg.ancestor)

    def _take(self, block: BlockEvents) -> None:
        for logged in block.events:
            self.view.apply(logged)
        self._now, self.block = block.timestamp, block.number
