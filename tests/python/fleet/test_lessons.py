"""What an outcome on chain is to a learner, and when it may train on it."""

from dataclasses import replace

import pytest
from test_standings import TASK

from agents.agent import Outcome
from agents.chain.store import Store
from agents.fleet.definitions import AgentDefinition
from agents.fleet.lessons import Lessons, bid_outcome
from agents.fleet.strategies import Shared, open_strategy
from agents.market.domain import AwardMode, Bid, Commitment, TaskState
from agents.market.view import MarketView
from agents.mind.notes import Belief, BidNote, Notes

ADA, BOB, EVE = 3, 4, 5
BELIEF = Belief(0.4, "prior", {}, 9, load=0.5, workload=0.25)
NOTE = BidNote(TASK.id, "planned", "", 7 * 10**6, 6, 10**6, 0.5, BELIEF)
FIRST = replace(TASK, mode=AwardMode.SEALED_FIRST_PRICE, agent_id=ADA, price=7 * 10**6, score=90)


def bids(*prices, agents=(ADA, BOB, EVE)):
    """Revealed bids of quality 5000, 6000 and 7000."""
    return tuple(
        Bid(TASK.id, agent, price * 10**6, 1, 5000 + 1000 * number, 0)
        for number, (agent, price) in enumerate(zip(agents, prices, strict=False))
    )


def lesson(state=TaskState.SETTLED, revealed=None, cost=2 * 10**6, unrevealed=0, **changes):
    task = replace(FIRST, state=state, **changes)
    return bid_outcome(Outcome(task, NOTE, revealed or bids(7, 9), cost, unrevealed), ADA)


def test_a_win_is_told_in_full():
    told = lesson(unrevealed=2)
    assert (told.won, told.own_price, told.quality, told.reserve) == (True, 7 * 10**6, 5000, TASK.reserve)
    assert (told.paid, told.cost, told.cost_estimate) == (7 * 10**6 - FIRST.fee, 2 * 10**6, 10**6)
    assert (told.rival_best, told.rivals, told.unrevealed) == (9 * 10**6 * 5000 // 6000, 1, 2)
    assert (told.load, told.workload, told.win_probability) == (0.5, 0.25, 0.4)
    assert (told.task_id, told.deadline_seconds) == (TASK.id, TASK.delivery_window)
    assert (told.bond_lost, told.winning_price, told.second_price) == (0, None, False)


def test_a_loss_tells_of_the_winner_and_costs_nothing():
    told = lesson(agent_id=BOB, revealed=bids(4, 9, agents=(BOB, ADA)))
    assert (told.won, told.paid, told.score, told.bond_lost) == (False, 0, None, 0)
    assert told.winning_price == 4 * 10**6
    assert told.rival_best == 4 * 10**6 * 6000 // 5000


@pytest.mark.parametrize(
    ("changes", "lost"),
    [({}, TASK.bond // 2), ({"defaulted": True}, TASK.bond)],
)
def test_bonds_that_are_lost_are_told(changes, lost):
    told = lesson(TaskState.REFUNDED, **changes)
    assert (told.paid, told.bond_lost) == (0, lost)
    assert lesson(TaskState.REFUNDED, agent_id=BOB, **changes).bond_lost == 0


def test_a_bid_that_was_never_opened_is_no_lesson():
    assert lesson(revealed=bids(4, 9, agents=(BOB, EVE)), agent_id=BOB) is None


@pytest.fixture
def notes(tmp_path):
    store = Store.open(tmp_path / "notes.db")
    yield Notes(store, "Ada")
    store.close()


def test_nothing_is_trained_between_commitment_and_reveal(notes):
    view = MarketView()
    strategy = open_strategy(AgentDefinition("Ada", "", {"writing": 50}), None, Shared())
    lessons = Lessons(strategy, ADA, view, notes)
    outcomes = [
        Outcome(replace(FIRST, id=number, state=TaskState.SETTLED), NOTE, bids(7, 9), 10**6)
        for number in range(1, 40)
    ]
    text = lessons(outcomes)
    view.open[77] = replace(TASK, id=77)
    notes.put_bid(BidNote(77, "planned"))
    view.commitments[77, ADA] = Commitment(77, ADA, 1, 5000)
    lessons.revise()
    assert strategy.policy.evidence("writing") == 0
    assert strategy.to_json() == text
    assert notes.policy_state() is None
    view.commitments[77, BOB] = view.commitments.pop((77, ADA))
    lessons.revise()
    assert strategy.policy.evidence("writing") > 0.3
    assert notes.policy_state() == strategy.to_json() != text
    assert open_strategy(AgentDefinition("Ada", "", {"writing": 50}), notes.policy_state(), Shared())
