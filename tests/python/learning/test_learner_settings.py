"""Settings name what is wrong with them."""

import math

import pytest

from agents.agent_config import AgentLearningConfig
from agents.errors import SettingOutOfRange
from agents.learning.settings import LearnerSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.0),
        ("discount_factor", 1.0),
        ("exploration_rate", -0.1),
        ("batch_size", 0),
        ("batch_size", 1.5),
        ("memory_size", True),
        ("prior_weight", math.inf),
        ("trust_region", math.nan),
        ("risk", 0.0),
        ("floor_quantile", "high"),
        ("loss_exploration", 1),
    ],
)
def test_what_is_out_of_range_is_named(name, value):
    with pytest.raises(SettingOutOfRange, match=name):
        LearnerSettings(**{name: value})


def test_a_profile_implies_settings():
    explorer = LearnerSettings.of(AgentLearningConfig.profile("explorer"))
    assert (explorer.exploration_rate, explorer.exploration_decay) == (0.2, 0.02)
    assert LearnerSettings.of(AgentLearningConfig.profile("aggressive")).risk == 0.7
    assert LearnerSettings.of(AgentLearningConfig.profile("conservative")).floor_quantile == 0.9
    assert LearnerSettings.of(AgentLearningConfig.profile("workload_sensitive")).shadow_gain == 2
    assert LearnerSettings.of(AgentLearningConfig(prior_weight=9)).prior_weight == 9
    assert explorer.prior_weight == LearnerSettings().prior_weight
