"""Capacity has a price where it is scarce: the pace finds the optimum, the critic the worth of a slot."""

import numpy as np
import pytest

from agents.learning.memory import AT, Auction
from agents.learning.settings import LearnerSettings
from agents.learning.shadow import HOLDING, ShadowPrice

SETTINGS = LearnerSettings(learning_rate=0.01)


def auctions(count, *, rivals=2, second_price=True):
    """Auctions in which the agent bid its cost among truthful uniform rivals."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(count):
        floor, best = float(rng.random()), float(rng.random(rivals).min())
        made.append(
            Auction(
                "a", second_price, best, AT, floor, floor, 0.0, 1.0, 10**6, rivals, 3600, 0, floor < best, 0
            )
        )
    return made


def test_the_pace_finds_the_optimal_price():
    """mu* = 1 - (n share)^(1/n) among n truthful uniform bidders."""
    rng, shadow, paces = np.random.default_rng(0), ShadowPrice(), []
    for _ in range(20_000):
        won = rng.random() + shadow.pace < rng.random(3).min()
        shadow.step(won=bool(won), share=0.1, rate=0.005)
        paces.append(shadow.pace)
    assert np.mean(paces[5000:]) == pytest.approx(1 - 0.4 ** (1 / 4), abs=0.01)


def test_an_agent_that_can_serve_all_is_not_paced():
    shadow = ShadowPrice()
    for _ in range(100):
        shadow.step(won=True, share=1.0, rate=0.1)
    assert shadow.pace == 0


def test_tasks_hold_their_slots_as_long_as_they_are_seen_to():
    shadow = ShadowPrice()
    assert shadow.release == pytest.approx(1 / HOLDING)
    for auction in range(2000):
        shadow.saw(2.0, won=auction % 10 == 0)  # two in hand, one won every ten auctions: each lasts twenty
    assert shadow.release == pytest.approx(1 / 20, abs=0.002)


def trained(slots, holding, second_price=True):
    shadow, rng = ShadowPrice(), np.random.default_rng(1)
    for _ in range(1000):
        shadow.saw(1.0, won=bool(rng.random() < 1 / holding))
    for _ in range(60):
        shadow.train(auctions(300, second_price=second_price), rng, SETTINGS, slots)
    return shadow.slot(np.arange(slots) / slots, 1 / slots, SETTINGS.discount_factor)


def test_the_last_slot_is_worth_more_than_the_first():
    prices = trained(slots=3, holding=12)
    assert (np.diff(prices) > 0).all()
    assert 0 < prices[0] < 0.1 < prices[-1] < 0.3


def test_a_slot_that_frees_itself_at_once_is_worth_nothing():
    assert trained(slots=3, holding=1).max() < 0.02


def test_the_last_of_many_slots_costs_what_the_last_of_few_does_not():
    assert trained(slots=1, holding=12)[0] > trained(slots=10, holding=12)[0]
