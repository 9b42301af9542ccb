"""Shards without Ray: who belongs where, what a lost process comes to, and that a second one waits for the store."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from agents.errors import FleetLaidOut, ShardLost, WalletsInUse, WorkerLost
from agents.fleet.app import Job
from agents.fleet.caps import Limits
from agents.fleet.definitions import fleet
from agents.fleet.layout import pin_layout
from agents.fleet.session import open_session
from agents.fleet.shards import worker
from agents.fleet.shards.assignment import Assignment, ShardReport, split
from agents.fleet.shards.keeping import MOST_LOSSES, Keeping
from agents.fleet.shards.worker import Worker
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.settings import Settings

# Who belongs where


@given(st.integers(0, 50), st.integers(1, 20), st.integers(0, 30))
def test_each_agent_is_in_one_shard_and_stays_there_when_the_fleet_grows(count, size, more):
    def places(number):
        return {
            one.name: (shard.office, shard.first_wallet + at)
            for shard in split(Job(agents=fleet(number)), size)
            for at, one in enumerate(shard.agents)
        }

    before, after = places(count), places(count + more)
    assert len(before) == count
    assert before.items() <= after.items()
    assert len({wallet for _, wallet in after.values()}) == count + more


@given(st.integers(1, 50), st.integers(1, 20), st.integers(50, 1000))
def test_the_shards_caps_and_crowds_are_not_more_than_the_runs(count, size, cap):
    limits = Limits(credits=cap, calls=cap, transactions=cap, credits_per_agent=7, minutes=3)
    shards = split(Job(agents=fleet(count), limits=limits, crowd=cap, until_settled=True), size)
    for name in ("credits", "calls", "transactions"):
        assert sum(getattr(shard.limits, name) for shard in shards) <= cap
    assert sum(shard.crowd for shard in shards) <= cap
    assert {(shard.limits.credits_per_agent, shard.limits.minutes) for shard in shards} == {(7, 3)}
    assert not any(shard.until_settled or shard.source for shard in shards)
    assert sum(shard.keeps for shard in shards) == 1


def test_a_fleet_is_not_divided_otherwise_than_before(tmp_path):
    pin_layout(tmp_path / "a", 10)
    pin_layout(tmp_path / "a", 10)
    with pytest.raises(FleetLaidOut, match="--shard-size 10"):
        pin_layout(tmp_path / "a", 20)
    with pytest.raises(FleetLaidOut, match="--ray and --shard-size 10"):
        pin_layout(tmp_path / "a", None)
    pin_layout(tmp_path / "b", None)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "fleet.db").touch()
    with pytest.raises(FleetLaidOut, match="no --ray"):
        pin_layout(tmp_path / "b", 10)


@pytest.mark.parametrize("content", ["", "{", '{"size": 0}', '{"size": "10"}', "[10]"])
def test_a_layout_that_cannot_be_read_is_not_guessed(tmp_path, content):
    (tmp_path / "shards.json").write_text(content)
    for size in (None, 10):
        with pytest.raises(FleetLaidOut, match=r"shards\.json no longer says"):
            pin_layout(tmp_path, size)


# Processes that are lost


class Fake:
    """A process that is lost, or one that comes to its end when it is told."""

    def __init__(self, *, is_lost=False):
        self.is_lost, self.kills = is_lost, 0
        self.told = asyncio.Event()

    async def run(self):
        await asyncio.sleep(0.001)
        if not self.is_lost:
            await self.told.wait()
        if self.is_lost:
            raise WorkerLost("it was killed")
        return ShardReport(0, {"calls": 3})

    async def ready(self):
        if self.is_lost:
            raise WorkerLost("it was killed")

    async def stop(self):
        self.told.set()
        if self.is_lost:
            raise WorkerLost("it was killed")

    def kill(self):
        self.kills += 1


class Starts:
    """Starts processes of which the first so many are lost."""

    def __init__(self, losses):
        self.losses, self.begun = losses, []

    def __call__(self, _assignment):
        self.begun.append(Fake(is_lost=len(self.begun) < self.losses))
        return self.begun[-1]


@pytest.fixture
def assignment(tmp_path):
    job = Job(agents=fleet(1, "truthful"), office="fleet-0")
    return Assignment(0, job, "http://127.0.0.1:9", tmp_path, tmp_path / "a.json", str(tmp_path), "INFO", 0.0)


async def test_a_lost_shard_is_begun_again_until_it_ends(assignment):
    starts = Starts(3)
    kept = Keeping(assignment, starts, first_pause=0)
    await kept.ready()
    assert not kept.has_ended
    await kept.stop()
    assert (await kept.report()).figures == {"calls": 3}
    assert (len(starts.begun), kept.losses) == (4, 3)
    assert not kept.has_failed


async def test_a_shard_that_is_lost_again_and_again_ends_the_run(assignment):
    kept = Keeping(assignment, Starts(100), first_pause=0)
    await kept.ready()
    with pytest.raises(
        ShardLost, match=f"lost {MOST_LOSSES + 1} times in a row, at last because: it was killed"
    ):
        await kept.report()
    assert kept.has_failed
    await kept.stop()


async def test_a_shard_that_is_lost_while_it_stops_is_left_alone(assignment):
    starts = Starts(0)
    kept = Keeping(assignment, starts)
    await kept.ready()
    starts.begun[0].is_lost = True
    await kept.stop()
    assert await kept.report() == ShardReport(0)
    assert [one.kills for one in starts.begun] == [1]


async def test_a_mistake_of_the_user_is_in_the_report_and_in_the_log(assignment):
    with capture_logs() as logs:
        report = await Worker(assignment).run()
    assert "no node answers at http://127.0.0.1:9" in report.mistake
    assert [line["event"] for line in logs] == ["shard.begins", "shard.failed"]


def test_an_assignment_shows_no_address_and_holds_no_secret(assignment):
    assert "127.0.0.1" not in repr(assignment)
    assert not {"password", "openai_api_key"} & set(Assignment.__slots__)


# Stores


@pytest.fixture
def on_chain(node, tmp_path):
    return Settings(provider=node.url, home=tmp_path / "home", addresses=node.addresses)


async def test_a_shard_waits_for_its_store_until_the_one_before_it_is_gone(rpc, on_chain, assignment):
    told = replace(
        assignment, provider=on_chain.provider, home=on_chain.home, addresses=Path(on_chain.addresses)
    )
    seed, model = worker.open_seed(on_chain, None), ScriptedUpstream(lambda _request: "")
    async with open_session(on_chain, seed, model) as first, open_session(on_chain, seed, model) as second:
        office = first.open_office("fleet-0")
        waiting = asyncio.create_task(Worker(told)._take_over(second))
        await asyncio.sleep(2 * worker.PAUSE)
        assert not waiting.done()
        await office.sender.close()
        office.store.close()
        await waiting
        assert "fleet-0" in second.offices
        with suppress(WalletsInUse):
            first.offices.clear()
            first.open_office("fleet-0")
            pytest.fail("two at once")
