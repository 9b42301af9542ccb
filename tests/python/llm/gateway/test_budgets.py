"""Budgets: a call that may go beyond any limit is refused, by name, and one that cannot is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import BudgetSpent
from agents.llm.gateway.budgets import HOUR, Budgets, Limits


class Clock:
    now = 1_000_000

    def __call__(self):
        return self.now


def spend(budgets, agent_id, task, cost, worst=None):
    """A call from its beginning to its end."""
    worst = cost if worst is None else worst
    budgets.check(agent_id, task, worst)
    budgets.reserve(agent_id, task, worst)
    budgets.release(agent_id, task, worst, cost)


def refused(budgets, agent_id, task, worst):
    with pytest.raises(BudgetSpent) as found:
        budgets.check(agent_id, task, worst)
    return found.value.scope, found.value.limit, found.value.spent, found.value.worst


def test_without_limits_all_is_let_through():
    budgets = Budgets(Limits(), Clock())
    spend(budgets, 1, 1, 10**18)
    assert budgets.left(1, 1) == {}


def test_a_task_is_each_agents_own():
    budgets = Budgets(Limits(task=100), Clock())
    spend(budgets, 1, 7, 60)
    assert refused(budgets, 1, 7, 41) == ("task", 100, 60, 41)
    spend(budgets, 1, 7, 40)
    spend(budgets, 2, 7, 100)
    spend(budgets, 1, 8, 100)
    assert budgets.left(1, 7) == {"task": 0}


def test_calls_without_a_task_share_one_limit():
    budgets = Budgets(Limits(task=100), Clock())
    spend(budgets, 1, 0, 60)
    assert refused(budgets, 1, 0, 41) == ("task", 100, 60, 41)
    assert budgets.left(1) == {"task": 40}
    spend(budgets, 1, 7, 100)
    budgets.begin([(1, 0, 70)], [])
    assert budgets.left(1) == {"task": 30}


def test_an_agents_limit_is_over_all_its_tasks():
    budgets = Budgets(Limits(agent=100), Clock())
    spend(budgets, 1, 7, 60)
    spend(budgets, 1, 0, 30)
    assert refused(budgets, 1, 8, 11)[0] == "agent"
    spend(budgets, 2, 8, 100)
    assert budgets.left(1) == {"agent": 10}


def test_an_hour_of_calls_takes_no_more_room_than_its_seconds():
    clock = Clock()
    budgets = Budgets(Limits(hour=10**6), clock)
    for _ in range(10_000):
        budgets.release(1, 0, 0, 1)
    assert budgets.left(1) == {"hour": 10**6 - 10_000}
    assert len(budgets._recent) == 1


def test_the_hour_is_any_sixty_minutes_of_all():
    clock = Clock()
    budgets = Budgets(Limits(hour=100), clock)
    spend(budgets, 1, 1, 60)
    clock.now += HOUR - 1
    spend(budgets, 2, 2, 40)
    assert refused(budgets, 1, 1, 1)[0] == "hour"
    clock.now += 1
    assert budgets.left(1) == {"hour": 60}
    spend(budgets, 3, 3, 60)
    clock.now += HOUR
    assert budgets.left(1) == {"hour": 100}


def test_the_run_is_of_all_and_calls_in_flight_count_in_full():
    budgets = Budgets(Limits(run=100), Clock())
    budgets.reserve(1, 1, 70)
    assert refused(budgets, 2, 2, 31) == ("run", 100, 70, 31)
    budgets.release(1, 1, 70, 10)
    spend(budgets, 2, 2, 90)
    assert refused(budgets, 2, 2, 1)[0] == "run"


def test_what_was_spent_before_is_taken_over():
    clock = Clock()
    budgets = Budgets(Limits(task=100, agent=100, hour=100, run=100), clock)
    budgets.begin([(1, 7, 30), (1, 0, 20)], [(clock.now - 10, 25)])
    assert budgets.left(1, 7) == {"task": 70, "agent": 50, "hour": 75, "run": 50}
    budgets.begin([], [])
    assert budgets.left(1, 7) == {"task": 100, "agent": 100, "hour": 100, "run": 100}


calls = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 60), st.floats(0, 1)), max_size=40
)
limits = st.builds(Limits, *[st.none() | st.integers(0, 200)] * 4)


@given(limits, calls)
def test_no_limit_is_ever_passed(limits, calls):
    budgets, flights, spent = Budgets(limits, Clock()), [], []
    for agent_id, task, worst, share in calls:
        try:
            budgets.check(agent_id, task, worst)
        except BudgetSpent:
            continue
        budgets.reserve(agent_id, task, worst)
        flights.append((agent_id, task, worst))
        if share < 0.7:
            agent_id, task, worst = flights.pop(0)
            cost = int(worst * share)
            budgets.release(agent_id, task, worst, cost)
            spent.append((agent_id, task, cost))
    whole = spent + flights
    for agent_id in (1, 2, 3):
        mine = [(task, units) for one, task, units in whole if one == agent_id]
        assert limits.agent is None or sum(units for _, units in mine) <= limits.agent
        for task in (0, 1, 2, 3):
            assert limits.task is None or sum(units for one, units in mine if one == task) <= limits.task
    total = sum(units for _, _, units in whole)
    assert total <= min(one for one in (limits.hour, limits.run, total) if one is not None)
