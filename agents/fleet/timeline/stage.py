"""One fleet's life on a timeline: a fresh home, a node that follows the run's seconds, models outside."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from agents.chain.journal.blocks import Block
from agents.chain.wallet import Seed
from agents.errors import CapReached
from agents.fleet.app import Job, live
from agents.fleet.definitions import fleet
from agents.fleet.progress import Progress
from agents.fleet.reckoning import SETTLED
from agents.fleet.session import (
    FIRST_AGENT_WALLET,
    PROVIDER_WALLET,
    REQUESTER_WALLET,
    open_session,
)
from agents.fleet.surroundings import Surroundings
from agents.fleet.timeline.loop import Standstill, TimelineLoop
from agents.fleet.timeline.lots import Lots
from agents.fleet.timeline.node import TimelineNode
from agents.fleet.timeline.outside import Outside
from agents.fleet.timeline.recording import Plan
from agents.fleet.timeline.thinking import OutsideUpstream
from agents.fleet.timeline.vectors import CalledEmbedder
from agents.llm.upstreams.base import Upstream
from agents.market.readers import read_tasks
from agents.market.specification import AnswerKey
from agents.settings import Settings

STOPPED = "stopped"
"""The outcome of a run that a person stopped."""
PHRASE_BYTES = 16
MOST_IDLE = 3600
"""Blocks in a row without a transaction after which nothing more is expected."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What a run came to."""

    outcome: str
    """``settled``, ``stopped``, or the cap that was reached."""
    report: list[str]


@dataclass(slots=True)
class Stage:
    """All that a run happens in. ``seen`` is told each block, and says whether the run is to stop after it."""

    plan: Plan
    seed: int
    tasks: Path
    settings: Settings
    """Of a home that nobody has used before."""
    outside: Outside
    node: TimelineNode
    upstream: Upstream
    seen: Callable[[Block], bool]
    progress: Progress | None = None
    _idle: int = 0

    def wallets(self) -> Seed:
        """The wallets of the run, which follow from its seed: everybody who knows it has their keys."""
        return Seed.derived(Lots(self.seed, "wallets").draw(PHRASE_BYTES))

    def names(self) -> dict[str, str]:
        """The run's parties by the addresses of their wallets."""
        seed, agents = self.wallets(), fleet(self.plan.agents, self.plan.policy)
        names = {REQUESTER_WALLET: "requester", PROVIDER_WALLET: "provider"}
        names |= {FIRST_AGENT_WALLET + number: one.name for number, one in enumerate(agents)}
        return {seed.wallet(index).address: name for index, name in names.items()}

    def play(self) -> Lived:
        """The whole run. Raises UserError, and what ``seen`` raises."""
        with asyncio.Runner(loop_factory=TimelineLoop) as runner:
            return runner.run(self._play())

    async def _play(self) -> Lived:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        trouble: asyncio.Future[None] = loop.create_future()

        def failed(error: Exception) -> None:
            if not trouble.done():
                trouble.set_exception(error)

        upstream = OutsideUpstream(self.upstream, self.outside, self.plan.pace, failed)
        async with open_session(
            self.settings,
            self.wallets(),
            upstream,
            self.plan.limits,
            self.progress,
            self._surroundings(loop.time, upstream),
        ) as session:
            mining = asyncio.create_task(self.node.mine(partial(self._saw, stop)), name="mining")
            living = asyncio.create_task(_ended(live(session, self._job(), stop), stop), name="fleet")
            try:
                ends: list[asyncio.Future[Any]] = [trouble, mining, living]
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                for one in (trouble, mining):
                    if one.done():
                        one.result()
                return living.result()
            finally:
                for task in (mining, living):
                    task.cancel()
                await asyncio.gather(mining, living, return_exceptions=True)
                trouble.cancel()

    def _surroundings(self, time: Callable[[], float], upstream: Upstream) -> Surroundings:
        lots = Lots(self.seed, "session")
        return Surroundings(
            transport=self.node.transport(),
            clock=lambda: self.node.epoch + time(),
            draw=lots.draw,
            uniform=lots.uniform,
            embedder=CalledEmbedder(upstream),
            alone=True,
        )

    def _job(self) -> Job:
        plan = self.plan
        make_key = partial(AnswerKey.create, draw=Lots(self.seed, "answers").draw)
        return Job(
            agents=fleet(plan.agents, plan.policy),
            source=plan.batch,
            drafts=read_tasks(self.tasks, make_key=make_key),
            until_settled=True,
            windows=plan.windows,
        )

    def _saw(self, stop: asyncio.Event, block: Block) -> None:
        self._idle = 0 if block.transactions else self._idle + 1
        if self._idle > MOST_IDLE:
            raise Standstill(f"nobody has sent anything for {MOST_IDLE} blocks, and tasks are still open")
        if self.seen(block):
            stop.set()


async def _ended(life: Awaitable[list[str]], stop: asyncio.Event) -> Lived:
    """A cap is one of the ways for a run to end."""
    try:
        report = await life
    except CapReached as error:
        return Lived(error.cap, list(error.report))
    return Lived(STOPPED if stop.is_set() else SETTLED, report)
