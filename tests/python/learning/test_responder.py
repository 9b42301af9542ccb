"""The best response is the best on its grid, and a policy moves no faster than its trust region."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.learning.responder import (
    MARKUPS,
    PROBES,
    STEPS,
    TrustRegion,
    best_markup,
    best_markups,
    evidence,
)

GRID = np.linspace(0, 1, 2001)


@pytest.mark.parametrize(("risk", "markup"), [(1.0, 1 / 3), (0.5, 0.2)])
def test_against_two_uniform_rivals_who_bid_their_cost(risk, markup):
    """max m^rho (1 - m)^2 at floor 0 is m = rho / (rho + 2)."""
    assert best_markup((1 - MARKUPS) ** 2, risk) == pytest.approx(markup, abs=1 / STEPS)


def test_many_floors_at_once_are_as_one_at_a_time():
    survival = (1 - GRID) ** 3
    together = best_markups(PROBES, GRID, survival, 1.0)
    singly = [best_markup(np.interp(f + (1 - f) * MARKUPS, GRID, survival), 1.0) for f in PROBES]
    np.testing.assert_array_equal(together, singly)


def test_a_sure_win_is_worth_the_whole_room_and_none_nothing():
    assert best_markup(np.ones(STEPS + 1), 1.0) == 1.0
    assert best_markup(np.zeros(STEPS + 1), 1.0) == 0.0


def test_evidence_is_half_at_the_prior_s_weight():
    assert evidence(0, 0) == 0
    assert evidence(50, 50) == 0.5
    assert evidence(1, 0) == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_markups_move_by_the_step_at_most_and_arrive(wishes, step):
    region = TrustRegion(np.full(len(PROBES), 0.5))
    for wish in wishes:
        before = region.held
        region.update(np.full(len(PROBES), wish), step)
        assert (np.abs(region.held - before) <= step + 1e-12).all()
        assert wish + region.correction(0.3) == pytest.approx(region.held[0])
    for _ in range(int(1 / step) + 1):
        region.update(np.full(len(PROBES), wishes[-1]), step)
    assert region.correction(0.3) == pytest.approx(0, abs=1e-12)
