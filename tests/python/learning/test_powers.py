"""The law of the rivals' floors is told from their bids, as far as it shows in them."""

import dataclasses

import numpy as np
import pytest

from agents.learning import theory
from agents.learning.memory import ABOVE, AT, BELOW, Auction
from agents.learning.powers import POWERS, likeliest_power
from agents.learning.prior import ClosedFormPrior, Situation

RIVALS = 2
PLAIN = Auction(
    skill="analysis",
    second_price=False,
    score=0.5,
    side=AT,
    bid=0.5,
    floor=0.2,
    shadow=0.0,
    quality=1.0,
    reserve=10**8,
    rivals=RIVALS,
    deadline=3600,
    load=0.0,
    won=False,
    profit=0.0,
)


def survival(power, bids):
    return ClosedFormPrior().survival(Situation(0.0, RIVALS, power=power), bids)


def auctions(power, count, seed=0):
    """The best of two equilibrium bids, auction by auction."""
    costs = np.random.default_rng(seed).random((count, RIVALS)).min(axis=1)
    costs = costs ** (1 / power)  # the least of powers is the power of the least
    bids = theory.first_price(costs, RIVALS, power=power)
    return [dataclasses.replace(PLAIN, score=float(bid)) for bid in bids]


def bounded(seen, asked):
    """The same, but that each rival only stood on one side of a bid."""
    return [
        dataclasses.replace(one, score=bid, side=ABOVE if one.score > bid else BELOW)
        for one, bid in zip(seen, asked, strict=True)
    ]


@pytest.mark.parametrize("power", [0.6, 1.0, 2.0])
def test_it_is_told_from_bids(power):
    assert likeliest_power(auctions(power, 200), survival) == pytest.approx(power, rel=0.2)


def test_it_is_told_from_bounds_too():
    asked = np.random.default_rng(1).uniform(0.3, 1.0, 200)
    found = likeliest_power(bounded(auctions(2.0, 200), asked), survival)
    assert found == pytest.approx(2.0, rel=0.3)


def test_few_auctions_move_it_a_little():
    few, many = (likeliest_power(auctions(2.0, count), survival) for count in (3, 100))
    assert 1 < few < many


def test_without_rivals_there_is_nothing_to_tell():
    alone = dataclasses.replace(PLAIN, score=1.0, side=ABOVE)
    assert likeliest_power([], survival) == likeliest_power([alone] * 50, survival) == 1.0


def test_bids_of_no_such_law_keep_it_in_its_range():
    for score in (0.0, 1e-6, 0.999):
        power = likeliest_power([dataclasses.replace(PLAIN, score=score)] * 300, survival)
        assert POWERS[0] <= power <= POWERS[-1]
