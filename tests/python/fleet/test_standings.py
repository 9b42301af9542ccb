"""The leaderboard and the endings, from a view that is filled by hand."""

from dataclasses import replace

import pytest

from agents.chain.bindings import usage_meter
from agents.fleet.standings import endings, standings
from agents.market.domain import (
    Agent,
    AwardMode,
    Balance,
    Bid,
    MarketTerms,
    Reputation,
    Task,
    TaskState,
    account_of_agent,
)
from agents.market.view import MarketView
from agents.money import CREDIT

AGENT, PROVIDER, CHANNEL = 3, "0x" + "99" * 20, b"\7" * 32
ADDRESS = "0x" + "11" * 20
TASK = Task(
    id=1,
    requester=ADDRESS,
    skill="writing",
    mode=AwardMode.SEALED_SECOND_PRICE,
    reserve=20 * CREDIT,
    evaluator=ADDRESS,
    passing_score=60,
    bidding_end=1,
    reveal_end=2,
    delivery_window=3,
    review_window=4,
    terms=MarketTerms(fee_bps=250, bond_percent=10, seat_fee=1_000),
    specification=b"\1" * 32,
    seal=b"\2" * 32,
)


def standing(view, name, agent_id, unredeemed=0):
    (line,) = standings(view, {agent_id: name}, lambda _agent_id: unredeemed)
    return line


def view_of(*tasks, contributed=0, balance=0, debt=0, channel=(0, 0)):
    """``channel`` is what was paid in, and what of it, or beyond it, was redeemed."""
    view, account = MarketView(), account_of_agent(AGENT)
    view.tasks = {number: replace(task, id=number) for number, task in enumerate(tasks, 1)}
    view.agents[AGENT] = Agent(AGENT, ADDRESS, ADDRESS, "")
    view.contributed[account], view.balances[account] = contributed, Balance(balance, debt=debt)
    paid_in, redeemed = channel
    if paid_in:
        view.channels.apply(usage_meter.ChannelOpened(CHANNEL, AGENT, PROVIDER, ADDRESS, 0, 0, paid_in))
    if redeemed:
        view.channels.apply(usage_meter.Redeemed(CHANNEL, redeemed, bytes(32)))
    return view


def ended(state, agent=AGENT, price=10 * CREDIT, **changes):
    return replace(TASK, state=state, agent_id=agent, price=price, **changes)


def test_what_came_in_what_was_thought_and_what_was_lost_add_up():
    fee = CREDIT // 4
    earned = 10 * CREDIT - fee
    view = view_of(
        ended(TaskState.SETTLED, score=100),
        ended(TaskState.REFUNDED, score=0),
        ended(TaskState.SETTLED, agent=4, score=100),
        ended(TaskState.OPEN, agent=0, price=0),
        contributed=100 * CREDIT,
        balance=100 * CREDIT + earned - 5 * CREDIT - CREDIT,
        channel=(5 * CREDIT, CREDIT),
    )
    line = standing(view, "Ada", AGENT, unredeemed=CREDIT)
    assert (line.name, line.won, line.settled) == ("Ada", 2, 1)
    assert (line.earned, line.thinking, line.lost) == (earned, 2 * CREDIT, CREDIT)
    assert line.profit == earned - 3 * CREDIT
    assert line.profit_a_task == (earned - 2 * CREDIT) // 2, "also over tasks that were not paid"
    assert line.balance == 100 * CREDIT + line.profit


def test_what_an_agent_owes_for_thinking_is_no_lost_bond():
    view = view_of(contributed=9 * CREDIT, balance=7 * CREDIT, debt=CREDIT, channel=(2 * CREDIT, 3 * CREDIT))
    line = standing(view, "Ada", AGENT)
    assert (line.thinking, line.balance, line.lost) == (3 * CREDIT, 6 * CREDIT, 0)
    assert line.profit_a_task is None


def test_reputation_is_weighted_by_experience_over_all_skills():
    view = view_of()
    view._reputations |= {
        (AGENT, 0): {"writing": Reputation(300, 300), "research": Reputation(100, 0)},
        (AGENT, 1): {"writing": Reputation(999, 0)},
        (4, 0): {"writing": Reputation(999, 0)},
    }
    assert standing(view, "Ada", AGENT).reputation == 0.75


def test_an_agent_that_nobody_evaluated_has_no_reputation():
    assert standing(view_of(), "Ada", AGENT).reputation is None
    assert standing(MarketView(), "Ada", 77).reputation is None


ALL = [
    ended(TaskState.SETTLED, score=100),
    ended(TaskState.SETTLED, score=60),
    ended(TaskState.SETTLED, silent=True),
    ended(TaskState.REFUNDED, score=0),
    ended(TaskState.REFUNDED, defaulted=True),
    ended(TaskState.EXPIRED),
    ended(TaskState.CANCELLED),
    ended(TaskState.OPEN),
    ended(TaskState.AWARDED),
]


def test_every_task_is_counted_once():
    counts = endings(ALL)
    assert (counts.tasks, counts.settled, counts.silent, counts.failed) == (9, 2, 1, 1)
    assert (counts.defaulted, counts.expired, counts.cancelled, counts.open) == (1, 1, 1, 2)
    parts = (
        counts.settled,
        counts.silent,
        counts.failed,
        counts.defaulted,
        counts.expired,
        counts.cancelled,
        counts.open,
    )
    assert sum(parts) == counts.tasks


@pytest.mark.parametrize(
    ("tasks", "text"),
    [
        (ALL[:2], "settled: 2/2 tasks"),
        (ALL[:3], "settled: 3/3 tasks (1 paid after silence)"),
        (ALL[2:4], "settled: 1/2 tasks (1 failed evaluation and refunded; 1 paid after silence)"),
        (
            ALL[4:],
            "settled: 0/5 tasks (1 not delivered, 1 without a bid, 1 cancelled and refunded; 2 still open)",
        ),
        ([], "settled: 0/0 tasks"),
    ],
)
def test_endings_are_said_in_one_line(tasks, text):
    assert str(endings(tasks)) == text


def test_bids_do_not_count_as_wins():
    view = view_of(ended(TaskState.OPEN, agent=0))
    view.bids[1] = [Bid(1, AGENT, 5, 6, 5000, 0)]
    assert standing(view, "Ada", AGENT).won == 0
