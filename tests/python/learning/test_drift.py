"""Drift is seen soon and seldom imagined; a losing policy is found out, and a winning one is left alone."""

import numpy as np
import pytest

from agents.learning.drift import CONTEST, Contest, Cusum


def test_a_market_that_stays_as_it_was_raises_no_alarm():
    cusum = Cusum()
    assert not any(cusum.add(float(rank)) for rank in np.random.default_rng(0).random(3000))


@pytest.mark.parametrize(("low", "high"), [(0.7, 1.0), (0.0, 0.3)])
def test_a_shift_is_seen_within_twenty_auctions_and_dated(low, high):
    cusum, rng = Cusum(), np.random.default_rng(1)
    for rank in rng.random(300):
        assert cusum.add(float(rank)) == 0
    for since in range(1, 21):
        run = cusum.add(float(rng.uniform(low, high)))
        if run:
            assert since <= run <= since + 15
            assert cusum == Cusum()
            return
    pytest.fail("not seen")


def contest(mean, spread, seed=2):
    judged = Contest()
    for value in np.random.default_rng(seed).normal(mean, spread, CONTEST - 1):
        judged.add(float(value))
        assert not judged.lost()
    judged.add(mean)
    return judged


def test_a_policy_that_earns_less_has_lost():
    judged = contest(-0.05, 0.1)
    assert judged.lost()
    assert judged == Contest(), "the next window begins afresh"


@pytest.mark.parametrize(("mean", "spread"), [(0.05, 0.1), (-0.001, 0.3), (0.0, 0.0)])
def test_one_that_earns_more_or_about_the_same_has_not(mean, spread):
    assert not contest(mean, spread).lost()
