"""A process that can die at any await, and at any write: what it does not do any more stays undone."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import httpx
from faults.engine import Engine
from faults.transport import FaultyTransport

from agents.chain.store import Store

MOMENTS = {
    "asking": 80,
    "heard": 80,
    "beginning": 40,
    "torn": 40,
    "kept": 40,
}
"""Where death comes (before a request leaves, after the node has done what it asks, before a transaction of the store,
before its commit, after it), and how many of these a process may see before."""


LAST_SECONDS = 60


class Killed(BaseException):
    """The process is no more."""


_OWN: ContextVar["Life | None"] = ContextVar("life", default=None)


def keep_count(loop: asyncio.AbstractEventLoop) -> None:
    """Each task that is made belongs to the life of the one that makes it."""

    def make(loop: asyncio.AbstractEventLoop, coroutine: Coroutine, **options: Any) -> asyncio.Task:
        task = asyncio.Task(coroutine, loop=loop, **options)
        life = _OWN.get()
        if life is not None:
            life.tasks.add(task)
            task.add_done_callback(life.tasks.discard)
        return task

    loop.set_task_factory(make)


class Life:
    """One process, from its start to its end; ``doom`` is a moment and how often it comes until death does."""

    def __init__(self, engine: Engine, doom: tuple[str, int] | None = None) -> None:
        self._engine, self.doom = engine, doom
        self.tasks: set[asyncio.Task] = set()
        self.dead = False
        self.moment = ""

    async def live(self, work: Coroutine) -> None:
        """Do the work. Raises Killed if it was not to be."""
        _OWN.set(self)
        task = asyncio.create_task(work)
        _OWN.set(None)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            self.die("cancelled")
            raise
        finally:
            await self._end()
        if self.dead:
            raise Killed
        task.result()

    async def _end(self) -> None:
        """All tasks have ended: at once when it is dead, and soon when it has closed what it had."""
        while self.tasks:
            if self.dead:
                for one in self.tasks:
                    one.cancel()
            _, left = await asyncio.wait(set(self.tasks), timeout=LAST_SECONDS)
            assert not left, f"these are left: {left}"

    def reach(self, moment: str) -> None:
        """The process is at this moment. Raises Killed."""
        if not self.dead and self.doom is not None and self.doom[0] == moment:
            self.doom = (moment, self.doom[1] - 1)
            if self.doom[1] <= 0:
                self.die(moment)
        if self.dead:
            raise Killed

    def die(self, moment: str) -> None:
        """Nothing more is done."""
        self.dead, self.moment = True, moment
        for task in self.tasks:
            task.cancel()

    def transport(self) -> httpx.AsyncBaseTransport:
        """The process's way to the node."""
        return _Way(self, self._engine)

    def open(self, path: Path) -> Store:
        """The store at ``path``, as far as the process lives."""
        store = MortalStore.open(path)
        store.life = self
        return store


class _Way(FaultyTransport):
    """What a dead process asks never leaves it, and what the node says does not reach it."""

    def __init__(self, life: Life, engine: Engine) -> None:
        super().__init__(engine)
        self._life = life

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._life.reach("asking")
        response = await super().handle_async_request(request)
        self._life.reach("heard")
        return response


class MortalStore(Store):
    """A store whose process may die at each transaction."""

    life: Life | None = None

    @contextmanager
    def transaction(self, **options: bool) -> Iterator[Connection]:
        """As a store's."""
        life = None if self.db.in_transaction else self.life
        if life:
            life.reach("beginning")
        with super().transaction(**options) as db:
            yield db
            if life:
                life.reach("torn")
        if life:
            life.reach("kept")
