"""The parts of a market that one command keeps up: node, contracts, page, models and fleet, each named where it fails.

    node      in a journal, behind its guard; the node proper is a process of its own that dies with this one
    page      the explorer, a process of its own too
    models    the gateway, which agents of this fleet and of others pay
    fleet     agents that bid and work, and the requester of the tasks that were given

They come up in this order and go down in the other: agents first, then what they still owe is redeemed, then the rest.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from agents.chain.journal.replay import Progress as Told
from agents.chain.node import GuardedNode
from agents.chain.wallet import Seed
from agents.cli.home import Market, forget, note
from agents.cli.nodes import operator_key
from agents.cli.page import Page, open_page
from agents.errors import AgoraError, CapReached, ExplorerLost, PartFailed, PartMisused, PortInUse, UserError
from agents.fleet.app import Job, live
from agents.fleet.progress import Progress
from agents.fleet.serving import Serving, open_source, serve
from agents.fleet.session import open_session
from agents.fleet.starting import open_seed
from agents.settings import Settings

T = TypeVar("T")
JOURNAL, NODE_LOG, ADDRESSES = "run.db", "node.log", "contract_addresses.json"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts listen; 0 lets the system choose."""

    page: int
    node: int
    gateway: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to keep up."""

    job: Job
    ports: Ports
    host: str
    """Whom the page and the models listen to; the node listens to this machine alone."""
    block_ms: int


@dataclass(frozen=True, slots=True)
class Voice:
    """How the command tells what happens."""

    step: Callable[[str], None]
    """A part begins to come up."""
    ready: Callable[[Market], None]
    """All are up."""
    progress: Progress
    told: Told
    """Of replays."""


class Interrupted(Exception):
    """The person wants it to end before it is up."""


async def keep_up(settings: Settings, plan: Plan, voice: Voice, stop: asyncio.Event) -> list[str]:
    """The market is up until ``stop`` is set, its fleet has done its job, or a part has failed.

    Returns what there is to say of the fleet. Raises CapReached; PartMisused or PartFailed, which name the part.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        async with (
            _node(settings, plan, voice, stop) as (node, here),
            _page(here, plan, voice, stop) as page,
            _models(here, plan, voice, stop) as serving,
        ):
            market = Market(
                provider=node.url,
                addresses=here.addresses,
                gateway=f"{serving.url}/v1",
                explorer=page.url,
            )
            note(settings.home, market)
            voice.ready(market)
            try:
                return await _attend(node, page, serving, _fleet(here, serving, plan.job, voice, stop))
            finally:
                forget(settings.home)
    except Interrupted:
        return []


@asynccontextmanager
async def _node(
    settings: Settings, plan: Plan, voice: Voice, stop: asyncio.Event
) -> AsyncIterator[tuple[GuardedNode, Settings]]:
    """The node with the market on it, and the settings for all that is beside it."""
    home = settings.home
    journal = home / JOURNAL
    node = GuardedNode(
        journal,
        block_ms=plan.block_ms,
        port=plan.ports.node,
        operator_key=operator_key(journal),
        log=home / NODE_LOG,
        progress=voice.told,
    )
    with named("the node", "--node-port"):  # Leaving it raises what stopped it.
        async with AsyncExitStack() as stack:
            voice.step("the chain")
            await unless(stop, stack.enter_async_context(node))
            voice.step("the contracts")
            with named("the contracts"):
                # The home folder's own file is for this market alone; the other is where all commands look.
                for addresses in {home / ADDRESSES, settings.addresses}:
                    await unless(stop, node.deploy(addresses))
            yield node, settings.model_copy(update={"provider": node.url, "addresses": home / ADDRESSES})


@asynccontextmanager
async def _page(settings: Settings, plan: Plan, voice: Voice, stop: asyncio.Event) -> AsyncIterator[Page]:
    async with AsyncExitStack() as stack:
        voice.step("the explorer")
        with named("the explorer", "--port"):
            page = await unless(
                stop, stack.enter_async_context(open_page(settings, plan.host, plan.ports.page))
            )
        yield page


@asynccontextmanager
async def _models(
    settings: Settings, plan: Plan, voice: Voice, stop: asyncio.Event
) -> AsyncIterator[Serving]:
    async with AsyncExitStack() as stack:
        voice.step("the models")
        with named("the gateway", "--gateway-port"):
            upstream = await unless(stop, stack.enter_async_context(open_source(settings, None, "live")))
            serving = serve(
                settings, _seed(settings, plan.job), upstream, host=plan.host, port=plan.ports.gateway
            )
            served = await unless(stop, stack.enter_async_context(serving))
        yield served


async def _fleet(
    settings: Settings, serving: Serving, job: Job, voice: Voice, stop: asyncio.Event
) -> list[str]:
    """The agents and the tasks of the job, until it ends; where it has neither, until ``stop``."""
    if not job.agents and job.source is None:
        await stop.wait()
        return []
    here = settings.model_copy(update={"gateway": serving.url})
    with named("the fleet"):
        async with open_session(here, _seed(settings, job), None, job.limits, voice.progress) as session:
            return await live(session, job, stop)


def _seed(settings: Settings, job: Job) -> Seed:
    return open_seed(settings, job.seed_phrase_file)


async def _attend(
    node: GuardedNode,
    page: Page,
    serving: Serving,
    fleet: Coroutine[Any, Any, list[str]],
) -> list[str]:
    """Wait for the fleet's end, or for what fails before; then the gateway redeems the rest.

    The fleet hears of the end by itself, the gateway only when no agent thinks any more.
    """
    closing = asyncio.Event()
    working = asyncio.create_task(fleet, name="fleet")
    paid = asyncio.create_task(_named("the gateway", serving.until(closing)), name="gateway")
    others: list[asyncio.Task[None]] = [
        asyncio.create_task(_named("the node", node.stopped()), name="node"),
        asyncio.create_task(_named("the explorer", page.ended()), name="explorer"),
    ]
    try:
        await asyncio.wait([working, paid, *others], return_when=asyncio.FIRST_COMPLETED)
        for one in (*others, paid):
            if one.done():
                one.result()
        try:
            return await working
        finally:
            closing.set()
            await asyncio.wait([paid, *others], return_when=asyncio.FIRST_COMPLETED)
    finally:
        everyone: list[asyncio.Task[Any]] = [working, paid, *others]
        for one in everyone:
            one.cancel()
        await asyncio.gather(*everyone, return_exceptions=True)


async def _named(part: str, wait: Awaitable[None]) -> None:
    with named(part):
        await wait


@contextmanager
def named(part: str, port_option: str = "--port") -> Iterator[None]:
    """What fails inside says which part it is. Raises PartMisused for a person's mistake, else PartFailed."""
    try:
        yield
    except (CapReached, ExplorerLost, PartFailed, PartMisused):  # They name themselves.
        raise
    except PortInUse as error:
        problem = f"port {error.port} of {error.host} is in use: stop what listens there, or give another"
        raise PartMisused(part, f"{problem} {port_option}") from error
    except UserError as error:
        raise PartMisused(part, str(error)) from error
    except AgoraError as error:
        raise PartFailed(part, str(error)) from error


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; it is cancelled when ``stop`` is set before, and Interrupted is raised."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Interrupted
    finally:
        for one in (working, stopping):
            one.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
