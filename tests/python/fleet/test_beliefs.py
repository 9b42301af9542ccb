"""Calibration of a fleet: opened bids of auctions that ended, each with what was believed of it."""

from dataclasses import replace

import pytest
from test_standings import TASK

from agents.chain.store import Store
from agents.fleet.beliefs import calibration, calibration_line
from agents.learning.calibration import Calibration
from agents.market.domain import Bid, TaskState
from agents.market.view import MarketView
from agents.mind.notes import Belief, BidNote, Notes

ADA, BOB = 3, 4


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "notes.db")
    yield store
    store.close()


def auction(view, task_id, *bidders, state=TaskState.SETTLED):
    """The bidders in the order of their ranks."""
    view.tasks[task_id] = replace(TASK, id=task_id, state=state)
    view.bids[task_id] = [Bid(task_id, agent, 10 + rank, 1, 5000, 0) for rank, agent in enumerate(bidders)]


def test_each_opened_bid_with_a_belief_counts_once(store):
    view, ada, bob = MarketView(), Notes(store, "Ada"), Notes(store, "Bob")
    auction(view, 1, ADA, BOB)
    auction(view, 2, BOB, ADA, state=TaskState.AWARDED)
    auction(view, 3, ADA, BOB, state=TaskState.OPEN)
    auction(view, 4, state=TaskState.EXPIRED)
    auction(view, 5, BOB)
    for task_id in range(1, 7):
        ada.put_bid(BidNote(task_id, "planned", belief=Belief(0.75)))
    bob.put_bid(BidNote(1, "planned", belief=Belief(0.0)))
    bob.put_bid(BidNote(2, "planned"))
    record = calibration(view, [(ADA, ada), (BOB, bob)])
    assert (sum(record.bids), record.bids[7], record.wins[7], record.bids[0]) == (3, 2, 1, 1)
    assert record.squared == pytest.approx(0.25**2 + 0.75**2)
    assert calibration_line(record) == (
        "beliefs of 3 bids: Brier score 0.208; won of those believed at 0 %: 0 of 1, 75 %: 1 of 2"
    )


def test_before_any_bid_there_is_nothing_to_say():
    assert calibration_line(Calibration()) == ""
