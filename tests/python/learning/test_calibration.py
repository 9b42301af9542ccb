"""Beliefs are held against what came of them."""

import math

import numpy as np
import pytest

from agents.learning.calibration import Calibration


def test_true_beliefs_show_no_gap_and_false_ones_their_size():
    true, false, rng = Calibration(), Calibration(), np.random.default_rng(0)
    for chance in rng.random(5000):
        won = bool(rng.random() < chance)
        true.add(float(chance), won=won)
        false.add(float(chance) / 2, won=won)
    assert true.table()["gap"] < 0.02
    assert false.table()["gap"] == pytest.approx(0.25, abs=0.02)
    assert true.table()["brier"] == pytest.approx(1 / 6, abs=0.01)


def test_what_is_no_chance_is_left_out():
    record = Calibration()
    for value in (math.nan, -0.1, 1.1, math.inf):
        record.add(value, won=True)
    assert record.table() == {"bids": 0, "brier": 0.0, "gap": 0.0, "tenths": []}
    record.add(1.0, won=True)
    assert record.table()["tenths"] == [{"bids": 1, "believed": 1.0, "won": 1.0}]
