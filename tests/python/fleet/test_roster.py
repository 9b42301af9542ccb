"""The roster: turns for those who are woken, side by side, and one agent's trouble is its own."""

import asyncio
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from agents.errors import BadApiKey
from agents.fleet import roster as module
from agents.fleet.roster import Roster
from agents.market.view import MarketView


class Feed:
    """A clock that stands still until it is told, and the followers of the chain."""

    def __init__(self):
        self.view, self.time, self.followers = MarketView(), 0, []

    def now(self):
        return self.time

    def follow(self, follower):
        self.followers.append(follower)


class Fellow:
    """A member that counts its turns, and may stumble at deciding or at acting."""

    def __init__(self, agent_id, *, wants=(), next_step=None, stumbles=None, stumbles_acting=None):
        self.agent_id, self.wants, self.time = agent_id, list(wants), next_step
        self.stumbles, self.stumbles_acting = stumbles, stumbles_acting
        self.turns, self.acting, self.acted, self.stopped, self.errand = 0, 0, 0, 0, False
        self.go = asyncio.Event()
        self.definition = SimpleNamespace(name=f"fellow {agent_id}")
        self.agent = SimpleNamespace(next_step=lambda: self.time)
        self.lessons = Studies()

    def decide(self):
        self.turns += 1
        if self.stumbles:
            raise self.stumbles
        return self.wants

    def has_errands(self):
        return self.errand

    async def act(self, actions):
        self.acting += 1
        if self.stumbles_acting:
            raise self.stumbles_acting
        await self.go.wait()
        self.acted += 1

    async def stop(self):
        self.stopped += 1


class Studies:
    """Lessons that are due until they are revised."""

    def __init__(self):
        self.due, self.revised = False, 0

    def is_due(self):
        return self.due

    def revise(self):
        self.revised += 1
        self.due = False


@pytest.fixture
def feed():
    return Feed()


def admitted(feed, *fellows):
    roster = Roster(feed)
    roster.admit(fellows)
    return roster


async def rounds(number=3):
    for _ in range(number):
        await asyncio.sleep(0)


async def test_whoever_is_woken_takes_one_turn_and_the_others_sleep(feed):
    ada, bob = Fellow(1), Fellow(2)
    roster = admitted(feed, ada, bob)
    await roster.step()
    assert (ada.turns, bob.turns) == (1, 1), "everybody looks once at the start"
    roster.wake(1)
    roster.wake(1)
    await rounds()
    assert (ada.turns, bob.turns) == (2, 1)
    await roster.step()
    assert (ada.turns, bob.turns) == (2, 1)


async def test_a_turn_comes_when_its_time_has_come(feed):
    ada = Fellow(1, next_step=10)
    roster = admitted(feed, ada)
    turns = []
    for feed.time in (0, 9, 10, 11):
        ada.time = 10 if feed.time < 10 else None
        await roster.step()
        turns.append(ada.turns)
    assert turns == [1, 1, 2, 2]


async def test_what_is_on_its_way_holds_nobody_up_not_even_its_own_agent(feed):
    slow, quick = Fellow(1, wants=["commit"]), Fellow(2)
    roster = admitted(feed, slow, quick)
    await roster.step()
    await rounds()
    assert (slow.acting, slow.acted) == (1, 0)
    slow.wants = []
    roster.wake(1)
    roster.wake(2)
    await rounds()
    assert (slow.turns, quick.turns, slow.acted) == (2, 2, 0)
    slow.go.set()
    await rounds()
    assert slow.acted == 1


async def test_after_what_was_sent_the_next_turn_is_set(feed):
    ada = Fellow(1, wants=["commit"])
    ada.go.set()
    roster = admitted(feed, ada)
    ada.time = 5
    await roster.step()
    await rounds()
    feed.time, ada.wants = 5, []
    await roster.step()
    assert ada.turns == 2


@pytest.mark.parametrize("first", ["the next block", "the end of what was sent"])
async def test_a_window_that_begins_while_something_is_on_its_way_is_not_missed(feed, first):
    ada = Fellow(1, wants=["commit"], next_step=10)
    roster = admitted(feed, ada)
    await roster.step()
    await rounds()
    ada.wants, feed.time, ada.time = [], 10, 20
    if first == "the next block":
        await roster.step()
        assert (ada.turns, ada.acted) == (2, 0)
    ada.go.set()
    await rounds()
    assert (ada.turns, ada.acted) == (2, 1)
    await roster.step()
    assert ada.turns == 2, "and it is looked at once"
    feed.time = 20
    await roster.step()
    assert ada.turns == 3


async def test_errands_alone_are_reason_enough_to_act(feed):
    ada = Fellow(1)
    ada.errand = True
    await admitted(feed, ada).step()
    await rounds()
    assert ada.acting == 1


@pytest.mark.parametrize("trouble", ["stumbles", "stumbles_acting"])
async def test_one_that_fails_rests_longer_each_time_while_the_others_go_on(feed, monkeypatch, trouble):
    monkeypatch.setattr(module, "FIRST_REST", 0.02)
    bad, good = Fellow(1, wants=["commit"], **{trouble: RuntimeError("boom")}), Fellow(2)
    roster = admitted(feed, bad, good)
    with capture_logs() as logs:
        await roster.step()
        await rounds()
        roster.wake(1)
        roster.wake(2)
        await rounds()
        assert (bad.turns, good.turns) == (1, 2), "it rests although it is woken"
        while bad.turns < 3:
            await asyncio.sleep(0.01)
        await rounds()
        setattr(bad, trouble, None)
        bad.go.set()
        while bad.acted == 0:
            await asyncio.sleep(0.01)
        setattr(bad, trouble, RuntimeError("again"))
        roster.wake(1)
        await rounds()
    assert [one["agent"] for one in logs] == ["fellow 1"] * 4
    assert [one["rests"] for one in logs] == [0.02, 0.04, 0.08, 0.02], "and what went well is a new beginning"
    await roster.stop()


@pytest.mark.parametrize("trouble", ["stumbles", "stumbles_acting"])
async def test_a_mistake_of_the_user_ends_the_run(feed, trouble):
    roster = admitted(feed, Fellow(1, wants=["commit"], **{trouble: BadApiKey("http://model")}))

    async def go_on():
        for _ in range(3):
            await roster.step()
            await rounds()

    with pytest.raises(BadApiKey):
        await go_on()


async def test_stop_leaves_nothing_under_way(feed):
    ada, bob = Fellow(1, wants=["commit"]), Fellow(2)
    roster = admitted(feed, ada, bob)
    await roster.step()
    await rounds()
    await roster.stop()
    ada.go.set()
    await rounds()
    roster.wake(2)  # as a thought does that is cancelled
    await rounds()
    assert (ada.acted, ada.stopped, bob.stopped, bob.turns) == (0, 1, 1, 1)
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_agents_train_one_after_the_other_and_let_the_others_have_their_turns(feed):
    fellows = [Fellow(number) for number in range(1, 6)]
    for fellow in fellows:
        fellow.lessons.due = True
    roster = admitted(feed, *fellows)
    await roster.step()
    assert [fellow.lessons.revised for fellow in fellows] == [0] * 5, "not within the turn"
    most = 0
    while any(fellow.lessons.due for fellow in fellows):
        before = sum(fellow.lessons.revised for fellow in fellows)
        await asyncio.sleep(0)
        most = max(most, sum(fellow.lessons.revised for fellow in fellows) - before)
    assert most == 1
    assert [fellow.lessons.revised for fellow in fellows] == [1] * 5


async def test_who_waits_to_train_is_not_queued_twice(feed):
    ada = Fellow(1)
    ada.lessons.due = True
    roster = admitted(feed, ada)
    for _ in range(3):
        roster.wakeups.wake(1)
        await roster.step()
    while ada.lessons.due:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert ada.lessons.revised == 1
