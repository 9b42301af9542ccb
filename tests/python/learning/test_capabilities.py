"""What is believed of an agent's skills: bounded, and moved by scores in whatever order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import SettingOutOfRange
from agents.learning.capabilities import NEUTRAL, Capabilities

SHARES = st.floats(0, 100)


def test_one_score_weighs_the_rate_beside_the_claim():
    known = Capabilities({"analysis": 60}, 0.1)
    known.learn("analysis", 85)
    assert known.weight("analysis") == pytest.approx((60 + 8.5) / 1.1)
    assert known.weights() == {"analysis": 62.27}


def test_what_was_never_claimed_starts_in_the_middle_and_is_listed_once_it_was_scored():
    known = Capabilities({"analysis": 60}, 0.5)
    assert known.weights() == {"analysis": 60}
    assert known.weight("poetry") == NEUTRAL
    known.learn("poetry", 100)
    assert known.weights() == {"analysis": 60, "poetry": pytest.approx(66.67)}


@given(SHARES, st.floats(0.001, 1), st.lists(SHARES, min_size=1, max_size=30))
def test_a_weight_stays_between_claim_and_scores_and_their_order_is_nothing(claim, rate, scores):
    one, other = Capabilities({"a": claim}, rate), Capabilities({"a": claim}, rate)
    for score in scores:
        one.learn("a", score)
    for score in reversed(scores):
        other.learn("a", score)
    low, high = min(claim, *scores), max(claim, *scores)
    assert low - 1e-9 <= one.weight("a") <= high + 1e-9
    assert one.weight("a") == pytest.approx(other.weight("a"), abs=1e-9)


@pytest.mark.parametrize("value", [-0.001, 100.001, math.nan, math.inf, True, "50", None])
def test_what_is_no_share_is_refused_by_name(value):
    with pytest.raises(SettingOutOfRange, match=r"^capability analysis is "):
        Capabilities({"analysis": value}, 0.1)
    with pytest.raises(SettingOutOfRange, match=r"^the score of analysis is "):
        Capabilities({"analysis": 1}, 0.1).learn("analysis", value)
