"""The main job on embedded defaults: a chain of its own, five agents, twelve tasks, and the books at the end."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from rich.console import Console, RenderableType
from rich.live import Live

from agents.chain.devnet import Chain, Devnet
from agents.chain.node import GuardedNode
from agents.chain.wallet import Seed
from agents.errors import AgoraError
from agents.fleet.app import EXAMPLES_SOURCE, Job, assemble, open_upstream, work
from agents.fleet.company import Crew
from agents.fleet.definitions import AGENT_DEFINITIONS
from agents.fleet.display import leaderboard, market_screen
from agents.fleet.session import open_session
from agents.fleet.standings import endings
from agents.fleet.starting import interruptible
from agents.lab.audit import AuditReport, audit_chain
from agents.llm.upstreams.base import Upstream
from agents.logs import configure
from agents.market.examples import example_tasks
from agents.money import format_credits
from agents.requester import Windows
from agents.settings import Settings

REFRESH_SECONDS = 0.5
WIDE = 100
"""Columns from which the table shows everything."""
PLAIN_SECONDS = 5.0
"""Between two lines where no terminal shows the live table."""
WINDOWS = Windows(bidding=15, reveal=8, delivery=240, review=15)
"""Short, so that the demo is; with blocks of a second they still hold several."""


Beside = Callable[[Settings], AbstractAsyncContextManager[str]]
"""Runs something on the demo's chain, and tells its address."""


class DemoFailed(AgoraError):
    """The demo ran, but what it promises does not hold."""


async def run_demo(console: Console, chain: Chain = "hardhat", beside: Beside | None = None) -> None:
    """Run the demo in a folder that is deleted afterwards; ``beside`` runs while it does, and its address is shown.

    Raises UserError, or DemoFailed if credits are missing.
    """
    with tempfile.TemporaryDirectory(prefix="agora-demo-") as folder:
        home = Path(folder)
        settings = Settings(
            home=home, addresses=home / "contract_addresses.json", content=str(home / "content")
        )
        configure(settings.log_level, as_json=True, file=home / "demo.log")
        stop = asyncio.Event()
        with interruptible(stop):
            console.print("starting the model and the chain …")
            async with (
                open_upstream(settings) as upstream,
                _node(chain, home) as node,
                AsyncExitStack() as more,
            ):
                await node.deploy(settings.addresses)
                here = settings.model_copy(update={"provider": node.url})
                console.print(f"contracts deployed on a fresh {chain} chain")
                if beside is not None:
                    console.print(f"see it at {await more.enter_async_context(beside(here))}", soft_wrap=True)
                await _play(console, here, upstream, stop)


async def _play(console: Console, settings: Settings, upstream: Upstream | None, stop: asyncio.Event) -> None:
    async with open_session(settings, Seed.create(), upstream) as session:
        job = Job(agents=AGENT_DEFINITIONS, source=EXAMPLES_SOURCE, drafts=example_tasks(), windows=WINDOWS)
        crew = await assemble(session, job)
        console.print(f"model: {session.gateway.model}", highlight=False)
        await _watch(console, crew, stop)
        report = await audit_chain(session.rpc, session.deployment)
        _conclude(console, crew, report, interrupted=stop.is_set())


def _node(chain: Chain, home: Path) -> GuardedNode | Devnet:
    """The chain behind a guard and with a journal, where it can have one."""
    log = home / "node.log"
    return GuardedNode(home / "run.db", log=log) if chain == "hardhat" else Devnet(chain=chain, log=log)


async def _watch(console: Console, crew: Crew, stop: asyncio.Event) -> None:
    """Work until every task has ended, and show it."""
    working = asyncio.create_task(work(crew, until=crew.all_ended, stop=stop))
    try:
        if console.is_terminal:
            with Live(_screen(console, crew), console=console, refresh_per_second=4) as live:
                while not working.done():
                    await asyncio.wait([working], timeout=REFRESH_SECONDS)
                    live.update(_screen(console, crew))
        else:
            while not working.done():
                await asyncio.wait([working], timeout=PLAIN_SECONDS)
                console.print(f"block {crew.session.feed.block}: {endings(crew.batch())}")
            console.print(_screen(console, crew))
        working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def _screen(console: Console, crew: Crew) -> RenderableType:
    assert crew.buyer is not None
    feed = crew.session.feed
    titles = {posting.digest: posting.title for posting in crew.buyer.batch}
    names = {member.agent_id: member.definition.name for member in crew.members}
    return market_screen(
        feed.view,
        crew.batch(),
        titles,
        names,
        block=feed.block,
        now=feed.now(),
        model=crew.session.gateway.model,
        wide=console.width >= WIDE,
    )


def _conclude(console: Console, crew: Crew, report: AuditReport, *, interrupted: bool) -> None:
    console.print(leaderboard(crew.standings()))
    console.print(f"model: {crew.session.gateway.model}", highlight=False)
    console.print(crew.beliefs(), highlight=False, soft_wrap=True)
    console.print(str(endings(crew.batch())), highlight=False)
    console.print(conservation_line(report), highlight=False)
    for difference in report.differences[:20]:
        console.print(f"  {difference}", highlight=False)
    if interrupted:
        console.print("interrupted: the demo's chain is gone, and its credits with it")
    if not report.conserved:
        raise DemoFailed("credits are not conserved: see the differences above")


def conservation_line(report: AuditReport) -> str:
    """``credits conserved: yes (…)`` with what the audit counted."""
    word = "yes" if report.conserved else "NO"
    return (
        f"credits conserved: {word} (minted {format_credits(report.minted)} = held {format_credits(report.held)} + "
        f"burned {format_credits(report.burned)}; every account adds up at each of {report.blocks_checked} blocks)"
    )
