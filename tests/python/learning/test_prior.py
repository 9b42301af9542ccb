"""The closed form is the equilibrium: it solves its own best response, and its special cases are textbook."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.learning.prior import ClosedFormPrior, Situation

PRIOR = ClosedFormPrior()
GRID = np.linspace(0.0, 1.0, 2001)


@pytest.mark.parametrize("rivals", [1, 2, 4, 9])
def test_uniform_costs_give_the_textbook_bid(rivals):
    floors = np.linspace(0, 1, 11)
    bids = PRIOR.bids([Situation(float(floor), rivals) for floor in floors])
    np.testing.assert_allclose(bids, floors + (1 - floors) / (rivals + 1), atol=1e-12)


def test_risk_aversion_lowers_the_bid():
    """Uniform: b = c + (1 - c) k with k = rho / (m + rho)."""
    assert PRIOR.bids([Situation(0.2, 3, risk=0.5)])[0] == pytest.approx(0.2 + 0.8 * 0.5 / 3.5)


def test_the_bid_for_quadratic_costs_is_the_integral():
    """F = c^2, m = 2: b(c) = c + int_c^1 (1-t^2)^2 dt / (1-c^2)^2, whose integral is a polynomial."""
    floor = 0.3
    integral = (1 - 2 / 3 + 1 / 5) - (floor - 2 * floor**3 / 3 + floor**5 / 5)
    bid = PRIOR.bids([Situation(floor, 2, power=2.0)])[0]
    assert bid == pytest.approx(floor + integral / (1 - floor**2) ** 2, abs=1e-9)


@pytest.mark.parametrize(("power", "quality"), [(1.0, 1.0), (2.0, 1.0), (1.0, 1.25), (1.0, 0.8), (2.0, 0.7)])
def test_its_bids_are_best_responses_to_its_survival(power, quality):
    for floor in (0.1, 0.3, 0.5):
        situation = Situation(floor, 3, quality=quality, power=power)
        gains = (GRID - floor) * PRIOR.survival(situation, GRID)
        bid = PRIOR.bids([situation])[0]
        gain = (bid - floor) * PRIOR.survival(situation, np.array([bid]))[0]
        assert gain >= gains.max() * 0.999


def test_nobody_else_means_the_reserve_and_a_sure_win():
    lonely = Situation(0.2, 0)
    assert PRIOR.bids([lonely])[0] == 1.0
    np.testing.assert_array_equal(PRIOR.survival(lonely, GRID), 1.0)


@given(
    st.builds(
        Situation,
        floor=st.floats(0, 1),
        rivals=st.floats(0, 1000),
        quality=st.floats(0.05, 20),
        power=st.floats(0.2, 5),
        risk=st.floats(0.05, 1),
    )
)
def test_bids_and_chances_are_always_in_range(situation):
    bid = PRIOR.bids([situation])[0]
    chances = PRIOR.survival(situation, GRID)
    assert situation.floor <= bid <= 1
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (np.diff(chances) <= 1e-12).all()
