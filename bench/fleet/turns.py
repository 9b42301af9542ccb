"""What a fleet's own part of a bid takes, from a new task's event to the call that commits, at 10 to 10,000 agents.

CPU time of one process without a node: agents on a roster are told of new tasks one after the other, of which each is
offered to at most 50, think, note their decision in a store on disk, open a channel for their thinking before the
first, and commit to a market that takes it at once. To the embedder all texts mean the same. Signing and sending are
figures of their own. Beside it, what a block takes that concerns nobody.
"""

import asyncio
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from eth_utils.crypto import keccak
from pydantic import SecretStr

from agents.chain.bindings import task_manager, usage_meter
from agents.chain.logs import Receipt
from agents.chain.store import Store
from agents.chain.wallet import Seed, Wallet
from agents.fleet.caps import Caps, Limits
from agents.fleet.crew import member
from agents.fleet.definitions import fleet
from agents.fleet.gateway import Seat
from agents.fleet.roster import Roster
from agents.fleet.strategies import Shared
from agents.fleet.tally import Tally
from agents.llm.gateway.client import FixedKey
from agents.llm.prices import list_prices
from agents.logs import configure
from agents.market.content import ContentStore
from agents.market.domain import Agent, AwardMode, Balance, MarketTerms, Task, account_of_agent
from agents.market.view import MarketView
from agents.mind.experience import Experience
from agents.mind.notes import Notes
from bench.fleet.ground import draft
from bench.fleet.live import Alike

SIZES = (10, 100, 1000, 10_000)
TASKS, BLOCKS = 100, 1000
NOW, NOBODY = 1000, "0x" + "11" * 20


class Market:
    """Takes every commitment at once, and every channel."""

    def __init__(self) -> None:
        self.commitments = 0
        self.view = MarketView()

    async def commit(self, *_bid: Any, intent: str) -> Receipt:  # noqa: ARG002 - as the real one is called
        self.commitments += 1
        return Receipt("0x00", 1, 1, 1, ())

    async def open_channel(self, _wallet: Wallet, *parties: Any, intent: str) -> bytes:
        agent_id, signer, provider, amount = parties
        channel_id = keccak(intent.encode())
        self.view.channels.apply(
            usage_meter.ChannelOpened(channel_id, agent_id, provider, signer, 0, 0, amount)
        )
        return channel_id


class Nowhere:
    """A gateway that nobody asks."""

    client, provider, model, counts = httpx.AsyncClient(), NOBODY, "scripted", False
    price = list_prices().price_for(model)

    def count(self, *_party: Any) -> None:
        """There are no calls."""

    def unredeemed(self, *_party: Any) -> int:
        """Nothing was thought."""
        return 0


def run(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """The figures of each size, by the number of agents."""
    configure("WARNING", as_json=True)
    return {str(size): asyncio.run(_measured(size)) for size in sizes}


async def _measured(agents: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder, market = Path(name), Market()
        store, content = Store.open(folder / "fleet.db"), ContentStore(str(folder / "content"))
        roster, view = _roster(agents, store, content, market)
        await roster.step()
        tasks = [await _task(number, content) for number in range(1, TASKS + 1)]
        begun = time.process_time()
        for task in tasks:
            view.put(task)
            await _told(roster, market, task)
        spent = time.process_time() - begun
        begun = time.process_time()
        for _ in range(BLOCKS):
            await roster.step()
        idle = time.process_time() - begun
        await roster.stop()
        (looks,) = store.db.execute("SELECT count(*) FROM bids").fetchone()
        store.close()
    figures = {
        "agents": agents,
        "tasks": TASKS,
        "decisions": looks,
        "commitments": market.commitments,
        "us_a_decision": round(1e6 * spent / looks),
        "us_a_block_that_concerns_nobody": round(1e6 * idle / BLOCKS, 1),
    }
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return figures


def _roster(agents: int, store: Store, content: ContentStore, market: Market) -> tuple[Roster, MarketView]:
    """All agents of a fleet, enrolled in a view that is filled by hand."""
    view, caps, seed = market.view, Caps(Limits()), Seed.create()
    caps.join(Tally(store))
    caps.watch(view)
    feed: Any = SimpleNamespace(view=view, now=lambda: NOW, follow=lambda _follower: None)
    session: Any = SimpleNamespace(
        feed=feed,
        shared=Shared(),
        content=content,
        gateway=Nowhere(),
        experience=Experience(),
        embedder=Alike(),
        caps=caps,
    )
    office: Any = SimpleNamespace(store=store, market=market, tally=Tally(store))
    roster, members = Roster(feed), []
    for agent_id, one in enumerate(fleet(agents, "closed-form"), 1):
        view.agents[agent_id] = Agent(agent_id, NOBODY, None, "")
        view.skills[agent_id] = dict(one.capabilities)
        view.balances[account_of_agent(agent_id)] = Balance(10**12)
        offers = roster.wakeups.offers.setdefault(agent_id, set())
        notes, wallet = Notes(store, one.name), seed.wallet(agent_id)
        tell = partial(roster.wake, agent_id)
        seat = Seat(agent_id, FixedKey(SecretStr("none")), wallet.address)
        members.append(member(session, office, one, wallet, seat, notes, offers=offers, tell=tell))
    roster.admit(members)
    return roster, view


async def _task(number: int, content: ContentStore) -> Task:
    specification = draft(number).specification
    digest = await content.put(specification.canonical_bytes())
    mode, terms = AwardMode.SEALED_SECOND_PRICE, MarketTerms(250, 10, 1000)
    windows = (NOW + 1000, NOW + 2000, 300, 60)
    return Task(
        number, NOBODY, specification.skill, mode, 20 * 10**6, NOBODY, 60, *windows, terms, digest, bytes(32)
    )


async def _told(roster: Roster, market: Market, task: Task) -> None:
    """The task's event reaches the fleet, and all has come to rest again."""
    event = object.__new__(task_manager.TaskCreated)
    object.__setattr__(event, "task_id", task.id)
    block: Any = SimpleNamespace(events=[SimpleNamespace(event=event)])
    roster.wakeups.take(block)
    await roster.step()
    seen, quiet = market.commitments, 0
    while quiet < 3:
        await asyncio.sleep(0.002)
        quiet = quiet + 1 if market.commitments == seen else 0
        seen = market.commitments
