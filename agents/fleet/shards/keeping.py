"""Keeps a shard alive: when its process is lost, it is begun again in another, from its store."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from agents.errors import ShardLost, WorkerLost
from agents.fleet.shards.assignment import Assignment, ShardReport

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
LOOK_SECONDS = 0.1
STEADY_SECONDS = 600.0
"""A shard that lived so long was well: its next loss is the first in a row."""
MOST_LOSSES = 10
"""In a row, after which the run gives up."""
STOP_SECONDS = 120.0
"""How long a shard that was told to stop may take."""

log = structlog.get_logger(__name__)


class Remote(Protocol):
    """A worker, from where it was started; its methods raise WorkerLost when its process is gone."""

    def run(self) -> Awaitable[ShardReport]:
        """As ``Worker.run``."""
        ...

    def ready(self) -> Awaitable[None]:
        """As ``Worker.ready``."""
        ...

    def stop(self) -> Awaitable[None]:
        """As ``Worker.stop``."""
        ...

    def kill(self) -> None:
        """End the process, if it is there."""
        ...


class Keeping:
    """One shard, in one process after another. ``start`` begins a process; ``report`` is there when it has ended.

    ``first_pause`` is the seconds before a lost shard is begun again; each time in a row they are twice as many.
    """

    def __init__(
        self,
        assignment: Assignment,
        start: Callable[[Assignment], Remote],
        *,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self.assignment = assignment
        self.losses = 0
        """How often its process was lost."""
        self._start, self._first_pause = start, first_pause
        self._stopping = False
        self.remote = start(assignment)
        """The process that it is in now."""
        self._running = asyncio.create_task(self._run(), name=assignment.job.office)

    @property
    def has_ended(self) -> bool:
        """Whether the shard has stopped for good."""
        return self._running.done()

    @property
    def has_failed(self) -> bool:
        """Whether it stopped because of a mistake, or was lost too often."""
        if not self._running.done() or self._running.cancelled():
            return False
        return self._running.exception() is not None or bool(self._running.result().mistake)

    async def ready(self) -> None:
        """Wait until the shard takes part, or has ended."""
        while not self.has_ended:
            remote = self.remote
            asking = asyncio.ensure_future(remote.ready())
            try:
                await asyncio.wait([asking, self._running], return_when=asyncio.FIRST_COMPLETED)
                if not asking.done() or asking.exception() is None:
                    return
                # Its process was lost before it was ready: the next one is asked.
                while self.remote is remote and not self.has_ended:
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                asking.cancel()

    async def report(self) -> ShardReport:
        """How it ended; nothing is known of one that had to be killed. Raises ShardLost."""
        await asyncio.wait([self._running])
        return ShardReport(self.assignment.number) if self._running.cancelled() else self._running.result()

    async def stop(self) -> None:
        """The shard has come to its end, or its process has been killed."""
        self._stopping = True
        if not self.has_ended:
            try:
                await self.remote.stop()
            except WorkerLost as error:
                log.warning("shard.lost", shard=self.assignment.number, reason=str(error))
        _, late = await asyncio.wait([self._running], timeout=STOP_SECONDS)
        if late:
            log.warning("shard.stuck", shard=self.assignment.number)
            self._running.cancel()
        self.remote.kill()
        await asyncio.wait([self._running])

    async def _run(self) -> ShardReport:
        now = asyncio.get_running_loop().time
        in_a_row = 0
        while True:
            began = now()
            try:
                return await self.remote.run()
            except WorkerLost as error:
                self.losses += 1
                in_a_row = 1 if now() - began > STEADY_SECONDS else in_a_row + 1
                log.warning("shard.lost", shard=self.assignment.number, in_a_row=in_a_row, reason=str(error))
                if self._stopping:
                    return ShardReport(self.assignment.number)
                if in_a_row > MOST_LOSSES:
                    raise ShardLost(self.assignment.number, in_a_row, str(error)) from error
            await asyncio.sleep(min(self._first_pause * 2 ** (in_a_row - 1), LONGEST_PAUSE))
            self.remote = self._start(self.assignment)
