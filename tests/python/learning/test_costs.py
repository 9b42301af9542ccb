"""Costs are corrected upwards by what past work cost, and the floor covers the risk of rejection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.agent_config import AgentLearningConfig
from agents.learning.costs import Usage, least_price
from agents.market.domain import bond_of
from agents.money import CREDIT


def worked(*ratios):
    usage = Usage()
    for ratio in ratios:
        usage.add(1000, round(1000 * ratio), accepted=True)
    return usage


def test_without_work_the_estimate_stands_at_the_median():
    assert Usage().overrun(0.5) == 1.0
    assert Usage().overrun(0.9) == pytest.approx(1.378, abs=1e-3), "e^(1.2816 * 0.25): the prior's own spread"


def test_costs_twice_the_estimates_are_believed_more_the_more_were_seen():
    factors = [worked(*[2.0] * count).overrun(0.5) for count in (1, 5, 20, 200)]
    assert factors == sorted(factors)
    assert factors[0] < 1.2
    assert factors[-1] == pytest.approx(2.0, abs=0.05)


def test_a_higher_quantile_asks_for_more():
    usage = worked(*[0.8, 1.0, 1.3, 2.0] * 10)
    assert usage.overrun(0.5) < usage.overrun(0.8) < usage.overrun(0.95)
    assert usage.overrun(0.5) >= (40 * 1.275 + 5) / 45 - 1e-9, "never under the mean, or it works at a loss"


def test_acceptances_and_rejections_are_counted():
    usage = worked(1.0, 1.0)
    usage.add(0, 5, accepted=False)
    assert (usage.accepted, usage.rejected, usage.tasks) == (2, 1, 2)


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), max_size=20), st.floats(0.01, 0.99)
)
def test_the_factor_is_never_under_one(works, quantile):
    usage = Usage()
    for estimate, cost in works:
        usage.add(estimate, cost, accepted=cost % 2 == 0)
    assert 1 <= usage.overrun(quantile) <= 4


def test_the_least_price_leaves_nothing_on_average():
    """a p - (1 - a) L = c."""
    config = AgentLearningConfig.create_custom_profile(risk_tolerance=100)
    reserve, cost, chance = 100 * CREDIT, 10 * CREDIT, 0.8
    price = least_price(config, reserve, cost, chance)
    assert chance * price - (1 - chance) * bond_of(reserve) / 2 == pytest.approx(cost, abs=5)
