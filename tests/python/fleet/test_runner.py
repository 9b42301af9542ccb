"""The runner: parties step for each block, each for itself, and all have stopped when it returns."""

import asyncio

import pytest
from structlog.testing import capture_logs

from agents.errors import BadApiKey, TransportError
from agents.fleet.runner import Party, run


class Blocks:
    """A feed with a block for each look."""

    def __init__(self, failures=0):
        self.looks, self.failures, self.fresh = 0, failures, asyncio.Event()

    async def catch_up(self):
        self.looks += 1
        if self.looks <= self.failures:
            raise TransportError("the node is away")
        fresh, self.fresh = self.fresh, asyncio.Event()
        fresh.set()
        return True

    async def changed(self):
        await self.fresh.wait()


class Walker:
    """A party that counts its steps and may stumble at one of them."""

    def __init__(self, error=None, at=1):
        self.steps, self.stopped, self.error, self.at = 0, 0, error, at

    async def step(self):
        self.steps += 1
        if self.error and self.steps == self.at:
            raise self.error

    async def stop(self):
        self.stopped += 1


def parties(*walkers):
    return [Party(f"walker {number}", walker) for number, walker in enumerate(walkers)]


async def test_everybody_steps_once_for_each_block_until_it_is_over():
    walkers, feed = [Walker(), Walker()], Blocks()
    await run(feed, parties(*walkers), until=lambda: feed.looks == 3, stop=asyncio.Event())
    for walker in walkers:
        assert 3 <= walker.steps <= 4
        assert walker.stopped == 1


async def test_one_that_fails_rests_while_the_others_go_on():
    bad, good, feed = Walker(RuntimeError("boom")), Walker(), Blocks()
    with capture_logs() as logs:
        await run(feed, parties(bad, good), until=lambda: feed.looks == 3, stop=asyncio.Event())
    assert (bad.steps, bad.stopped) == (1, 1)
    assert good.steps >= 3
    assert [(one["event"], one["agent"]) for one in logs] == [("party.failed", "walker 0")]


async def test_a_mistake_of_the_user_ends_the_run_and_stops_everybody():
    bad, good, feed = Walker(BadApiKey("http://model"), at=2), Walker(), Blocks()
    with pytest.raises(BadApiKey):
        await run(feed, parties(bad, good), until=lambda: False, stop=asyncio.Event())
    assert (bad.stopped, good.stopped) == (1, 1)


async def test_stop_ends_it_at_once():
    walker, stop = Walker(), asyncio.Event()
    running = asyncio.create_task(run(Blocks(), parties(walker), until=lambda: False, stop=stop))
    await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert walker.stopped == 1


async def test_a_node_that_is_away_for_a_while_ends_nothing():
    walker, feed = Walker(), Blocks(failures=1)
    with capture_logs() as logs:
        await run(feed, parties(walker), until=lambda: feed.looks == 3, stop=asyncio.Event())
    assert [one["event"] for one in logs] == ["feed.interrupted"]
    assert walker.steps >= 2


async def test_nothing_begins_that_is_over_already():
    feed = Blocks()
    await run(feed, [], until=lambda: True, stop=asyncio.Event())
    assert feed.looks == 0
