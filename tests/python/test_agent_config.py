"""Profiles are valid, differ as their names say, and refuse what is wrong by name."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.errors import SettingOutOfRange, UnknownProfile, UnknownSetting

SETTINGS = dataclasses.fields(AgentLearningConfig)
WHOLE = {"risk_tolerance", "confidence_factor", "max_concurrent"}


def test_there_are_the_six_profiles_users_know() -> None:
    assert list(PROFILES) == [
        "balanced",
        "aggressive",
        "conservative",
        "explorer",
        "specialist",
        "workload_sensitive",
    ]
    assert len({AgentLearningConfig.profile(name) for name in PROFILES}) == 6, "no two profiles are the same"
    assert AgentLearningConfig.profile("balanced") == AgentLearningConfig()


def test_each_profile_is_the_extreme_its_name_says() -> None:
    others = PROFILES.values()
    busy = [each.workload_sensitivity for each in others]
    assert PROFILES["aggressive"].margin == min(each.margin for each in others)
    assert PROFILES["aggressive"].risk_tolerance == max(each.risk_tolerance for each in others)
    assert PROFILES["conservative"].margin == max(each.margin for each in others)
    assert PROFILES["conservative"].minimum_fit == max(each.minimum_fit for each in others)
    assert PROFILES["explorer"].exploration_rate == max(each.exploration_rate for each in others)
    assert PROFILES["specialist"].specialization == max(each.specialization for each in others)
    assert PROFILES["workload_sensitive"].workload_sensitivity == max(busy)
    assert PROFILES["aggressive"].risk_curvature == min(each.risk_curvature for each in others) == 0.7
    assert PROFILES["conservative"].floor_quantile == max(each.floor_quantile for each in others) == 0.9
    assert PROFILES["explorer"].exploration_decay == max(each.exploration_decay for each in others) > 0
    assert PROFILES["specialist"].fit_weight == max(each.fit_weight for each in others)
    assert PROFILES["workload_sensitive"].shadow_gain == 2 * PROFILES["balanced"].shadow_gain


def test_only_the_aggressive_curve_their_utility() -> None:
    """Risk aversion lowers first-price bids: nobody who is to ask for more may have it."""
    assert {name for name, each in PROFILES.items() if each.risk_curvature < 1} == {"aggressive"}


def test_a_custom_profile_changes_only_what_is_named() -> None:
    custom = AgentLearningConfig.create_custom_profile("specialist", specialization=1, max_concurrent=7)
    assert custom == dataclasses.replace(PROFILES["specialist"], specialization=1, max_concurrent=7)
    assert AgentLearningConfig.create_custom_profile() == PROFILES["balanced"]


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownProfile, match=r"'greedy'.*balanced, aggressive"):
        AgentLearningConfig.profile("greedy")
    with pytest.raises(UnknownProfile, match="'greedy'"):
        AgentLearningConfig.create_custom_profile("greedy", margin=0.1)
    with pytest.raises(UnknownSetting, match=r"'greed'.*margin, risk_tolerance"):
        AgentLearningConfig.create_custom_profile(greed=0.1)


@pytest.mark.parametrize("name", [item.name for item in SETTINGS])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "0.5", None, -1, 10**400, 1j])
def test_what_is_no_number_in_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingOutOfRange, match=f"^{name} is "):
        AgentLearningConfig.create_custom_profile(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_whole_number_is_asked_for_where_one_is_needed(name: str) -> None:
    with pytest.raises(SettingOutOfRange, match=f"^{name} is 1.5, but must be a whole number from"):
        AgentLearningConfig.create_custom_profile(**{name: 1.5})


@given(st.sampled_from(SETTINGS), st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_is_taken_exactly_if_it_is_in_range(item: dataclasses.Field[float], value: float) -> None:
    candidate = int(value) if item.name in WHOLE else value
    if item.metadata["low"] <= candidate <= item.metadata["high"]:
        assert (
            getattr(AgentLearningConfig.create_custom_profile(**{item.name: candidate}), item.name)
            == candidate
        )
    else:
        with pytest.raises(SettingOutOfRange):
            AgentLearningConfig.create_custom_profile(**{item.name: candidate})


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        AgentLearningConfig().margin = 2.0  # type: ignore[misc]
