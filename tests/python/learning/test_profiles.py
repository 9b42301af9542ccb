"""Profiles in the learned bidder: each parameter does what its name says."""

from dataclasses import replace

import pytest
from test_batch import context

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.bid_policy import BidOutcome
from agents.learning.bidder import LearnedBidder
from agents.learning.costs import acceptance

CALM = {"exploration_rate": 0.0, "specialization": 0.0}
LOST = BidOutcome(
    skill="analysis",
    reserve=10**7,
    second_price=False,
    own_price=6 * 10**6,
    won=False,
    winning_price=5 * 10**6,
    rival_best=5 * 10**6,
    score=None,
    paid=0,
    cost_estimate=10**6,
    cost=0,
    rivals=1,
)


def price(profile="balanced", asked=None, **changes):
    config = AgentLearningConfig.create_custom_profile(profile, **CALM | changes)
    return LearnedBidder(config).price(asked or context(1)).price


def test_curved_utility_lowers_bids():
    assert price(risk_curvature=0.7) < price(risk_curvature=1.0)


def test_a_higher_floor_quantile_raises_them():
    assert price(floor_quantile=0.9) > price(floor_quantile=0.5)


def test_the_conservative_ask_for_more_and_the_aggressive_for_less():
    prices = {name: price(name) for name in ("aggressive", "balanced", "conservative")}
    assert prices["aggressive"] < prices["balanced"] < prices["conservative"]


def test_shadow_gain_makes_the_last_slots_dearer():
    busy = context(1, workload=0.6)
    assert price(asked=busy) < price(asked=busy, shadow_gain=2.0)
    assert price() == price(shadow_gain=2.0), "with all slots free there is nothing to guard"


@pytest.mark.parametrize(("weight", "belief"), [(1.0, 0.9), (0.0, 0.3), (0.5, 0.6)])
def test_fit_weight_sets_fit_against_the_claim(weight, belief):
    config = AgentLearningConfig.create_custom_profile(fit_weight=weight, confidence_factor=100)
    asked = context(1, fit=0.9, capability=30)
    assert acceptance(config, asked, 0, 0) == pytest.approx(belief)


def explored(bidder):
    return sum(bidder.price(context(task_id)).source == "exploring" for task_id in range(2000)) / 2000


def test_the_explorer_explores_ever_less():
    bidder = LearnedBidder(PROFILES["explorer"])
    assert explored(bidder) == pytest.approx(0.2, abs=0.03)
    for number in range(1, 51):
        bidder.observe(replace(LOST, task_id=10_000 + number))
    bidder.train()
    assert explored(bidder) == pytest.approx(0.2 / (1 + 50 * 0.02), abs=0.03)


def test_prior_weight_says_how_long_the_prior_counts():
    weights = []
    for prior_weight in (10.0, 1000.0):
        bidder = LearnedBidder(AgentLearningConfig(prior_weight=prior_weight))
        for number in range(1, 31):
            bidder.observe(replace(LOST, task_id=number))
        bidder.train()
        weights.append(bidder.evidence("analysis"))
    assert weights == pytest.approx([30 / 40, 30 / 1030], abs=1e-9)
