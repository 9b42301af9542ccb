"""The guard refuses what an agent cannot bear, and answers for a prior that fails."""

import dataclasses
import math

import numpy as np
import pytest

from agents.bid_policy import BidContext
from agents.learning.guard import ExplorationBudget, GuardedPrior, not_worth_it, refusal
from agents.learning.prior import ClosedFormPrior, Situation

ASKED = BidContext(
    task_id=1,
    skill="analysis",
    reserve=1000,
    cost_estimate=100,
    fit=1.0,
    capability=100,
    reputation=1.0,
    quality=10_000,
    workload=0.0,
    second_price=False,
    deadline_seconds=60,
    worst_cost=300,
    overhead=10,
    bond=100,
    runway=1000,
    exposure=590,
)


def test_bonds_and_worst_costs_fit_the_runway_to_the_unit():
    assert refusal(ASKED, 100) is None
    for name in ("worst_cost", "overhead", "bond", "exposure"):
        assert "runway" in refusal(dataclasses.replace(ASKED, **{name: getattr(ASKED, name) + 1}), 100)
    assert "runway" in refusal(ASKED, 301), "an expected cost over the worst is a worse worst"
    assert refusal(dataclasses.replace(ASKED, runway=None), 10**9) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"workload": 1.0}, "capacity"),
        ({"workload": math.nan}, "capacity"),
        ({"deadline_seconds": 0}, "time"),
        ({"reserve": 0}, "nothing"),
    ],
)
def test_what_cannot_be_done_is_refused(change, reason):
    assert reason in refusal(dataclasses.replace(ASKED, **change), 100)


class Broken:
    def __init__(self, value):
        self.value = value

    def bids(self, situations):
        return np.full(len(situations), self.value)

    def survival(self, situation, grid):
        return np.full(grid.shape, self.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.5])
def test_the_closed_form_answers_for_a_broken_prior_and_is_counted(value):
    situation, grid = Situation(0.4, 2), np.linspace(0, 1, 5)
    guarded = GuardedPrior(Broken(value))
    bid, own = guarded.bid(situation)
    assert (bid, own) == (ClosedFormPrior().bids([situation])[0], False)
    chances, own = guarded.survival(situation, grid)
    np.testing.assert_array_equal(chances, ClosedFormPrior().survival(situation, grid))
    assert not own
    assert guarded.fallbacks == 2


def test_a_bid_under_the_floor_is_out_of_range_too():
    assert GuardedPrior(Broken(0.3)).bid(Situation(0.4, 2)) == (pytest.approx(0.6), False)
    assert GuardedPrior(Broken(0.5)).bid(Situation(0.4, 2)) == (0.5, True)


def test_a_bid_must_bring_more_than_bidding_costs():
    assert not_worth_it(0.1, 0.05, 0.01)
    assert not not_worth_it(0.3, 0.05, 0.01)
    assert not not_worth_it(0.0, 0.0, 0.0), "where bidding is free, nothing is lost by it"


def test_exploring_loses_one_percent_of_the_runway_at_most():
    budget = ExplorationBudget()
    assert budget.allow(1, 60, 10_000) == 60
    assert budget.allow(1, 60, 10_000) == 60, "the same task, the same answer"
    assert budget.allow(2, 60, 10_000) == 40
    assert budget.allow(3, 60, 10_000) == 0
    budget.settle(1, won=False)
    budget.settle(2, won=True)
    assert budget.spent == 40
    assert budget.allow(4, 100, None) == 0, "a runway that is not known bears nothing"


def test_bids_that_are_never_heard_of_again_stay_spent():
    budget = ExplorationBudget()
    for task in range(300):
        budget.allow(task, 1, 10**6)
    assert budget.spent == 300
    assert len(budget.pending) == 256
