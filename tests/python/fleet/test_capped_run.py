"""A whole fleet at a cap: it begins nothing more, finishes what it began, and says so."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from crash_fleet import AGENTS, SAID, SOURCE, WINDOWS, Alike, drafts

from agents.chain.devnet import warp
from agents.chain.wallet import Seed
from agents.fleet.app import Job, assemble, work
from agents.fleet.caps import CALLS_A_TASK, Limits
from agents.fleet.history import History
from agents.fleet.reckoning import conclude
from agents.fleet.session import open_session
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.market.domain import TaskState
from agents.settings import Settings


def answer(request):
    text = request.messages[-1].content
    return json.dumps({"answer": next(said for word, said in SAID.items() if word in text)})


@pytest.fixture
def settings(interval_node, tmp_path):
    return Settings(provider=interval_node.url, home=tmp_path / "home", addresses=interval_node.addresses)


@asynccontextmanager
async def assembled(settings, limits):
    async with open_session(settings, Seed.open(settings.home), ScriptedUpstream(answer), limits) as session:
        session.embedder = Alike()
        plan = Job(agents=AGENTS, source=SOURCE, drafts=list(drafts()), windows=WINDOWS)
        yield await assemble(session, plan, announce=lambda _forecast: None)


async def skip_what_nobody_uses(crew):
    """Jump to the end of the next window whenever nothing has come of this one for a while."""
    feed, seen, still = crew.session.feed, None, 0
    while True:
        await asyncio.sleep(0.5)
        now = [(task.id, task.state) for task in feed.view.open.values()], len(feed.view.commitments)
        still = still + 1 if now == seen else 0
        seen = now
        ends = [
            end
            for task in crew.batch()
            for end in (task.bidding_end, task.reveal_end, task.deadline)
            if not task.state.is_final and end > feed.now()
        ]
        if still >= 6 and ends:
            await warp(crew.session.rpc, min(ends) - feed.now())
            still = 0


async def test_a_run_at_its_cap_finishes_what_it_began_and_begins_nothing_more(settings):
    limits = Limits(calls=CALLS_A_TASK)
    async with assembled(settings, limits) as crew:
        caps = crew.session.caps
        skipping = asyncio.create_task(skip_what_nobody_uses(crew))
        async with asyncio.timeout(120):
            await work(crew, until=crew.all_ended, stop=asyncio.Event())
        skipping.cancel()
        assert caps.held_back == "--max-calls, 3 model calls"
        view, ids = crew.session.feed.view, {member.agent_id for member in crew.members}
        bid_for = [task for task in crew.batch() if view.demand.bidders[task.id] & ids]
        assert len(bid_for) == 1, "no more had room"
        assert bid_for[0].state in (TaskState.SETTLED, TaskState.REFUNDED)
        assert bid_for[0].score is not None, "delivered, and scored"
        assert not any(agent_id in ids for _, agent_id in view.commitments), "all that was sealed is opened"
        calls = sum(office.tally.total.calls for office in crew.session.offices.values())
        assert 1 <= calls <= CALLS_A_TASK
        assert all(member.treasury.unredeemed() == 0 for member in crew.members), "thinking is paid for"
        spent = sum(view.channels.spent(agent_id) for agent_id in [*ids, crew.buyer.agent_id])
        assert spent == sum(office.tally.total.cost for office in crew.session.offices.values())

        run = conclude(crew.session, crew.reckoning, crew.batch(), caps.held_back)
        assert History(settings.home).runs() == [run]
        assert run.figures["calls"] == calls
        assert run.figures["transactions"] >= crew.reckoning.forecast.least_transactions
        assert run.figures["gas"] > 30_000 * run.figures["transactions"]
        assert run.reckoned is None, "what was cut short tells nothing of whole runs"


async def test_a_run_out_of_time_bids_no_more_and_ends_at_once_when_nobody_is_bound(settings):
    async with assembled(settings, Limits(minutes=1)) as crew:
        caps = crew.session.caps
        caps._began -= 60
        async with asyncio.timeout(60):
            await work(crew, until=crew.all_ended, stop=asyncio.Event())
        assert caps.reached == "--max-minutes, 1 minutes"
        assert not any(crew.session.feed.view.demand.bidders[task.id] for task in crew.batch())
