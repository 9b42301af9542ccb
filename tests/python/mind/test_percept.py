"""What an agent sees at the edges of every window; the newest block's time is ``now``."""

from dataclasses import replace

import pytest

from agents.chain.store import Store
from agents.market.domain import (
    AwardMode,
    Balance,
    Bid,
    Commitment,
    MarketTerms,
    Round,
    Task,
    TaskState,
    account_of_agent,
)
from agents.market.view import MarketView
from agents.mind.actions import CloseRejected, CloseRuled, CloseSealed, Release
from agents.mind.notes import Belief, BidNote, Notes
from agents.mind.percept import CLOSE_GRACE, FINALIZE_GRACE, exposure, look, next_look, workload

AGENT, RIVAL = 3, 4
BIDDING_END, REVEAL_END, DEADLINE = 1000, 2000, 3000
KINDS = ("consider", "commit", "reveal", "finalize", "work", "submit", "end", "take_over", "learn")
TASK = Task(
    id=7,
    requester="0x" + "11" * 20,
    skill="writing",
    mode=AwardMode.SEALED_SECOND_PRICE,
    reserve=10**7,
    evaluator="0x" + "11" * 20,
    passing_score=60,
    bidding_end=BIDDING_END,
    reveal_end=REVEAL_END,
    delivery_window=600,
    review_window=60,
    terms=MarketTerms(fee_bps=250, bond_percent=10, seat_fee=1_000),
    specification=b"\1" * 32,
    seal=b"\2" * 32,
)


@pytest.fixture
def notes(tmp_path):
    store = Store.open(tmp_path / "notes.db")
    yield Notes(store, "Ada")
    store.close()


@pytest.fixture
def view():
    return MarketView()


def put(view, **changes):
    task = replace(TASK, **changes)
    view.put(task)
    return task


def seal(view, agent=AGENT):
    view.commitments[TASK.id, agent] = Commitment(TASK.id, agent, 1, 5000)


def opened(view, *prices):
    """The agent's and then the rivals' revealed bids."""
    view.bids[TASK.id] = [
        Bid(TASK.id, AGENT + number, price, 1, 5000, 0) for number, price in enumerate(prices)
    ]


def seen(view, notes, now):
    percept = look(view, notes, AGENT, now)
    return [kind for kind in KINDS if getattr(percept, kind)]


def plan(notes, status="planned"):
    notes.put_bid(BidNote(TASK.id, status, price=5, promised=6))


@pytest.mark.parametrize(("now", "expected"), [(998, ["consider"]), (999, []), (1000, []), (1001, [])])
def test_a_task_is_considered_while_the_next_block_still_takes_bids(view, notes, now, expected):
    put(view)
    assert seen(view, notes, now) == expected


@pytest.mark.parametrize(("now", "expected"), [(998, ["commit"]), (999, []), (1000, []), (1001, [])])
def test_a_planned_bid_is_committed_while_the_next_block_still_takes_it(view, notes, now, expected):
    put(view)
    plan(notes)
    assert seen(view, notes, now) == expected


@pytest.mark.parametrize("status", ["skipped", "refused"])
def test_what_was_decided_against_is_left_alone(view, notes, status):
    put(view)
    plan(notes, status)
    assert seen(view, notes, 0) == []


def test_a_bid_that_is_on_chain_is_not_committed_again(view, notes):
    put(view)
    plan(notes)
    seal(view)
    assert seen(view, notes, 0) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (998, []),
        (999, []),
        (1000, ["reveal"]),
        (1001, ["reveal"]),
        (1998, ["reveal"]),
        (1999, []),
        (2000, []),
    ],
)
def test_a_bid_is_opened_from_the_first_block_of_the_window_to_the_last_but_one(view, notes, now, expected):
    put(view)
    plan(notes)
    seal(view)
    assert seen(view, notes, now) == expected


def test_a_bid_without_a_note_or_of_another_is_not_opened(view, notes):
    put(view)
    seal(view)
    assert seen(view, notes, BIDDING_END) == []
    plan(notes)
    view.commitments.clear()
    seal(view, RIVAL)
    assert seen(view, notes, BIDDING_END) == []


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_bidders_end_the_auction_in_the_order_of_their_ranks(view, notes, rank):
    put(view)
    prices = [10, *range(1, rank + 1), *range(11, 14 - rank)]
    opened(view, *prices)
    due = REVEAL_END + FINALIZE_GRACE * rank
    assert [seen(view, notes, now) for now in (due - 1, due, due + 1)] == [[], ["finalize"], ["finalize"]]


def test_who_did_not_bid_ends_no_auction(view, notes):
    put(view)
    assert seen(view, notes, REVEAL_END + 100) == []


@pytest.mark.parametrize(("now", "work"), [(2998, True), (2999, False), (3000, False), (3001, False)])
def test_work_is_begun_and_submitted_while_the_next_block_still_takes_it(view, notes, now, work):
    put(view, state=TaskState.AWARDED, agent_id=AGENT, deadline=DEADLINE)
    assert seen(view, notes, now) == (["work"] if work else [])
    notes.put_result(TASK.id, b"\5" * 32, "m")
    assert seen(view, notes, now) == (["submit"] if work else [])


def test_work_that_was_given_up_is_not_begun_again(view, notes):
    put(view, state=TaskState.AWARDED, agent_id=AGENT, deadline=DEADLINE)
    notes.put_failure(TASK.id, "rubbish")
    assert seen(view, notes, 0) == []


def test_a_task_that_the_agent_let_lie_is_for_others_to_end(view, notes):
    put(view, state=TaskState.AWARDED, agent_id=AGENT, deadline=DEADLINE)
    assert seen(view, notes, DEADLINE + 100) == []


@pytest.mark.parametrize(
    ("state", "round_", "grace", "action"),
    [
        (TaskState.SUBMITTED, Round.NONE, 0, Release(7)),
        (TaskState.SUBMITTED, Round.CONVENED, 0, CloseSealed(7)),
        (TaskState.DISPUTED, Round.CONVENED, 0, CloseSealed(7)),
        (TaskState.RULED, Round.UNSEALED, 0, CloseRuled(7)),
        (TaskState.REJECTED, Round.NONE, CLOSE_GRACE, CloseRejected(7)),
    ],
)
def test_the_agents_own_task_is_ended_from_its_deadline_on(view, notes, state, round_, grace, action):
    """A rejection that stands costs the agent, so the requester goes first."""
    put(view, state=state, round=round_, agent_id=AGENT, deadline=DEADLINE)
    found = [look(view, notes, AGENT, DEADLINE + grace + delta).end for delta in (-1, 0, 1)]
    assert found == [(), (action,), (action,)]


@pytest.mark.parametrize(("now", "expected"), [(2998, ["take_over"]), (2999, []), (3000, []), (3001, [])])
def test_the_runner_up_sees_a_vacancy_while_the_next_block_still_takes_it(view, notes, now, expected):
    put(view, state=TaskState.DEFAULTED, agent_id=RIVAL, deadline=DEADLINE)
    opened(view, 10, 9)
    assert seen(view, notes, now) == expected


@pytest.mark.parametrize("prices", [(), (10,), (8, 9), (10, 8, 9)], ids=["none", "alone", "first", "third"])
def test_nobody_else_sees_it(view, notes, prices):
    put(view, state=TaskState.DEFAULTED, agent_id=RIVAL, deadline=DEADLINE)
    opened(view, *prices)
    assert seen(view, notes, 0) == []


def test_a_place_is_taken_over_once(view, notes):
    put(view, state=TaskState.DEFAULTED, agent_id=AGENT, deadline=DEADLINE)
    opened(view, 10, 9)
    view.taken_over.add(TASK.id)
    assert seen(view, notes, 0) == []


@pytest.mark.parametrize(
    "state",
    [TaskState.AWARDED, TaskState.SUBMITTED, TaskState.REJECTED, TaskState.DISPUTED, TaskState.RULED],
)
def test_tasks_of_other_workers_are_theirs(view, notes, state):
    put(view, state=state, agent_id=RIVAL, deadline=DEADLINE)
    assert [seen(view, notes, now) for now in (0, DEADLINE + 100)] == [[], []]


@pytest.mark.parametrize("state", [state for state in TaskState if state.is_final])
def test_an_ended_task_is_learned_from_once_if_the_agent_bid(view, notes, state):
    put(view, state=state, agent_id=AGENT)
    assert seen(view, notes, 0) == []
    plan(notes)
    assert seen(view, notes, 0) == ["learn"]
    notes.put_learned([TASK.id], "state")
    assert seen(view, notes, 0) == []


def test_workload_counts_awarded_tasks_whole_and_planned_bids_by_the_quarter_and_ends_at_1(view, notes):
    def load():
        return workload(view, notes, AGENT, 2)

    put(view)
    assert load() == 0
    plan(notes, "skipped")
    assert load() == 0
    plan(notes)
    assert load() == 0.125, "planned is as good as committed"
    seal(view)
    assert load() == 0.125
    mine = replace(TASK, id=8, state=TaskState.AWARDED, agent_id=AGENT, deadline=DEADLINE)
    view.put(mine)
    view.put(replace(mine, id=9, agent_id=RIVAL))
    assert load() == 0.625
    view.put(replace(mine, id=10, state=TaskState.SUBMITTED))
    assert load() == 0.625, "delivered work is no load"
    for number in range(11, 14):
        view.put(replace(mine, id=number))
    assert load() == 1


def test_the_percept_holds_the_agents_own_balance(view, notes):
    view.balances[account_of_agent(AGENT)] = Balance(5, 6)
    view.balances[account_of_agent(RIVAL)] = Balance(7, 8)
    percept = look(view, notes, AGENT, 17)
    assert (percept.balance, percept.now) == (Balance(5, 6), 17)


def test_exposure_is_what_open_bids_and_unfinished_work_may_cost_at_most(view, notes):
    task = put(view)
    assert exposure(view, notes, AGENT) == 0
    notes.put_bid(BidNote(TASK.id, "planned", price=5, belief=Belief(worst_cost=70)))
    assert exposure(view, notes, AGENT) == 70 + task.bond, "the bond is not locked yet"
    view.demand.bidders[TASK.id] = {AGENT, RIVAL}
    assert exposure(view, notes, AGENT) == 70
    put(view, state=TaskState.AWARDED, agent_id=RIVAL)
    assert exposure(view, notes, AGENT) == 0
    put(view, state=TaskState.AWARDED, agent_id=AGENT)
    assert exposure(view, notes, AGENT) == 70
    notes.put_result(TASK.id, b"\1" * 32, "m")
    assert exposure(view, notes, AGENT) == 0
    notes.put_bid(BidNote(TASK.id, "refused", belief=Belief(worst_cost=70)))
    put(view)
    assert exposure(view, notes, AGENT) == 0


def test_of_the_tasks_of_others_only_those_are_looked_at_that_were_offered(view, notes):
    for number in range(1, 5):
        view.put(replace(TASK, id=number))
    view.put(replace(TASK, id=5, state=TaskState.AWARDED, agent_id=AGENT, deadline=DEADLINE))
    notes.put_bid(BidNote(2, "planned", price=5, promised=6))
    percept = look(view, notes, AGENT, 0, among={3, 77})
    assert [task.id for task in percept.consider] == [3]
    assert [task.id for task, _ in percept.commit] == [2], "the agent's own tasks are always looked at"
    assert [task.id for task in percept.work] == [5]


@pytest.mark.parametrize(
    ("now", "rank", "expected"),
    [
        (0, None, BIDDING_END),
        (BIDDING_END - 1, None, BIDDING_END),
        (BIDDING_END, None, REVEAL_END),
        (REVEAL_END, None, None),
        (BIDDING_END, 2, REVEAL_END),
        (REVEAL_END, 0, None),
        (REVEAL_END, 2, REVEAL_END + 2 * FINALIZE_GRACE),
        (REVEAL_END + 2 * FINALIZE_GRACE, 2, None),
    ],
)
def test_an_auction_asks_something_else_when_a_window_ends(view, notes, now, rank, expected):
    put(view)
    plan(notes)
    if rank is not None:
        opened(view, 10, *range(1, rank + 1), *range(11, 14 - rank))
    assert next_look(view, notes, AGENT, now, ()) == expected


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (TaskState.AWARDED, 0, None),
        (TaskState.SUBMITTED, 0, DEADLINE),
        (TaskState.REJECTED, DEADLINE, DEADLINE + CLOSE_GRACE),
        (TaskState.RULED, DEADLINE + CLOSE_GRACE, None),
    ],
)
def test_a_delivered_task_asks_something_else_at_its_deadline(view, notes, state, now, expected):
    put(view, state=state, agent_id=AGENT, deadline=DEADLINE)
    assert next_look(view, notes, AGENT, now, ()) == expected


def test_the_first_of_all_times_counts_and_the_tasks_of_others_have_none(view, notes):
    view.put(replace(TASK, id=1, state=TaskState.SUBMITTED, agent_id=AGENT, deadline=50))
    view.put(replace(TASK, id=2, bidding_end=40))
    view.put(replace(TASK, id=3, bidding_end=30))
    view.put(replace(TASK, id=4, state=TaskState.SUBMITTED, agent_id=RIVAL, deadline=20))
    assert next_look(view, notes, AGENT, 0, ()) == 50
    assert next_look(view, notes, AGENT, 0, {2, 4}) == 40
    assert next_look(view, notes, AGENT, 0, None) == 30


def test_whatever_there_is_to_do_begins_at_a_time_that_was_named_before(view, notes):
    """Between two looks that the agent takes nothing is missed: what it sees changes at named times only."""
    put(view)
    plan(notes)
    opened(view, 10, 9)
    time, named = 0, [0]
    while (time := next_look(view, notes, AGENT, time, ())) is not None:
        named.append(time)
    kinds = {now: seen(view, notes, now) for now in range(REVEAL_END + 20)}
    begins = [now for now in range(1, REVEAL_END + 20) if set(kinds[now]) - set(kinds[now - 1])]
    assert set(begins) <= set(named)
