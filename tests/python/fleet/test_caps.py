"""The caps: what is promised always has room, and a cap ends the run once nothing else can."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_standings import TASK

from agents.chain.store import Store
from agents.errors import ModelUnavailable, SettingOutOfRange
from agents.fleet.caps import CALLS_A_TASK, STEPS_A_BID, STEPS_A_TASK, Caps, Limits, worst
from agents.fleet.tally import Tally
from agents.llm.prices import Price, cost, list_prices
from agents.llm.protocol import Message, ModelRequest, Usage
from agents.llm.scripted import ScriptedModel
from agents.market.domain import TaskState
from agents.market.view import MarketView
from agents.mind.notes import Belief, BidNote, Notes
from agents.mind.spending import Unlimited

ADA, BOB = 1, 2
PRICE = list_prices().price_for("scripted")


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


class Desk:
    """Caps over a market that the test arranges by hand."""

    def __init__(self, store, limits, clock=None):
        self.store, self.view, self.clock = store, MarketView(), clock or Clock()
        self.tally = Tally(store, self.clock)
        self.caps = Caps(Limits(**limits), clock=self.clock)
        self.caps.join(self.tally)
        self.caps.watch(self.view)

    def admit(self, name="ada", agent_id=ADA):
        return self.caps.admit(name, agent_id, Notes(self.store, name))

    def task(self, number, state=TaskState.OPEN, agent_id=0):
        task = replace(TASK, id=number, state=state, agent_id=agent_id)
        self.view.tasks[number] = task
        (self.view.open.pop(number, None) if state.is_final else self.view.open.update({number: task}))
        return task

    def spend(self, units, calls=1, agent="ada"):
        for _ in range(calls):
            self.tally.count(agent, "work", Usage(1, 1), units)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "fleet.db")
    yield store
    store.close()


@pytest.fixture
def desk(store):
    return lambda clock=None, **limits: Desk(store, limits, clock)


def test_without_caps_nothing_is_held_and_no_model_is_wrapped(desk):
    found = desk()
    assert isinstance(found.admit(), Unlimited)
    model = ScriptedModel(lambda _request: "yes")
    assert found.caps.guard(model, PRICE) is model
    assert not found.caps.is_spent()


@pytest.mark.parametrize("name", Limits.__slots__)
def test_a_cap_of_nothing_is_refused_by_the_name_of_its_option(name):
    with pytest.raises(SettingOutOfRange, match=f"--max-{name.replace('_', '-')} is 0"):
        Limits(**{name: 0})


def test_a_share_of_the_caps_is_by_agents_but_for_what_is_each_ones_own():
    own = {"credits_per_agent": 7, "credits_per_task": 4, "minutes": 5}
    limits = Limits(credits=100, calls=10, transactions=2, **own)
    assert limits.share(3, 10) == Limits(credits=30, calls=3, transactions=1, **own)


def test_a_bid_waits_when_the_worst_of_what_is_promised_leaves_it_no_room(desk):
    found = desk(credits=10)
    ada = found.admit()
    assert ada.hold(found.task(1), 6) is None
    assert ada.hold(found.task(1), 6) is None, "a bid is set aside once"
    assert "--max-credits" in ada.hold(found.task(2), 5)
    assert ada.hold(found.task(3), 4) is None
    assert not found.caps.reached, "what is promised may still turn out cheaper"
    assert "--max-credits" in found.caps.held_back
    found.task(1, TaskState.SETTLED)
    assert ada.hold(found.task(2), 5) is None
    assert not found.caps.held_back


@pytest.mark.parametrize(
    "state", [TaskState.AWARDED, TaskState.SUBMITTED, TaskState.SETTLED, TaskState.EXPIRED]
)
def test_what_was_set_aside_is_free_again_when_the_task_asks_no_more(desk, state):
    found = desk(credits=10)
    ada = found.admit()
    ada.hold(found.task(1), 10)
    found.task(1, state, agent_id=99 if state is TaskState.AWARDED else ADA)
    assert ada.hold(found.task(2), 10) is None


def test_work_that_is_won_stays_set_aside_until_it_is_delivered(desk):
    found = desk(credits=10)
    ada = found.admit()
    ada.hold(found.task(1), 10)
    found.task(1, TaskState.AWARDED, agent_id=ADA)
    assert ada.hold(found.task(2), 1) is not None
    found.spend(4)
    found.task(1, TaskState.SUBMITTED, agent_id=ADA)
    assert ada.hold(found.task(2), 7) is not None
    assert ada.hold(found.task(2), 6) is None


def test_agents_that_bid_for_one_task_are_counted_as_one_worker_and_each_its_own_steps(desk):
    found = desk(credits=10, calls=CALLS_A_TASK, transactions=STEPS_A_TASK + 2 * STEPS_A_BID)
    ada, bob, cid = found.admit("ada", 1), found.admit("bob", 2), found.admit("cid", 3)
    task = found.task(1)
    assert ada.hold(task, 8) is None
    assert bob.hold(task, 10) is None, "the dearest of them counts"
    assert "--max-transactions" in cid.hold(task, 8)


def test_a_cap_is_reached_when_nothing_is_promised_and_a_bid_does_not_fit(desk):
    found = desk(credits=10)
    ada = found.admit()
    found.spend(8)
    assert ada.hold(found.task(1), 3) is not None
    assert found.caps.reached == "--max-credits, 0.00 credits for model calls"
    assert ada.is_spent()


def test_an_agent_at_its_own_cap_leaves_the_run_to_the_others(desk):
    found = desk(credits_per_agent=10)
    ada, bob = found.admit("ada", ADA), found.admit("bob", BOB)
    found.spend(8, agent="ada")
    assert ada.hold(found.task(1), 3) is not None
    assert ada.is_spent()
    assert not bob.is_spent()
    assert bob.hold(found.task(1), 10) is None
    found.spend(9, agent="bob")
    found.task(1, TaskState.SETTLED)
    assert bob.hold(found.task(2), 3) is not None
    assert "all agents" in found.caps.reached


def test_a_task_that_may_cost_too_much_is_left_to_others_and_ends_no_run(desk):
    found = desk(credits_per_task=10)
    ada, bob = found.admit("ada", ADA), found.admit("bob", BOB)
    assert "--max-credits-per-task, 0.00 credits" in ada.hold(found.task(1), 11)
    assert not found.caps.is_spent()
    assert bob.hold(found.task(1), 10) is None
    assert "--max-credits-per-task" in ada.hold(found.task(1), 11), "also beside who works for less"
    assert ada.hold(found.task(2), 10) is None


def test_the_hour_counts_what_earlier_runs_came_to_in_it(store):
    first = Desk(store, {"calls_per_hour": 6})
    first.spend(1, calls=4)
    first.caps.finish()
    second = Desk(store, {"calls_per_hour": 6}, first.clock)
    ada = second.admit()
    assert ada.hold(second.task(1), 1) is not None
    assert second.caps.reached == "--max-calls-per-hour, 6 model calls in an hour"
    first.clock.now += 3600
    assert Desk(store, {"calls_per_hour": 6}, first.clock).admit().hold(second.task(1), 1) is None


def test_minutes_end_the_run_by_themselves(desk):
    found = desk(minutes=2)
    ada = found.admit()
    found.clock.now += 119
    assert not found.caps.is_spent()
    assert ada.hold(found.task(1), 1) is None
    found.clock.now += 1
    assert found.caps.is_spent()
    assert ada.is_spent()
    assert found.caps.reached == "--max-minutes, 2 minutes"


def test_what_the_requester_still_owes_counts_among_the_transactions(desk):
    found = desk(transactions=STEPS_A_BID + STEPS_A_TASK + 4)
    found.caps.owed = lambda: 5
    assert found.admit().hold(found.task(1), 1) is not None
    found.caps.owed = lambda: 4
    assert found.admit().hold(found.task(2), 1) is None


def test_promises_of_an_earlier_process_are_taken_from_the_notes(desk, store):
    notes = Notes(store, "ada")
    for number, status in ((1, "planned"), (2, "skipped"), (3, "planned"), (4, "planned")):
        notes.put_bid(BidNote(number, status, belief=Belief(worst_cost=4)))
    found = desk(credits=10)
    (
        found.task(1),
        found.task(2),
        found.task(3, TaskState.SETTLED),
        found.task(4, TaskState.AWARDED, agent_id=ADA),
    )
    ada = found.admit()
    assert ada.hold(found.task(5), 3) is not None
    assert ada.hold(found.task(5), 2) is None


bids = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 2), st.integers(0, 20), st.floats(0, 1)), max_size=30
)


@given(bids, st.integers(1, 60), st.integers(1, 20))
def test_whatever_is_promised_the_caps_hold_when_all_of_it_comes_to_the_most(
    tmp_path_factory, bids, units, calls
):
    store = Store.open(tmp_path_factory.mktemp("caps") / "fleet.db")
    try:
        found = Desk(store, {"credits": units, "calls": calls})
        names = ["ada", "bob", "cid"]
        agents = [found.admit(name, number) for number, name in enumerate(names, 1)]
        worst_costs = {}
        for task_id, who, drawn, share in bids:
            worst_cost = worst_costs.setdefault((task_id, who), drawn)
            task = found.view.tasks.get(task_id) or found.task(task_id)
            if task.state is TaskState.OPEN and agents[who].hold(task, worst_cost) is None and share > 0.5:
                # It wins; its work takes all it can.
                found.task(task_id, TaskState.SUBMITTED, who + 1)
                found.spend(0, CALLS_A_TASK - 1, names[who])
                found.spend(worst_cost, 1, names[who])
        assert found.tally.total.cost <= units
        assert found.tally.total.calls <= calls
    finally:
        store.close()


def asking(purpose, text="yes or no?", most=10):
    return ModelRequest("ada", purpose, (Message("user", text),), most)


async def test_a_model_is_not_asked_for_what_nobody_needs_when_it_might_not_fit(desk):
    most = worst(asking("fit"), PRICE)
    found = desk(credits=2 * most - 1)
    found.admit()

    def answer(request):
        found.tally.count(request.agent, request.purpose, Usage(), most)
        return "x" * 10

    model = found.caps.guard(ScriptedModel(answer), PRICE)
    await model.complete(asking("fit"))
    with pytest.raises(ModelUnavailable, match="caps"):
        await model.complete(asking("fit"))
    await model.complete(asking("work"))
    assert found.tally.total.cost == 2 * most, "what is promised is kept"


@given(st.text(max_size=200), st.integers(1, 500))
def test_no_call_costs_more_than_the_worst_of_it(text, most):
    price = Price(5_000_000, 20_000_000)
    usage = Usage(len(text.encode()) + 6, most)
    assert cost(usage, price) <= worst(asking("fit", text, most), price)
