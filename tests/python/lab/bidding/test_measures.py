"""Measures of records that were made by hand."""

import numpy as np
import pytest

from agents.lab.bidding import measures
from agents.lab.bidding.market import NO_BID, RESERVE, Record, Seat


@pytest.fixture
def record():
    """Four auctions of two seats: the better one wins twice, the worse once, nobody once."""
    made = Record.empty([Seat("a", None), Seat("b", None)], 4)
    made.floors[:] = np.array([[0.2, 0.4], [0.5, 0.1], [0.3, 0.6], [0.9, 0.8]]) * RESERVE
    made.able[:] = True
    made.able[3] = False
    made.winners[:] = [0, 1, 1, NO_BID]
    made.payments[:] = np.array([0.5, 0.6, 0.7, 0.0]) * RESERVE
    made.beliefs[:] = [[0.8, np.nan], [0.3, 0.7], [0.6, 0.45], [np.nan, np.nan]]
    return made


def test_payment_and_efficiency(record):
    assert measures.payment(record, 4) == pytest.approx(1.8 / 4)
    assert measures.payment(record, 2) == pytest.approx(0.35)
    assert measures.efficiency(record, 4) == pytest.approx(2 / 3)
    assert measures.efficiency(record, 1) == 1


def test_quality_counts(record):
    record.qualities[:] = [5000, 10_000]
    assert measures.efficiency(record, 4) == pytest.approx(2 / 3)  # of a tie the first is the best
    record.floors[0, 1] = 0.3 * RESERVE
    assert measures.efficiency(record, 4) == pytest.approx(1 / 3)


def test_the_equilibrium_would_have_paid_by_the_least_floor(record):
    least = np.array([0.2, 0.1, 0.3, 0.8])
    assert measures.equilibrium_payment(record, 4) == pytest.approx((least + (1 - least) / 2).mean())


def test_beliefs_are_paired_with_what_happened(record):
    believed, won = measures.beliefs(record, 4)
    assert believed.tolist() == [0.8, 0.3, 0.7, 0.6, 0.45]
    assert won.tolist() == [1, 0, 1, 0, 1]


def test_calibration_by_hand():
    believed, won = np.array([0.1, 0.15, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    table, brier, apart = measures.calibration(believed, won)
    assert [(one.bids, one.believed, one.won) for one in table] == [(2, 0.125, 0.5), (2, 0.975, 1.0)]
    assert brier == pytest.approx((0.01 + 0.7225 + 0.0025 + 0) / 4)
    assert apart == pytest.approx((0.375 + 0.025) / 2)
    assert measures.calibration(np.empty(0), np.empty(0)) == ([], 0.0, 0)


def test_intervals():
    assert measures.mean_and_interval(np.array([3.0])) == (3.0, 0.0)
    mean, half = measures.mean_and_interval(np.array([1.0, 2.0, 3.0, 4.0]))
    assert (mean, half) == pytest.approx((2.5, 1.96 * np.std([1, 2, 3, 4], ddof=1) / 2))
