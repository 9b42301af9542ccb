"""A fleet's gateway: its own, whose receipts the notes follow, or one that somebody else runs far away."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import uvicorn
from crash_fleet import AGENTS, SOURCE, WINDOWS, Alike, drafts
from test_capped_run import answer, skip_what_nobody_uses

from agents.chain.wallet import Seed
from agents.errors import GatewayUnfit, GatewayUnreachable, ModelMissing, ThinkingUnpaid
from agents.fleet.app import Job, assemble, live, work
from agents.fleet.caps import Limits
from agents.fleet.crew import mind as crew_mind
from agents.fleet.definitions import fleet
from agents.fleet.enrolment import fund_gas
from agents.fleet.history import History
from agents.fleet.reckoning import conclude, reckon
from agents.fleet.session import PROVIDER_WALLET, open_session
from agents.fleet.standings import endings
from agents.lab.doctor import examine
from agents.llm.gateway.client import GatewayModel
from agents.llm.protocol import Message, ModelRequest
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.settings import Settings

AGENT = replace(fleet(1)[0], policy="truthful")
REQUEST = ModelRequest(AGENT.name, "work", (Message("user", "?"),), 5, task=3)


@pytest.fixture
def settings(node, tmp_path):
    return Settings(provider=node.url, home=tmp_path / "home", addresses=node.addresses)


@asynccontextmanager
async def one_agent(settings, limits=None, says="yes"):
    upstream = ScriptedUpstream(lambda _request: says)
    async with open_session(settings, Seed.open(settings.home), upstream, limits) as session:
        session.embedder = Alike()
        yield session, await assemble(session, Job(agents=[AGENT]))


async def call(session, member):
    seat = await session.gateway.seat(AGENT.name, member.agent_id, member.agent.hands.wallet)
    return await GatewayModel(session.gateway.client, seat.key, session.gateway.model).complete(REQUEST)


@pytest.mark.usefixtures("rpc")
async def test_calls_that_were_settled_and_not_noted_are_noted_at_the_next_start(settings):
    async with one_agent(settings) as (session, crew):
        answers = [await call(session, crew.members[0]) for _ in range(3)]
        kept = crew.members[0].agent.notes.thinking
        assert (kept.calls, kept.cost) == (3, sum(answer.cost for answer in answers))
        assert crew.members[0].treasury.unredeemed() == kept.cost
        # As if the process had been killed after the second was settled, and before it was noted.
        with session.offices["fleet"].store.transaction() as db:
            db.execute("UPDATE thinking SET calls = 1, tokens = 2, cost = ?", (answers[0].cost,))
            db.execute("UPDATE steps SET calls = 1, prompt = 1, completion = 1, cost = ?", (answers[0].cost,))
    async with one_agent(settings) as (_, crew):
        notes = crew.members[0].agent.notes
        assert notes.thinking == kept
        assert notes.earnings.thinking(REQUEST.task, "work") == kept.cost
        lost = [line.lost for line in crew.standings()]
        assert lost == [0], "what was thought and not redeemed is no lost bond"


@pytest.mark.usefixtures("rpc")
async def test_an_agents_mind_reads_prices_and_what_it_has_spent(settings):
    async with one_agent(settings) as (session, crew):
        member = crew.members[0]
        seat = await session.gateway.seat(AGENT.name, member.agent_id, member.agent.hands.wallet)
        told = session, session.offices["fleet"], member.agent.notes, AGENT.name, seat, member.treasury
        mind = crew_mind(*told)
        assert (await mind.get_my_model_costs())["spent"] == []
        answer = await call(session, member)
        (model,) = await mind.list_available_models()
        assert model["price"]["output_per_million"] == session.gateway.price.output_per_million
        (spent,) = (await mind.get_my_model_costs())["spent"]
        assert (spent["model"], spent["calls"], spent["cost"]) == (model["id"], 1, answer.cost)


@pytest.mark.usefixtures("rpc")
async def test_a_runs_limits_hold_at_the_gateway_for_calls_that_nobody_foresaw(settings):
    async with one_agent(settings, Limits(credits_per_task=1)) as (session, crew):
        with pytest.raises(ThinkingUnpaid, match="budget of the task is 1 units"):
            await call(session, crew.members[0])
        assert session.gateway.unredeemed(crew.members[0].agent_id, crew.members[0].agent.notes) == 0


@pytest.mark.usefixtures("rpc")
async def test_what_the_next_run_may_spend_at_the_gateway_is_its_own(settings):
    async with one_agent(settings, Limits(credits=10**9)) as (session, crew):
        answer = await call(session, crew.members[0])
        left = session.gateway.meter.budgets.left
        assert left(crew.members[0].agent_id) == {"run": 10**9 - answer.cost}
        stop = asyncio.Event()
        stop.set()
        await live(session, Job(agents=[AGENT]), stop)
        assert left(crew.members[0].agent_id) == {"run": 10**9}


@pytest.mark.usefixtures("rpc")
async def test_what_steps_came_to_is_known_to_the_next_run(settings):
    async with one_agent(settings) as (session, crew):
        earnings = crew.members[0].agent.notes.earnings
        answer = await call(session, crew.members[0])
        step = earnings.end(REQUEST.task, "work", "exact", "writing", answer.usage + answer.usage)
        plan = Job(agents=[AGENT]).plan(session.gateway.model, session.gateway.price, 0)
        for _ in range(2):
            conclude(session, reckon(session, plan), [], "stopped")
        model = session.gateway.model
    history = History(settings.home)
    assert history.steps(model) == [step], "counted once"
    assert [(one.skill, one.tasks, one.cost) for one in history.skills(model)] == [
        ("writing", 1, answer.cost)
    ]
    async with one_agent(settings) as (session, _):
        assert session.experience.steps == {("work", "exact"): step}


# Somebody else's


@asynccontextmanager
async def served(app):
    """The URL of an application, while it is served."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def provider(settings, script=answer):
    """Somebody who runs a gateway: the session and its URL."""
    async with open_session(settings, Seed.open(settings.home), ScriptedUpstream(script)) as session:
        session.open_office("gateway")
        await session.begin()
        await fund_gas(session, [session.wallet(PROVIDER_WALLET)])

        async def keep():
            while True:
                await session.feed.catch_up()
                await session.gateway.step()
                await asyncio.sleep(0.1)

        keeping = asyncio.create_task(keep())
        try:
            async with served(session.gateway.gateway.app) as url:
                yield session, url
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def test_a_fleet_thinks_at_a_gateway_far_away_and_pays_its_provider(interval_node, tmp_path):
    theirs = Settings(provider=interval_node.url, home=tmp_path / "theirs", addresses=interval_node.addresses)
    async with provider(theirs) as (house, url):
        own = theirs.model_copy(update={"home": tmp_path / "own", "content": str(tmp_path), "gateway": url})
        async with open_session(own, Seed.open(own.home), None) as session:
            session.embedder = Alike()
            job = Job(agents=AGENTS, source=SOURCE, drafts=list(drafts()), windows=WINDOWS)
            crew = await assemble(session, job)
            skipping = asyncio.create_task(skip_what_nobody_uses(crew))
            async with asyncio.timeout(120):
                await work(crew, until=crew.all_ended, stop=asyncio.Event())
            skipping.cancel()
            assert endings(crew.batch()).settled == 2
            await house.gateway.settle()
            await session.feed.catch_up()
            view, signers = session.feed.view, house.gateway.gateway.keys.session_signer
            for member in crew.members:
                spent = view.channels.spent(member.agent_id)
                assert (
                    spent
                    == member.agent.notes.thinking.cost
                    == sum(receipt.cost for _, receipt in house.gateway.meter.books.receipts(member.agent_id))
                )
                signer = signers(member.agent_id, 0).address
                assert view.channels.channel(member.agent_id, signer, house.gateway.provider) is not None
            assert sum(view.channels.spent(member.agent_id) for member in crew.members) > 0
            assert session.gateway.provider == house.wallet(PROVIDER_WALLET).address
            assert session.offices["fleet"].tally.total.cost > 0


@pytest.mark.usefixtures("rpc")
async def test_a_gateway_that_cannot_be_used_is_named(settings, tmp_path):
    async def begins(**changes):
        own = settings.model_copy(update={"home": tmp_path / "own", **changes})
        async with open_session(own, Seed.open(own.home), None) as session:
            session.open_office("fleet")
            await session.begin()

    with pytest.raises(GatewayUnreachable, match="AGORA_GATEWAY"):
        await begins(gateway="http://127.0.0.1:9")
    with pytest.raises(GatewayUnfit, match="/v1/agora/info"):
        await begins(gateway=settings.provider)
    async with provider(settings) as (_, url):
        with pytest.raises(ModelMissing, match="only scripted"):
            await begins(gateway=url, model="another")
        findings = await examine(settings.model_copy(update={"gateway": url}))
        assert [one.detail.partition(" at ")[0] for one in findings if one.what == "model"] == ["scripted"]
