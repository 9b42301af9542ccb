"""One shard at work, in whatever process it was put: its agents, one tailer, and its own store.

All that it must not forget is in the store, which lies in a folder that all machines reach. So a shard whose process
is gone is taken up anywhere else, as a fleet is that is started again.
"""

import asyncio
import os
import socket

import structlog

from agents.errors import UserError, WalletsInUse
from agents.fleet.app import assemble, open_upstream, work
from agents.fleet.reckoning import remember_steps
from agents.fleet.session import Session, open_session
from agents.fleet.shards.assignment import Assignment, ShardReport
from agents.fleet.starting import open_seed
from agents.settings import Settings

LOCK_SECONDS = 60.0
"""How long a shard waits for the store of one that may not have noticed yet that it is dead."""
PAUSE = 0.5

log = structlog.get_logger(__name__)


class Worker:
    """A shard's process. ``run`` is called once, the rest at any time beside it."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._stop, self._ready = asyncio.Event(), asyncio.Event()

    async def run(self) -> ShardReport:
        """Work until told to stop, or until a cap; how it ended. What a person must mend is in the report."""
        log.info("shard.begins", shard=self._assignment.number, host=socket.gethostname(), pid=os.getpid())
        try:
            return await self._live()
        except UserError as error:
            log.exception("shard.failed", shard=self._assignment.number)
            return ShardReport(self._assignment.number, mistake=str(error))

    async def ready(self) -> None:
        """Wait until all agents of the shard take part."""
        await self._ready.wait()

    async def stop(self) -> None:
        """Have ``run`` come to its end."""
        self._stop.set()

    async def place(self) -> tuple[str, int]:
        """The host and the process."""
        return socket.gethostname(), os.getpid()

    async def _live(self) -> ShardReport:
        told = self._assignment
        settings = Settings(
            provider=told.provider,
            home=told.home,
            addresses=told.addresses,
            content=told.content,
            log_level=told.log_level,
        )
        seed = open_seed(settings, told.job.seed_phrase_file)
        async with (
            open_upstream(settings) as upstream,
            open_session(settings, seed, upstream, told.job.limits) as session,
        ):
            session.caps.count_from(told.began)
            await self._take_over(session)
            crew = await assemble(session, told.job)
            self._ready.set()
            await work(crew, until=lambda: False, stop=self._stop)
            return self._conclude(session)

    async def _take_over(self, session: Session) -> None:
        """Open the store, as soon as the process that had it is gone. Raises WalletsInUse when it stays."""
        now = asyncio.get_running_loop().time
        give_up = now() + LOCK_SECONDS
        while True:
            try:
                session.open_office(self._assignment.job.office)
            except WalletsInUse:
                if now() > give_up:
                    raise
                log.info("shard.waits", shard=self._assignment.number)
                await asyncio.sleep(PAUSE)
            else:
                return

    def _conclude(self, session: Session) -> ShardReport:
        caps, tally = session.caps, session.offices[self._assignment.job.office].tally
        session.finish()
        remember_steps(session)
        return ShardReport(
            self._assignment.number, tally.figures(), tally.resumed, caps.reached or caps.held_back
        )
