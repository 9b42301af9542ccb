"""The common learners learn something, the same thing from the same seed, and never bid out of bounds."""

import numpy as np
import pytest
import torch

from agents.learning.baselines.dqn import MARKUPS, DeepQ
from agents.learning.baselines.networks import perceptron
from agents.learning.baselines.reinforce import PolicyGradient
from agents.learning.online import Rivals, learning_curve

COSTS = np.linspace(0, 1, 101)
LEARNERS = {
    "dqn": lambda seed: DeepQ(seed=seed),
    "counterfactual": lambda seed: DeepQ(seed=seed, counterfactual=True),
    "reinforce": lambda seed: PolicyGradient(seed=seed),
    "ppo": lambda seed: PolicyGradient.ppo(seed=seed),
}


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", LEARNERS)
def test_it_learns_and_repeats_itself(name):
    first, again, other = (
        learning_curve(LEARNERS[name](seed), Rivals(2), (0, 400), seed=seed).losses for seed in (1, 1, 2)
    )
    assert first == again != other
    assert first[400] < first[0]
    assert first[400] < 0.15


@pytest.mark.parametrize("name", LEARNERS)
def test_bids_lie_between_cost_and_reserve(name):
    learner = LEARNERS[name](3)
    bids = [learner.bid(cost) for cost in COSTS]
    assert (bids >= COSTS).all()
    assert max(bids) <= 1
    policy = learner.policy(COSTS)
    assert ((policy >= COSTS) & (policy <= 1)).all()


def test_counterfactuals_find_the_best_markup_of_a_known_rival():
    """The rival asks .5 each time: ask just less than that, on the grid of markups, if it can be done."""
    learner = DeepQ(seed=0, counterfactual=True, learning_rate=0.01)
    for cost in np.random.default_rng(0).random(400) * 0.3:
        learner.observe(float(cost), float(cost), 0.5)
    step = 1 / (MARKUPS - 1)
    bids = learner.policy(np.array([0.0, 0.1, 0.2]))
    assert (np.abs(bids - 0.5) <= 2.5 * step).all()


def test_weights_come_from_the_generator_alone():
    before = torch.random.get_rng_state()
    one, same = (perceptron(1, 3, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert one(torch.zeros(5, 1)).shape == (5, 3)
