"""What the fleet's commands do: open a session, bring the parties in, run, and say how it stands."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from agents.chain.wallet import Wallet
from agents.errors import CapReached
from agents.fleet.buying import Buyer, open_shop
from agents.fleet.caps import Limits
from agents.fleet.company import Crew, report
from agents.fleet.crew import Member
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import fund_gas
from agents.fleet.forecast import Forecast, Plan
from agents.fleet.keeper import Keeper
from agents.fleet.layout import WHOLE, pin_layout
from agents.fleet.mustering import muster
from agents.fleet.progress import Progress, following
from agents.fleet.reckoning import SETTLED, conclude, reckon
from agents.fleet.roster import Roster
from agents.fleet.runner import run
from agents.fleet.session import (
    FIRST_AGENT_WALLET,
    PROVIDER_WALLET,
    REQUESTER_WALLET,
    Office,
    Session,
    open_session,
)
from agents.fleet.starting import interruptible, open_seed
from agents.fleet.wakeups import CROWD
from agents.llm.prices import Price
from agents.llm.upstreams.base import Upstream
from agents.llm.upstreams.open import open_upstreams
from agents.market.examples import example_tasks
from agents.market.readers import TaskDraft, read_tasks
from agents.mind.hands import Hands
from agents.requester import Windows
from agents.settings import Settings

EXAMPLES_SOURCE = "examples"
IN_FLIGHT = 100
"""Transactions of the requester that wait for a block at the same time: it posts whole batches."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: whose agents, which tasks, and until when."""

    agents: Sequence[AgentDefinition] = ()
    first_wallet: int = FIRST_AGENT_WALLET
    office: str = WHOLE
    """The store of the agents; two processes cannot share one."""
    source: str | None = None
    """The name of the batch of tasks to post, or None to post nothing."""
    drafts: Sequence[TaskDraft] = ()
    crowd: int = CROWD
    """How many of the agents bid on one task at the most."""
    until_settled: bool = False
    seed_phrase_file: Path | None = None
    windows: Windows = field(default_factory=Windows)
    limits: Limits = field(default_factory=Limits)
    keeps: bool = True
    """Whether it also takes the steps that all others have left lying; one process of a fleet is enough."""

    def plan(self, model: str, price: Price, newcomers: int) -> Plan:
        """The job as a forecast takes it, with a model of this name and so many agents that are new."""
        return Plan(self.agents, self.drafts, self.windows, model, price, newcomers, self.crowd)


async def run_job(
    settings: Settings,
    job: Job,
    announce: Callable[[Forecast], None] | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Run the job to its end; returns what there is to say about it, line by line.

    ``announce`` is told what to expect before anything is sent, ``progress`` how far long work has come. Raises
    UserError, or CapReached, with what there is to say, when the run ended because of its limits.
    """
    stop = asyncio.Event()
    seed = open_seed(settings, job.seed_phrase_file)
    with interruptible(stop):
        async with (
            open_upstream(settings) as upstream,
            open_session(settings, seed, upstream, job.limits, progress) as session,
        ):
            return await live(session, job, stop, announce)


async def live(
    session: Session, job: Job, stop: asyncio.Event, announce: Callable[[Forecast], None] | None = None
) -> list[str]:
    """What ``run_job`` does, in a session that is open, until the job ends or ``stop`` is set."""
    crew = await assemble(session, job, announce or _log_forecast)
    async with following(session.progress, "tasks ended", crew.expected, crew.ended):
        await work(crew, until=crew.all_ended if job.until_settled else _never, stop=stop)
    return _end(crew, interrupted=stop.is_set())


def _end(crew: Crew, *, interrupted: bool) -> list[str]:
    """Remember what the run came to; the report. Raises CapReached."""
    caps = crew.session.caps
    cap = caps.reached or ("" if interrupted else caps.held_back)
    crew.session.finish()
    if crew.reckoning is not None:
        outcome = cap or ("stopped" if interrupted else SETTLED)
        conclude(crew.session, crew.reckoning, crew.batch(), outcome)
    if cap:
        raise CapReached(cap, report(crew))
    return report(crew)


def _log_forecast(forecast: Forecast) -> None:
    log.info("run.forecast", **forecast.as_json())


async def assemble(session: Session, job: Job, announce: Callable[[Forecast], None] | None = None) -> Crew:
    """The parties, enrolled and funded; what an earlier process left pending is settled first.

    Before that ``announce``, if there is one, is told what the run will come to.
    """
    if job.agents and job.office == WHOLE:
        pin_layout(session.folder, None)
    crew_office = session.open_office(job.office) if job.agents else None
    shop_office = session.open_office("requester", IN_FLIGHT) if job.source else None
    wallets = [session.wallet(job.first_wallet + number) for number in range(len(job.agents))]
    payer = _payer(session, job, wallets)
    await session.begin(wallets, payer)
    reckoning = None
    if announce is not None and session.offices:
        known = session.feed.view.agent_of_owner
        newcomers = sum(wallet.address not in known for wallet in wallets)
        gateway = session.gateway
        reckoning = reckon(session, job.plan(gateway.model, gateway.price, newcomers))
        announce(reckoning.forecast)
    if session.settings.gateway is None and session.offices:
        await fund_gas(session, [payer])
    roster = Roster(session.feed, job.crowd)
    (members, keeper), buyer = await asyncio.gather(
        _muster(session, crew_office, job, wallets, roster), _open_shop(session, shop_office, job)
    )
    crew = Crew(session, members, roster, buyer, keeper, reckoning)
    session.caps.owed = crew.owed
    return crew


def _payer(session: Session, job: Job, wallets: Sequence[Wallet]) -> Wallet:
    """Who pays the gas of redemptions: the provider where the whole fleet is, else one of this process's parties.

    No two processes can sign for the same wallet.
    """
    if job.agents and job.office == WHOLE:
        return session.wallet(PROVIDER_WALLET)
    return wallets[0] if wallets else session.wallet(REQUESTER_WALLET)


async def _muster(
    session: Session, office: Office | None, job: Job, wallets: Sequence[Wallet], roster: Roster
) -> tuple[list[Member], Keeper | None]:
    if office is None:
        return [], None
    members = await muster(session, office, list(zip(job.agents, wallets, strict=True)), roster)
    if not job.keeps:
        return members, None
    clock, view = session.feed.now, session.feed.view
    hands = Hands("keeper", members[0].agent.hands.wallet, office.market, clock)
    return members, Keeper(hands, view, clock)


async def _open_shop(session: Session, office: Office | None, job: Job) -> Buyer | None:
    if office is None or job.source is None:
        return None
    return await open_shop(session, office, job.source, job.drafts, job.windows)


async def work(crew: Crew, *, until: Callable[[], bool], stop: asyncio.Event) -> None:
    """Post the batch and step everybody until it is over; then all that was thought is redeemed.

    At a cap nothing more is posted, and it is over when no agent is bound any more.
    """
    posting = asyncio.create_task(_post(crew), name="posting")

    def is_over() -> bool:
        if crew.session.caps.is_spent():
            posting.cancel()
            return crew.is_free()
        return until() or (posting.done() and posting.exception() is not None)

    try:
        await run(crew.session.feed, crew.parties, until=is_over, stop=stop)
    finally:
        posting.cancel()
        await asyncio.wait([posting])
    if not posting.cancelled():
        posting.result()
    await crew.session.gateway.settle()
    if crew.buyer is not None:
        await crew.buyer.requester.publish_answers()
    await crew.session.feed.catch_up()


async def _post(crew: Crew) -> None:
    if crew.buyer is not None:
        await crew.buyer.requester.post(crew.buyer.batch)


@asynccontextmanager
async def open_upstream(settings: Settings) -> AsyncIterator[Upstream | None]:
    """What answers the calls of models, running while it is needed; None where another's gateway does."""
    if settings.gateway is not None:
        yield None
        return
    async with open_upstreams(settings) as upstream:
        yield upstream


def batch_of(create_tasks: bool, tasks: Path | None, limit: int | None) -> tuple[str | None, list[TaskDraft]]:
    """The source's name and the drafts: the examples, a file's tasks, or nothing."""
    if tasks is not None:
        drafts = read_tasks(tasks, limit)
        content = tasks.read_bytes() + f"|{limit}".encode()
        return f"{tasks.stem}-{hashlib.sha256(content).hexdigest()[:8]}", drafts
    if create_tasks:
        return EXAMPLES_SOURCE, example_tasks()
    return None, []


def _never() -> bool:
    return False
