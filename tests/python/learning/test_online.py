"""The exact loss among equilibrium rivals agrees with the estimator's and with simulation."""

import numpy as np
import pytest

from agents.learning import theory
from agents.learning.online import exact_loss, learning_curve, win_chance

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


@pytest.mark.parametrize("rivals", [1, 2, 4])
def test_the_equilibrium_loses_nothing_and_the_chances_are_those_of_draws(rivals):
    assert exact_loss(theory.first_price(COSTS, rivals), COSTS, rivals) == pytest.approx(0, abs=1e-6)
    best = theory.first_price(np.random.default_rng(1).random((200_000, rivals)), rivals).min(axis=1)
    bids = np.linspace(0, 1, 11)
    assert win_chance(bids, rivals) == pytest.approx([(best > bid).mean() for bid in bids], abs=0.005)


def test_the_loss_of_a_deviation_is_that_of_simulated_auctions():
    generator = np.random.default_rng(2)
    costs, rivals = generator.random(400_000), generator.random((400_000, 2))
    best = theory.first_price(rivals, 2).min(axis=1)

    def profit(bids):
        return ((bids - costs) * (bids < best)).mean()

    simulated = 1 - profit(costs + 0.2 * (1 - costs)) / profit(theory.first_price(costs, 2))
    assert exact_loss(COSTS + 0.2 * (1 - COSTS), COSTS, 2) == pytest.approx(simulated, abs=0.005)


def test_the_learner_sees_every_auction_once_and_exploration_is_not_measured():
    learner = Constant(1 / 3)
    curve = learning_curve(learner, 2, (0, 10, 30), seed=4)
    assert list(curve.losses) == list(curve.regret) == [0, 10, 30]
    assert list(curve.losses.values()) == pytest.approx([0, 0, 0], abs=1e-6)
    assert list(curve.regret.values()) == pytest.approx([0, 0, 0], abs=1e-9)
    assert len(learner.seen) == 30
    assert all(1 / 3 <= rival <= 1 for _, _, rival in learner.seen)


def test_regret_is_what_the_bids_left():
    learner = Constant(0.0)
    regret = learning_curve(learner, 2, (50,), seed=5).regret[50]
    assert regret == pytest.approx(sum((1 - cost) ** 3 / 3 for cost, _, _ in learner.seen))
