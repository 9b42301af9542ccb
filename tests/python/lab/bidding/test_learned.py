"""The learned bidder in the harness: its floor is the cost it is given, and it learns from unexpected rivals."""

import numpy as np
import pytest
import torch

from agents.lab.bidding.learned import Learned
from agents.lab.bidding.study import prior_bids
from agents.learning import theory
from agents.learning.network_prior import NetworkPrior
from agents.learning.online import Rivals, learning_curve


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_before_it_has_seen_anything_it_bids_the_prior():
    costs = np.array([0.1, 0.4, 0.8])
    bids = Learned(seed=1, rivals=2).policy(costs)
    assert bids == pytest.approx(prior_bids(NetworkPrior(), costs, 2), abs=2e-3)
    assert bids == pytest.approx(theory.first_price(costs, 2), abs=0.02)


def test_it_learns_what_timid_rivals_leave():
    curve = learning_curve(Learned(seed=2, rivals=2), Rivals(2, 0.6), (0, 60), seed=2, types=50)
    assert curve.losses[60] < 0.6 * curve.losses[0]
