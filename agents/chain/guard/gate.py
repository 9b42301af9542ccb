"""The door between clients and the builder of blocks: either requests pass, or one block is built."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Any number of requests pass together; while it is closed none does, and none is under way."""

    def __init__(self) -> None:
        self._passing = 0
        self._closing = asyncio.Lock()
        self._open, self._empty = asyncio.Event(), asyncio.Event()
        self._open.set()
        self._empty.set()

    @asynccontextmanager
    async def passing(self, patience: float | None = None) -> AsyncIterator[None]:
        """Inside, the gate stays open; waits while it is closed, or about to be.

        Raises TimeoutError when that takes more than ``patience`` seconds.
        """
        if not self._open.is_set():
            async with asyncio.timeout(patience):
                while not self._open.is_set():
                    await self._open.wait()
        self._passing += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._passing -= 1
            if not self._passing:
                self._empty.set()

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Inside, no request is under way; new ones wait. One holder at a time.

        Whoever holds the gate closed must not wait for a request that passes through it.
        """
        async with self._closing:
            self._open.clear()
            try:
                await self._empty.wait()
                yield
            finally:
                self._open.set()
