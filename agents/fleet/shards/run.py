"""A fleet in shards: this process brings everybody to the market, posts and scores, and keeps the shards alive."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from agents.chain.wallet import Seed
from agents.errors import CapReached, ShardFailed
from agents.fleet.app import Job, assemble, open_upstream, work
from agents.fleet.company import Crew, report
from agents.fleet.enrolment import Recruit, enrol_all
from agents.fleet.forecast import Forecast
from agents.fleet.layout import pin_layout
from agents.fleet.progress import Progress, following
from agents.fleet.reckoning import SETTLED, Reckoning, conclude, reckon
from agents.fleet.session import open_session
from agents.fleet.shards.assignment import Assignment, ShardReport, split
from agents.fleet.shards.cluster import ray_cluster
from agents.fleet.shards.keeping import Keeping, Remote
from agents.fleet.starting import interruptible, open_seed
from agents.llm.upstreams.base import Upstream
from agents.market.domain import account_of_agent
from agents.market.view import MarketView
from agents.settings import Settings

OFFICE = "enrolment"
"""The store of what is sent to bring agents to the market, before their shards have them."""

Announce = Callable[[Forecast], None]
Start = Callable[[Assignment], Remote]


@dataclass(frozen=True, slots=True)
class Shards:
    """Where a fleet's shards run, and how large they are."""

    ray: str
    """The cluster's address, or ``local``."""
    size: int
    """Agents in a shard."""
    cpus: float = 1.0
    """Processors that a shard takes."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    """The run once all agents are on the market."""

    reckoning: Reckoning
    figures: Mapping[str, float]
    resumed: bool
    names: Mapping[int, str]
    """Of the agents, by id."""


async def run_in_shards(
    settings: Settings, job: Job, shards: Shards, announce: Announce, progress: Progress
) -> list[str]:
    """Run the job with its agents in shards on a Ray cluster; otherwise as ``run_job``.

    Raises UserError, also one of a shard, CapReached, and ShardLost.
    """
    stop = asyncio.Event()
    seed = open_seed(settings, job.seed_phrase_file)
    with interruptible(stop), ray_cluster(shards.ray, shards.cpus) as cluster:
        async with open_upstream(settings) as upstream:
            run = ShardedRun(settings, job, shards.size, seed, upstream, cluster.start)
            return await run.run(announce, progress, stop)


class ShardedRun:
    """One such run. ``start`` begins a worker."""

    def __init__(
        self, settings: Settings, job: Job, size: int, seed: Seed, upstream: Upstream | None, start: Start
    ) -> None:
        self._settings, self._job, self._size = settings, job, size
        self._seed, self._upstream, self._start = seed, upstream, start
        self.keepings: list[Keeping] = []
        """The shards, as soon as all agents are on the market."""
        self.crew: Crew | None = None
        """The requester's side, then too."""

    async def run(self, announce: Announce, progress: Progress, stop: asyncio.Event) -> list[str]:
        """From the first transaction to the report."""
        arrived = await self._arrive(announce, progress)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(
                open_session(self._settings, self._seed, self._upstream, progress=progress)
            )
            session.open_office(OFFICE)
            crew = await assemble(session, replace(self._job, agents=(), limits=self._job.limits))
            crew.elsewhere = arrived.names
            self.crew = crew
            assignments = self._assignments(arrived.reckoning)
            stack.push_async_callback(self._stop_all)
            self.keepings = [Keeping(one, self._start) for one in assignments]
            with progress.stage("shards ready", len(self.keepings)) as advance:
                for number, keeping in enumerate(self.keepings, 1):
                    await keeping.ready()
                    advance(number)
            async with following(progress, "tasks ended", crew.expected, crew.ended):
                await work(crew, until=lambda: self._is_over(crew), stop=stop)
            await self._stop_all()
            reports = [await keeping.report() for keeping in self.keepings]
            return self._end(crew, arrived, reports, interrupted=stop.is_set())

    async def _arrive(self, announce: Announce, progress: Progress) -> _Arrived:
        """All agents are registered, make their claims, and have credits; their wallets are free for the shards."""
        settings, job = self._settings, self._job
        async with open_session(settings, self._seed, self._upstream, job.limits, progress) as session:
            pin_layout(session.folder, self._size)
            office = session.open_office(OFFICE)
            wallets = [session.wallet(job.first_wallet + number) for number in range(len(job.agents))]
            await session.begin(wallets)
            view = session.feed.view
            recruits = [
                Recruit(definition, wallet, definition.capabilities)
                for definition, wallet in zip(job.agents, wallets, strict=True)
                if _is_new(view, wallet.address)
            ]
            gateway = session.gateway
            reckoning = reckon(session, job.plan(gateway.model, gateway.price, len(recruits)))
            announce(reckoning.forecast)
            if recruits:
                with progress.stage("agents enrolled", len(recruits)) as advance:
                    await enrol_all(session, office, recruits, advance)
                await session.feed.catch_up()
            names = {
                view.agent_of_owner[wallet.address]: definition.name
                for definition, wallet in zip(job.agents, wallets, strict=True)
            }
            office.tally.finish()
            return _Arrived(reckoning, office.tally.figures(), office.tally.resumed, names)

    def _assignments(self, reckoning: Reckoning) -> list[Assignment]:
        """What each shard is told. Of the transactions they share what the coming to the market leaves."""
        settings, job, limits = self._settings, self._job, self._job.limits
        if limits.transactions is not None:
            left = max(1, limits.transactions - reckoning.by_itself.least_transactions)
            job = replace(job, limits=replace(limits, transactions=left))
        return [
            Assignment(
                number,
                shard,
                settings.provider,
                settings.home,
                settings.addresses,
                settings.content,
                settings.log_level,
                reckoning.began,
            )
            for number, shard in enumerate(split(job, self._size))
        ]

    def _is_over(self, crew: Crew) -> bool:
        """At a shard's failure, when all shards have ended at their caps, or when all tasks have ended."""
        if any(keeping.has_failed for keeping in self.keepings):
            return True
        if self.keepings and all(keeping.has_ended for keeping in self.keepings):
            return crew.is_free()
        return self._job.until_settled and crew.all_ended()

    async def _stop_all(self) -> None:
        await asyncio.gather(*(keeping.stop() for keeping in self.keepings))

    def _end(
        self, crew: Crew, arrived: _Arrived, reports: Sequence[ShardReport], *, interrupted: bool
    ) -> list[str]:
        for one in reports:
            if one.mistake:
                raise ShardFailed(one.number, one.mistake)
        capped = next((one for one in reports if one.cap), None)
        cap = "" if capped is None or interrupted else f"{capped.cap} (the share of shard {capped.number})"
        crew.session.finish()
        outcome = cap or ("stopped" if interrupted else SETTLED)
        elsewhere = [(one.figures, one.resumed) for one in reports]
        elsewhere.append((arrived.figures, arrived.resumed))
        conclude(crew.session, arrived.reckoning, crew.batch(), outcome, elsewhere)
        if cap:
            raise CapReached(cap, report(crew))
        return report(crew)


def _is_new(view: MarketView, address: str) -> bool:
    """Whether the agent of this wallet has not come to the market, or not all the way."""
    agent_id = view.agent_of_owner.get(address)
    return agent_id is None or account_of_agent(agent_id) not in view.balances
