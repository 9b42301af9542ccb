"""The index: each event wakes whom it concerns and nobody else, and each alarm rings once, when its time has come."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_standings import TASK

from agents.chain.bindings import agent_registry, ledger, task_manager
from agents.fleet.wakeups import Wakeups
from agents.market.domain import Agent, AwardMode, Bid, TaskState, account_of_agent
from agents.market.specification import skill_bytes
from agents.market.view import MarketView

ADA, BOB, EVE, STRANGER = 1, 2, 3, 9
CLAIMS = {ADA: {"writing": 80}, BOB: {"writing": 60, "research": 70}, EVE: {"research": 50, "writing": 0}}
OPEN = replace(TASK, bidding_end=100, reveal_end=200)


def claim(view, agent_id, skills):
    view.agents[agent_id] = Agent(agent_id, "0x1", None, "")
    view.skills[agent_id] = dict(skills)


@pytest.fixture
def view():
    view = MarketView()
    for agent_id, skills in CLAIMS.items():
        claim(view, agent_id, skills)
    claim(view, STRANGER, {"writing": 99})
    return view


@pytest.fixture
def wakeups(view):
    wakeups = Wakeups(view)
    wakeups.join(CLAIMS)
    assert wakeups.due(0) == [ADA, BOB, EVE], "whoever comes looks at once"
    return wakeups


def tell(wakeups, *events):
    wakeups.take(SimpleNamespace(events=[SimpleNamespace(event=event) for event in events]))
    return set(wakeups.due(0))


def event(kind, **fields):
    """An event of which only the fields count that are given."""
    made = kind.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def created(view, **changes):
    view.put(replace(OPEN, **changes))
    return event(task_manager.TaskCreated, task_id=changes.get("id", OPEN.id))


def test_a_new_task_is_offered_to_those_who_claim_its_skill(view, wakeups):
    assert tell(wakeups, created(view)) == {ADA, BOB}
    assert tell(wakeups, created(view, id=2, skill="research")) == {BOB, EVE}
    assert tell(wakeups, created(view, id=3, skill="cooking")) == set()
    assert wakeups.offers == {ADA: {1}, BOB: {1, 2}, EVE: {2}}


@pytest.mark.parametrize(
    "changes", [{"mode": AwardMode.DIRECT}, {"state": TaskState.CANCELLED}, {"state": TaskState.AWARDED}]
)
def test_what_takes_no_sealed_bids_is_offered_to_nobody(view, wakeups, changes):
    assert tell(wakeups, created(view, **changes)) == set()


def test_of_a_crowd_some_are_drawn_and_the_same_after_a_restart(view):
    crowd = range(100, 400)
    for agent_id in crowd:
        claim(view, agent_id, {"cooking": 50})
    drawn = []
    for _ in range(2):
        wakeups = Wakeups(view, crowd=7)
        wakeups.join(crowd)
        wakeups.due(0)
        drawn.append([tell(wakeups, created(view, id=number, skill="cooking")) for number in range(1, 200)])
        for number in range(1, 200):
            view.put(replace(view.tasks[number], state=TaskState.CANCELLED))
    assert drawn[0] == drawn[1]
    assert {len(some) for some in drawn[0]} == {7}
    assert len(set().union(*drawn[0])) > 280, "everybody has a turn"


def test_open_tasks_are_offered_to_who_comes_later(view):
    view.put(OPEN)
    wakeups = Wakeups(view)
    wakeups.join([ADA])
    assert wakeups.offers == {ADA: {1}}


def test_claims_that_change_change_what_is_offered(view, wakeups):
    view.skills[EVE]["writing"], view.skills[ADA]["writing"] = 40, 0
    changed = [event(agent_registry.SkillSet, agent_id=one, tag=skill_bytes("writing")) for one in (ADA, EVE)]
    assert tell(wakeups, *changed) == set()
    assert tell(wakeups, created(view)) == {BOB, EVE}


def test_who_rests_is_offered_nothing_until_it_is_back(view, wakeups):
    for active, expected in ((False, {ADA}), (True, {ADA, BOB})):
        view.agents[BOB] = replace(view.agents[BOB], active=active)
        tell(wakeups, event(agent_registry.ActiveSet, agent_id=BOB, active=active))
        assert tell(wakeups, created(view)) == expected


@pytest.mark.parametrize(
    "kind",
    [
        task_manager.TaskAwarded,
        task_manager.ResultSubmitted,
        task_manager.TaskRejected,
        task_manager.TaskDisputed,
        task_manager.PanelConvened,
        task_manager.TaskRuled,
    ],
)
def test_what_happens_to_a_task_in_work_concerns_its_worker(view, wakeups, kind):
    view.put(replace(OPEN, state=TaskState.AWARDED, agent_id=BOB))
    assert tell(wakeups, event(kind, task_id=OPEN.id)) == {BOB}
    view.put(replace(OPEN, state=TaskState.AWARDED, agent_id=STRANGER))
    assert tell(wakeups, event(kind, task_id=OPEN.id)) == set()


def test_a_place_that_is_free_concerns_those_who_bid(view, wakeups):
    view.put(replace(OPEN, state=TaskState.DEFAULTED, agent_id=STRANGER))
    view.bids[OPEN.id] = [Bid(OPEN.id, agent, 5, 6, 5000, 0) for agent in (STRANGER, EVE)]
    assert tell(wakeups, event(task_manager.TaskDefaulted, task_id=OPEN.id)) == {EVE}


@pytest.mark.parametrize(
    "kind", [task_manager.TaskSettled, task_manager.TaskRefunded, task_manager.TaskExpired]
)
def test_the_end_concerns_all_who_bid_and_who_worked(view, wakeups, kind):
    view.put(replace(OPEN, state=TaskState.SETTLED, agent_id=EVE))
    view.demand.bidders[OPEN.id] = {ADA, STRANGER}
    assert tell(wakeups, event(kind, task_id=OPEN.id)) == {ADA, EVE}


def test_credits_that_come_in_concern_their_owner(wakeups):
    assert tell(wakeups, event(ledger.Deposited, account=account_of_agent(BOB), amount=1)) == {BOB}
    assert tell(wakeups, event(ledger.Deposited, account=BOB, amount=1)) == set()


def test_an_alarm_rings_once_when_its_time_has_come(wakeups):
    wakeups.at(ADA, 10)
    assert [wakeups.due(now) for now in (9, 10, 11)] == [[], [ADA], []]


def test_the_last_word_on_when_to_look_counts(wakeups):
    wakeups.at(ADA, 10)
    wakeups.at(ADA, 20)
    wakeups.at(BOB, 10)
    wakeups.at(BOB, None)
    wakeups.at(EVE, 20)
    wakeups.at(EVE, 10)
    assert [wakeups.due(now) for now in (10, 20, 30)] == [[EVE], [ADA], []]


def test_whoever_is_woken_twice_looks_once(wakeups):
    wakeups.at(ADA, 10)
    wakeups.wake(ADA)
    wakeups.wake(ADA)
    assert wakeups.due(10) == [ADA]


def test_a_chain_that_turned_back_makes_everybody_look_at_what_there_is(view, wakeups):
    tell(wakeups, created(view))
    view.clear()
    for agent_id, skills in CLAIMS.items():
        claim(view, agent_id, skills)
    view.put(replace(OPEN, id=5, skill="research"))
    wakeups.reset()
    assert set(wakeups.due(0)) == set(CLAIMS)
    assert wakeups.offers == {ADA: set(), BOB: {5}, EVE: {5}}


@given(st.integers())
def test_no_alarm_is_lost_among_many(seed):
    draw, wakeups = random.Random(seed), Wakeups(MarketView())
    agents = range(1, 30)
    wakeups.join(agents)
    wakeups.due(0)
    set_to = {}
    for _ in range(200):
        agent_id, time = draw.choice(agents), draw.choice([None, *range(1, 100)])
        wakeups.at(agent_id, time)
        set_to[agent_id] = time
    rung = {agent_id: now for now in range(100) for agent_id in wakeups.due(now)}
    assert rung == {agent_id: time for agent_id, time in set_to.items() if time is not None}
