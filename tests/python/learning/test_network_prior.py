"""The shipped prior bids within bounds, close to theory, and what it says of rivals is a survival function."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.learning import theory
from agents.learning.network_prior import NetworkPrior
from agents.learning.prior import Situation

PRIOR = NetworkPrior()
FLOORS = np.linspace(0, 1, 201)
GRID = np.linspace(0, 1, 101)

situations = st.builds(
    Situation,
    floor=st.floats(0, 1),
    rivals=st.floats(0, 1000),
    quality=st.floats(0.01, 100),
    power=st.floats(0.01, 100),
    risk=st.floats(0.01, 1),
)


@pytest.mark.parametrize("risk", [1.0, 0.7])
@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("rivals", [1, 2, 4, 9, 19])
def test_it_bids_close_to_the_equilibrium(rivals, power, risk):
    bids = PRIOR.bids([Situation(floor, rivals, power=power, risk=risk) for floor in FLOORS])
    exact = theory.first_price(FLOORS, rivals, power=power, risk=risk)
    assert np.sqrt(((bids - exact) ** 2).mean()) < 0.01


@given(st.lists(situations, min_size=1, max_size=8))
def test_no_bid_leaves_its_bounds(many):
    bids = PRIOR.bids(many)
    floors = np.array([one.floor for one in many])
    assert bids.shape == floors.shape
    assert (bids >= floors).all()
    assert (bids <= 1).all()


@given(situations)
def test_survival_falls_from_one_along_the_grid(situation):
    chances = PRIOR.survival(situation, GRID)
    assert chances[0] == 1
    assert (np.diff(chances) <= 0).all()
    assert (chances >= 0).all()


def test_survival_is_that_of_the_equilibrium():
    chances = PRIOR.survival(Situation(0.3, 2), GRID)
    exact = (1 - np.clip((GRID - 1 / 3) * 1.5, 0, 1)) ** 2
    assert np.abs(chances - exact).max() < 0.03


def test_a_better_quality_wins_with_a_higher_bid():
    plain, better = (PRIOR.survival(Situation(0.3, 3, quality=quality), GRID) for quality in (1.0, 1.5))
    assert (better >= plain).all()
    assert better[60] > plain[60]


def test_one_pass_over_many_is_each_by_itself():
    many = [Situation(0.2, 2), Situation(0.5, 7, quality=1.3), Situation(0.9, 0, risk=0.6)]
    assert np.allclose(PRIOR.bids(many), [PRIOR.bids([one])[0] for one in many], atol=1e-6)


def test_what_is_no_number_gives_no_number():
    """The bidder's guard sees it and takes the closed form."""
    assert np.isnan(PRIOR.bids([Situation(float("nan"), 2)])).all()
