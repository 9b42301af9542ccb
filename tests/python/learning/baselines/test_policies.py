"""The bidders that do not learn: their prices, their bounds, and what they refuse."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.agent_config import AgentLearningConfig
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidContext, BidOutcome, BidPolicy
from agents.errors import SettingOutOfRange
from agents.learning.baselines.policies import ClosedForm, FixedMarkup, Truthful
from agents.money import CREDIT

RESERVE = 100 * CREDIT
SURE = AgentLearningConfig.create_custom_profile(risk_tolerance=100, exploration_rate=0.0)
POLICIES: list[BidPolicy] = [Truthful(), FixedMarkup(), FixedMarkup(markup=3.0), ClosedForm()]


def context(**changes):
    base = BidContext(
        task_id=1,
        skill="mathematics",
        reserve=RESERVE,
        cost_estimate=20 * CREDIT,
        fit=0.8,
        capability=80,
        reputation=0.0,
        quality=5000,
        workload=0.0,
        second_price=False,
        deadline_seconds=3600,
        rivals=3.0,
    )
    return dataclasses.replace(base, **changes)


def floor(one, config=SURE):
    return AdaptiveBiddingStrategy(config).floor_price(one)


async def test_each_asks_for_its_own_margin():
    one = context()
    least = floor(one)
    assert least >= one.cost_estimate
    assert (await Truthful(SURE).quote(one)).price == least
    assert (await FixedMarkup(SURE, markup=0.5).quote(one)).price == least * 3 // 2
    assert (await ClosedForm(SURE).quote(one)).price == least + (RESERVE - least) // 4
    assert (await ClosedForm(SURE).quote(one)).win_probability == pytest.approx((1 - least / RESERVE) ** 3)


async def test_a_markup_stops_at_the_reserve_and_the_lonely_ask_for_it():
    assert (await FixedMarkup(SURE, markup=50).quote(context())).price == RESERVE
    assert (await ClosedForm(SURE).quote(context(rivals=0.0))).price == RESERVE


async def test_overhead_is_part_of_the_cost():
    with_gas = (await Truthful(SURE).quote(context(overhead=CREDIT))).price
    assert with_gas == floor(context(cost_estimate=21 * CREDIT))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy!r:.30}")
async def test_second_price_is_bid_at_the_floor(policy):
    assert (await policy.quote(context(second_price=True))).price == floor(context(), AgentLearningConfig())


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy!r:.30}")
async def test_what_does_not_pay_gets_no_bid(policy):
    quote = await policy.quote(context(cost_estimate=RESERVE))
    assert quote.price is quote.win_probability is None
    assert "not worth the reserve" in quote.source


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy!r:.30}")
@given(
    cost=st.integers(0, 2 * RESERVE),
    reserve=st.integers(1, RESERVE),
    rivals=st.floats(0, 1000),
    second_price=st.booleans(),
    fit=st.floats(0, 1),
)
async def test_no_bid_is_below_cost_or_above_the_reserve(policy, cost, reserve, rivals, second_price, fit):
    one = context(cost_estimate=cost, reserve=reserve, rivals=rivals, second_price=second_price, fit=fit)
    quote = await policy.quote(one)
    assert quote == await policy.quote(one)
    assert quote.price is None or (isinstance(quote.price, int) and cost <= quote.price <= reserve)
    assert quote.win_probability is None or 0 <= quote.win_probability <= 1


async def test_overruns_raise_the_floor():
    policy = ClosedForm(SURE)
    before = (await policy.quote(context())).price
    policy.observe(
        BidOutcome(
            skill="mathematics",
            reserve=RESERVE,
            second_price=False,
            own_price=30 * CREDIT,
            won=True,
            winning_price=30 * CREDIT,
            rival_best=None,
            score=90,
            paid=30 * CREDIT,
            cost_estimate=20 * CREDIT,
            cost=200 * CREDIT,
        )
    )
    assert (await policy.quote(context())).price > before


@pytest.mark.parametrize("markup", [-0.1, float("nan"), 101])
def test_a_markup_out_of_range_is_refused(markup):
    with pytest.raises(SettingOutOfRange, match=r"^markup is"):
        FixedMarkup(markup=markup)
