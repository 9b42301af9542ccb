"""The simulated market: awarded as the contract does, settled to the unit, the same from the same seed."""

import dataclasses

import numpy as np
import pytest

from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import Quote
from agents.lab.bidding.market import (
    NO_BID,
    RESERVE,
    Conditions,
    Seat,
    cost_of,
    floor_of,
    play,
)
from agents.learning.baselines.policies import ClosedForm, FixedMarkup, Truthful
from agents.market.domain import bond_of


class Scripted:
    """Bids what it was given, and keeps what it saw and was told."""

    def __init__(self, price, believed=None):
        self.price, self.believed = price, believed
        self.contexts, self.outcomes, self.trained = [], [], 0

    async def quote(self, context):
        self.contexts.append(context)
        return Quote(self.price if context.workload < 1 else None, self.believed)

    def observe(self, outcome):
        self.outcomes.append(outcome)

    def train(self):
        self.trained += 1


async def test_the_best_price_for_quality_wins_and_everyone_is_told():
    dear, cheap, silent = Scripted(60), Scripted(50, 0.5), Scripted(None)
    seats = [Seat("dear", dear, 10_000, train=dear.train), Seat("cheap", cheap, 8000), Seat("silent", silent)]
    record = await play(seats, Conditions(4, training_interval=2), seed=1)
    # 60 / 10000 < 50 / 8000
    assert record.winners.tolist() == [0] * 4
    assert record.payments.tolist() == [60] * 4
    assert record.prices.tolist() == [[60, 50, NO_BID]] * 4
    assert record.beliefs[:, 1].tolist() == [0.5] * 4
    assert np.isnan(record.beliefs[:, [0, 2]]).all()
    won, lost = dear.outcomes[0], cheap.outcomes[0]
    assert won.won
    assert (won.rival_best, won.paid, won.rivals, won.winning_price) == (50 * 10_000 // 8000, 60, 1, 60)
    assert not lost.won
    assert (lost.rival_best, lost.paid, lost.cost, lost.win_probability) == (60 * 8000 // 10_000, 0, 0, 0.5)
    assert silent.outcomes == []
    assert len(silent.contexts) == 4
    assert (dear.trained, silent.trained) == (2, 0)


async def test_profits_are_payment_less_cost_and_all_work_is_accepted_where_theory_is_asked():
    one = Scripted(RESERVE)
    record = await play([Seat("one", one, 7000)], Conditions(50), seed=2)
    told = [outcome.paid - outcome.cost for outcome in one.outcomes]
    assert record.profits[:, 0].tolist() == told
    assert all(outcome.cost == outcome.cost_estimate for outcome in one.outcomes)
    assert record.profits.sum(axis=1).tolist() == [
        RESERVE - context.cost_estimate for context in one.contexts
    ]
    assert all(outcome.rival_best is None for outcome in one.outcomes)


async def test_rejected_work_is_unpaid_and_takes_half_the_bond():
    one = Scripted(RESERVE)
    conditions = Conditions(300, floors_uniform=False, cost_spread=0.3)
    record = await play([Seat("one", one, 7500)], conditions, seed=3)
    rejected = [outcome for outcome in one.outcomes if not outcome.paid]
    assert len(rejected) / 300 == pytest.approx(0.5, abs=0.1)
    assert {outcome.bond_lost for outcome in rejected} == {bond_of(RESERVE) // 2}
    told = [outcome.paid - outcome.cost - outcome.bond_lost for outcome in one.outcomes]
    assert record.profits[:, 0].tolist() == told
    ratios = [np.log(one.cost / one.cost_estimate) for one in one.outcomes if one.cost_estimate > 10**6]
    assert np.std(ratios) == pytest.approx(0.3, abs=0.05)


async def test_slots_fill_and_come_free_again():
    one = Scripted(RESERVE)
    record = await play([Seat("one", one, slots=2)], Conditions(8, work_time=3), seed=4)
    assert [context.workload for context in one.contexts] == [0, 0.5, 1, 1, 0.5, 0.5, 1, 1]
    assert record.able[:, 0].tolist() == [True, True, False, False] * 2


async def test_policies_bid_their_drawn_floors():
    seats = [Seat("truthful", Truthful())]
    record = await play(seats, Conditions(200), seed=5)
    made = record.prices[:, 0] != NO_BID
    # The balanced profile feels a lost bond one and a half times.
    felt = 0.02 * (bond_of(RESERVE) // 4) / 0.98
    exact = made & (record.floors[:, 0] > RESERVE / 100)  # below, even free work has a higher floor
    assert record.prices[exact, 0] == pytest.approx(record.floors[exact, 0] + felt, abs=3)
    assert made.mean() > 0.9


async def test_the_same_seed_gives_the_same_market():
    def seats():
        return [
            Seat("closed", ClosedForm(), 9500, 3),
            Seat("markup", FixedMarkup(), 9000, 3),
            Seat("adaptive", AdaptiveBiddingStrategy(), 9000, 3),
        ]

    conditions = Conditions(40, floors_uniform=False, least_fit=0.3, cost_spread=0.2, work_time=2)
    one, again, other = [await play(seats(), conditions, seed=seed) for seed in (1, 1, 2)]
    for field in dataclasses.fields(one):
        np.testing.assert_equal(getattr(one, field.name), getattr(again, field.name))
    assert not np.array_equal(one.prices, other.prices)


@pytest.mark.parametrize("quality", [6000, 9500, 10_000])
def test_floors_and_costs_are_each_others_inverse(quality):
    assert floor_of(cost_of(RESERVE / 2, quality), quality) == pytest.approx(RESERVE / 2)
    assert cost_of(0, quality) == 0
