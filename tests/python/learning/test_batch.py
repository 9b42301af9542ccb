"""The batched prior gives what the prior gives, in one pass for all who ask at once."""

import asyncio

import numpy as np
import pytest

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext
from agents.learning.batch import BatchedPrior
from agents.learning.bidder import LearnedBidder
from agents.learning.prior import ClosedFormPrior, Situation


class Counting:
    """A prior that remembers how many it was asked for at a time."""

    def __init__(self):
        self.asked, self.curves, self.inner = [], 0, ClosedFormPrior()

    def bids(self, situations):
        self.asked.append(len(situations))
        return self.inner.bids(situations)

    def survival(self, situation, grid):
        self.curves += 1
        return self.inner.survival(situation, grid)


def context(task_id, **changes):
    fields = {
        "task_id": task_id,
        "skill": "analysis",
        "reserve": 10**7 + task_id,
        "cost_estimate": 10**6,
        "fit": 0.8,
        "capability": 80,
        "reputation": 0.0,
        "quality": 5000,
        "workload": 0.0,
        "second_price": False,
        "deadline_seconds": 600,
        "rivals": 2.0,
    }
    return BidContext(**fields | changes)


@pytest.fixture
def counting():
    return Counting()


async def test_all_who_ask_in_one_turn_share_one_pass(counting):
    prior = BatchedPrior(counting)
    bidders = [LearnedBidder(AgentLearningConfig(), seed=seed, prior=prior) for seed in range(50)]
    quotes = await asyncio.gather(*(one.quote(context(number)) for number, one in enumerate(bidders)))
    assert counting.asked == [50]
    assert counting.curves == 1, "they are in one market"
    assert all(quote.price is not None for quote in quotes)


async def test_quotes_are_those_of_the_prior_alone(counting):
    config = AgentLearningConfig.create_custom_profile(exploration_rate=0)
    alone = LearnedBidder(config, prior=ClosedFormPrior())
    shared = LearnedBidder(config, prior=BatchedPrior(counting))
    for number, rivals in enumerate((0.0, 0.5, 1.0, 2.0, 7.5, 40.0)):
        expected = alone.price(context(number, rivals=rivals))
        quote = await shared.quote(context(number, rivals=rivals))
        assert quote.price == pytest.approx(expected.price, abs=20)
        assert quote.win_probability == pytest.approx(expected.win_probability, abs=2e-3)
        assert shared.price(context(number, rivals=rivals)) == quote, "asked twice"


async def test_companions_change_no_price():
    class Noisy(Counting):
        """The last bits depend on how many are asked for at a time, as on real hardware."""

        def bids(self, situations):
            return super().bids(situations) * (1 + 1e-12 * len(situations))

    config = AgentLearningConfig()
    few = LearnedBidder(config, prior=BatchedPrior(Noisy()))
    prior = BatchedPrior(Noisy())
    many = [LearnedBidder(config, prior=prior) for _ in range(20)]
    quotes = await asyncio.gather(*(one.quote(context(number)) for number, one in enumerate(many)))
    assert quotes[3].price == (await few.quote(context(3))).price


async def test_a_bid_is_never_below_its_floor():
    prior = BatchedPrior(ClosedFormPrior())
    floors = [1 / 3, 0.9999999, 1.0]
    situations = [Situation(floor, 1e6) for floor in floors]
    assert (prior.bids(situations) >= np.array(floors)).all()


async def test_a_bid_that_is_no_number_reaches_the_guard():
    class Broken(Counting):
        def bids(self, situations):
            return np.full(len(situations), np.nan)

    bidder = LearnedBidder(AgentLearningConfig(), prior=BatchedPrior(Broken()))
    quote = await bidder.quote(context(1))
    assert "closed form" in quote.source
    assert quote.price > 10**6
    assert bidder.report()["fallbacks"] == 1


async def test_a_prior_that_fails_fails_for_all_who_wait_and_then_works_again(counting, caplog):
    class Failing(Counting):
        broken = True

        def bids(self, situations):
            if self.broken:
                raise ValueError("broken")
            return super().bids(situations)

    inner = Failing()
    prior = BatchedPrior(inner)
    waiting = [asyncio.ensure_future(prior.prepare(Situation(0.1 * n, 1.0))) for n in range(3)]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(error) for error in results] == ["broken"] * 3
    inner.broken = False
    await prior.prepare(Situation(0.1, 1.0))
    assert inner.asked == [1]


async def test_one_who_stops_waiting_stops_nobody_else(counting):
    prior = BatchedPrior(counting)
    first, second = (asyncio.ensure_future(prior.prepare(Situation(0.5, 1.0))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert counting.asked == [1]


def test_what_was_not_prepared_is_asked_for_by_itself(counting):
    prior = BatchedPrior(counting)
    bidder = LearnedBidder(AgentLearningConfig(), prior=prior)
    assert bidder.price(context(1)).price is not None
    assert (counting.asked, prior.passes) == ([1], 1)
