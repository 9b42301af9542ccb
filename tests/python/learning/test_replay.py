"""What is remembered of an auction, and what other bids would have earned in it."""

import dataclasses

import numpy as np
import pytest

from agents.bid_policy import BidOutcome
from agents.learning import replay
from agents.learning.memory import ABOVE, AT, BELOW, Memory, Note, auction_of, sightings

TOLD = BidOutcome(
    skill="analysis",
    reserve=1000,
    second_price=False,
    own_price=400,
    won=True,
    winning_price=None,
    rival_best=600,
    score=90,
    paid=400,
    cost_estimate=200,
    cost=250,
    quality=8000,
    rivals=2,
)


def remembered(**changes):
    return auction_of(dataclasses.replace(TOLD, **changes), None)


def lost(**changes):
    return remembered(won=False, paid=0, rival_best=None, winning_price=None, **changes)


def test_a_revealed_rival_is_kept_as_a_score():
    auction = remembered()
    assert (auction.side, auction.score, auction.threshold) == (AT, 0.75, pytest.approx(0.6))
    assert auction.profit == pytest.approx(0.15)
    assert auction.floor == pytest.approx(0.2), "the estimate, where no note was kept"
    assert auction_of(TOLD, Note(0.3, 0.1, 5.0)).floor == 0.3


def test_unrevealed_rivals_stand_on_one_side_of_the_own_bid():
    assert (remembered(rival_best=None).side, remembered(rival_best=None).threshold) == (ABOVE, 0.4)
    assert (lost().side, lost().threshold) == (BELOW, 0.4)
    assert lost(own_price=500).threshold == 0.5
    won_below = remembered(won=False, paid=0, rival_best=None, winning_price=350)
    assert (won_below.side, won_below.threshold) == (AT, pytest.approx(0.35))


def test_nobody_else_is_above_the_reserve_unless_somebody_did_not_reveal():
    assert remembered(rival_best=None, rivals=0).threshold == pytest.approx(1.0)
    assert remembered(rival_best=None, rivals=0, unrevealed=1).threshold == 0.4


def test_every_bid_is_judged_where_the_rival_is_known():
    bids = np.array([[0.3, 0.5, 0.61, 0.7]])
    np.testing.assert_array_equal(replay.wins([remembered()], bids), [[1, 1, 0, 0]])
    np.testing.assert_allclose(replay.profits([remembered()], bids), [[0.1, 0.3, 0, 0]])


def test_where_it_is_not_known_only_one_side_is_judged():
    bids = np.array([[0.3, 0.4, 0.5]])
    np.testing.assert_array_equal(replay.wins([remembered(rival_best=None)], bids), [[1, 1, np.nan]])
    np.testing.assert_array_equal(replay.wins([lost()], bids), [[np.nan, 0, 0]])


def test_regret_is_what_the_best_constant_markup_would_have_earned_more():
    """Floor 0.2, threshold 0.6: a markup of 0.45 of the room bids 0.56 and earns 0.36; the own bid earned 0.2."""
    assert replay.regret([remembered()] * 3, np.array([0.0, 0.25, 0.45, 0.9])) == pytest.approx(0.16)
    assert replay.regret([lost()], np.array([0.5])) == 0


def test_memory_keeps_the_newest():
    memory = Memory(3)
    for reserve in (1000, 2000, 3000, 4000):
        memory.append(remembered(reserve=reserve))
    memory.append(remembered(skill="writing"))
    assert [one.reserve for one in memory.auctions] == [3000, 4000, 1000]
    assert [one.reserve for one in memory.newest(("analysis", False), 1)] == [4000]
    assert memory.newest(("analysis", True), 5) == []


@pytest.mark.parametrize("load", [float("nan"), float("inf"), -5.0])
def test_features_are_finite(load):
    assert np.isfinite(sightings([remembered(load=load, deadline_seconds=-1, reserve=0)]).features).all()
