"""Learning profiles: the few numbers that make one agent bid unlike another."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from agents.errors import SettingOutOfRange, UnknownProfile, UnknownSetting


def _setting(default: float, low: float, high: float) -> Any:
    """A field that must lie from ``low`` to ``high``; a whole number if its default is one."""
    return field(default=default, metadata={"low": low, "high": high, "whole": isinstance(default, int)})


@dataclass(frozen=True, slots=True)
class AgentLearningConfig:
    """How an agent bids and learns; the defaults are the profile ``balanced``.

    A config that exists is valid: SettingOutOfRange names the first value that is not.
    """

    margin: float = _setting(0.25, 0.01, 0.9)
    """First price only: the share of the room between its floor and the reserve that it asks for while the
    rivals are unknown; 1/n is the best reply to n - 1 rivals of uniform cost."""
    risk_tolerance: int = _setting(50, 0, 100)
    """How a lost bond is felt: at 100 as what it is, at 0 as twice that."""
    confidence_factor: int = _setting(60, 0, 100)
    """How far the agent trusts its own fit before it has results: at 0 it reckons with even chances."""
    exploration_rate: float = _setting(0.05, 0.0, 1.0)
    """The share of tasks on which it tries what it would not: half the fit, another margin."""
    minimum_fit: float = _setting(0.25, 0.0, 1.0)
    """The least interest (fit, lowered by specialization) at which it bids."""
    workload_sensitivity: float = _setting(0.5, 0.0, 1.0)
    """How much of the room up to the reserve a nearly full agent asks for its last slot."""
    specialization: float = _setting(0.5, 0.0, 1.0)
    """How steeply a low capability lowers interest: at 0 not at all, at 1 in proportion."""
    max_concurrent: int = _setting(3, 1, 1000)
    """The live tasks that make the agent full (a workload of 1); a full agent does not bid."""
    learning_rate: float = _setting(0.1, 0.001, 1.0)
    """What one outcome weighs beside the beliefs the agent started with, which weigh 1."""
    risk_curvature: float = _setting(1.0, 0.05, 1.0)
    """rho of the utility x**rho of a profit x: 1 is neutral. Below it a sure profit counts for more than a large
    one, which in first-price auctions lowers bids and wins more; it is not caution."""
    prior_weight: float = _setting(50.0, 1.0, 10_000.0)
    """m0: the auctions of a skill after which what was seen weighs as much as the trained prior."""
    floor_quantile: float = _setting(0.5, 0.5, 0.99)
    """The quantile of the cost of past work that a bid must cover; a half is the typical cost."""
    fit_weight: float = _setting(0.5, 0.0, 1.0)
    """What a task's fit weighs, beside the claimed capability, in the chance of being paid that it begins with."""
    shadow_gain: float = _setting(1.0, 0.0, 10.0)
    """The factor on what a slot of the agent's capacity is believed to be worth to other tasks."""
    exploration_decay: float = _setting(0.0, 0.0, 1.0)
    """What each outcome takes from exploration: the rate is divided by 1 + decay * outcomes."""

    def __post_init__(self) -> None:
        """Refuse the first value that is out of range or not a number."""
        for item in fields(self):
            _check(item.name, getattr(self, item.name), item.metadata)

    @classmethod
    def profile(cls, name: str) -> "AgentLearningConfig":
        """The profile of this name; UnknownProfile lists the names there are."""
        if name not in PROFILES:
            raise UnknownProfile(name, list(PROFILES))
        return PROFILES[name]

    @classmethod
    def create_custom_profile(
        cls, base_profile: str = "balanced", **overrides: float
    ) -> "AgentLearningConfig":
        """``base_profile`` with some settings replaced.

        Raises UnknownProfile, UnknownSetting or SettingOutOfRange, each naming what is wrong.
        """
        known = [item.name for item in fields(cls)]
        for name in overrides:
            if name not in known:
                raise UnknownSetting(name, known)
        return replace(cls.profile(base_profile), **overrides)  # type: ignore[arg-type]  # checked on creation


def _check(name: str, value: object, limits: Mapping[str, Any]) -> None:
    low, high, whole = limits["low"], limits["high"], limits["whole"]
    kinds: tuple[type, ...] = (int,) if whole else (int, float)
    number = isinstance(value, kinds) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # nan is in no range
        raise SettingOutOfRange(
            name, value, f"{'a whole number' if whole else 'a number'} from {low} to {high}"
        )


PROFILES: Mapping[str, AgentLearningConfig] = MappingProxyType(
    {
        "balanced": AgentLearningConfig(),
        "aggressive": AgentLearningConfig(
            margin=0.1,
            risk_tolerance=90,
            confidence_factor=85,
            minimum_fit=0.15,
            workload_sensitivity=0.25,
            max_concurrent=6,
            learning_rate=0.2,
            risk_curvature=0.7,
        ),
        # Not risk aversion in the economists' sense, which lowers bids: it wants more fit and more margin, and
        # covers what nine of ten tasks cost.
        "conservative": AgentLearningConfig(
            margin=0.5,
            risk_tolerance=15,
            confidence_factor=40,
            exploration_rate=0.0,
            minimum_fit=0.35,
            workload_sensitivity=0.6,
            max_concurrent=2,
            learning_rate=0.05,
            floor_quantile=0.9,
        ),
        "explorer": AgentLearningConfig(
            exploration_rate=0.2,
            exploration_decay=0.02,
            minimum_fit=0.2,
            specialization=0.2,
            max_concurrent=4,
            learning_rate=0.2,
        ),
        "specialist": AgentLearningConfig(
            margin=0.35,
            confidence_factor=90,
            exploration_rate=0.02,
            minimum_fit=0.25,
            specialization=0.95,
            max_concurrent=2,
            fit_weight=0.9,
        ),
        "workload_sensitive": AgentLearningConfig(
            workload_sensitivity=1.0, max_concurrent=2, shadow_gain=2.0
        ),
    }
)
