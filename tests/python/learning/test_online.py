"""The exact loss among rivals of known bids agrees with theory, with draws and with simulated auctions."""

import numpy as np
import pytest

from agents.errors import SettingOutOfRange
from agents.learning import theory
from agents.learning.online import Rivals, learning_curve

COSTS = (np.arange(2000) + 0.5) / 2000


class Constant:
    """Asks for a share of its room, and keeps what it was told."""

    def __init__(self, markup):
        self.markup, self.seen = markup, []

    def bid(self, cost):
        return cost + self.markup * (1 - cost)

    def observe(self, cost, bid, rival):
        self.seen.append((cost, bid, rival))

    def policy(self, costs):
        return costs + self.markup * (1 - costs)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_equilibrium_loses_nothing_and_earns_what_theory_says(count):
    rivals, bids = Rivals(count), theory.first_price(COSTS, count)
    assert rivals.loss(bids, COSTS) == pytest.approx(0, abs=1e-12)
    assert rivals.profits(bids, COSTS) == pytest.approx(theory.expected_utility(COSTS, count))


@pytest.mark.parametrize("rivals", [Rivals(1), Rivals(2), Rivals(3, 0.6), Rivals(2, 0.1)])
def test_chances_are_those_of_draws_and_no_bid_earns_more_than_the_best_reply(rivals):
    generator = np.random.default_rng(1)
    best = np.array([rivals.best(generator) for _ in range(40_000)])
    grid = np.linspace(0, 1, 1001)
    assert rivals.win_chance(grid[::100]) == pytest.approx(
        [(best > bid).mean() for bid in grid[::100]], abs=0.015
    )
    for cost in (0.0, 0.3, 0.7, 0.95):
        own = rivals.profits(rivals.best_replies(np.array([cost])), np.array([cost]))
        assert rivals.profits(grid, np.full_like(grid, cost)).max() <= own[0] + 1e-12


def test_the_loss_of_a_deviation_is_that_of_simulated_auctions():
    generator = np.random.default_rng(2)
    costs, rivals = generator.random(400_000), generator.random((400_000, 2))
    best = theory.first_price(rivals, 2).min(axis=1)

    def profit(bids):
        return ((bids - costs) * (bids < best)).mean()

    simulated = 1 - profit(costs + 0.2 * (1 - costs)) / profit(theory.first_price(costs, 2))
    assert Rivals(2).loss(COSTS + 0.2 * (1 - COSTS), COSTS) == pytest.approx(simulated, abs=0.005)


def test_the_learner_sees_every_auction_once_and_exploration_is_not_measured():
    learner = Constant(1 / 3)
    curve = learning_curve(learner, Rivals(2), (0, 10, 30), seed=4)
    assert list(curve.losses) == list(curve.regret) == [0, 10, 30]
    assert list(curve.losses.values()) == pytest.approx([0, 0, 0], abs=1e-12)
    assert list(curve.regret.values()) == pytest.approx([0, 0, 0], abs=1e-12)
    assert len(learner.seen) == 30
    assert all(1 / 3 <= rival <= 1 for _, _, rival in learner.seen)


def test_regret_is_what_the_bids_left():
    learner = Constant(0.0)
    regret = learning_curve(learner, Rivals(2), (50,), seed=5).regret[50]
    assert regret == pytest.approx(sum((1 - cost) ** 3 / 3 for cost, _, _ in learner.seen))


@pytest.mark.parametrize(
    ("name", "arguments"), [("count", (0,)), ("markup", (2, 1.0)), ("markup", (2, -0.1))]
)
def test_rivals_that_cannot_be_are_refused(name, arguments):
    with pytest.raises(SettingOutOfRange, match=rf"^{name} is"):
        Rivals(*arguments)
