"""How a learned bidder learns; each number is checked when the settings are made."""

import math
from dataclasses import dataclass, fields

from agents.agent_config import AgentLearningConfig
from agents.errors import SettingOutOfRange

_RANGES: dict[str, tuple[float, float]] = {
    "learning_rate": (1e-6, 1.0),
    "discount_factor": (0.0, 0.999),
    "exploration_rate": (0.0, 1.0),
    "exploration_decay": (0.0, 1.0),
    "batch_size": (1, 10_000),
    "memory_size": (1, 100_000),
    "prior_weight": (0.0, 1e6),
    "trust_region": (1e-4, 1.0),
    "floor_quantile": (0.01, 0.99),
    "shadow_gain": (0.0, 10.0),
    "risk": (0.05, 1.0),
    "win_share": (0.0, 1.0),
    "pace": (1e-6, 1.0),
    "caution": (0.0, 3.0),
}


@dataclass(frozen=True, slots=True)
class LearnerSettings:
    """The parameters of learning; SettingOutOfRange names the first that is out of range."""

    learning_rate: float = 0.001
    """The step of the critic that values free capacity."""
    discount_factor: float = 0.95
    """What the next auction's profit is worth beside this one's, to that critic."""
    exploration_rate: float = 0.1
    """The share of tasks on which another markup is tried, never below the floor."""
    batch_size: int = 64
    """The remembered auctions that the critic replays in one step."""
    memory_size: int = 10_000
    """The auctions remembered, over all skills."""
    prior_weight: float = 50.0
    """The auctions of a skill that weigh as much as the prior; 0 trusts only what was seen."""
    trust_region: float = 0.1
    """The most that a markup moves at one update, as a share of the room between floor and reserve."""
    floor_quantile: float = 0.5
    """The quantile of realised / estimated cost that the floor must cover."""
    shadow_gain: float = 1.0
    """The factor on the shadow price of capacity."""
    risk: float = 1.0
    """The CRRA exponent: below 1 the bidder fears to lose the task, and bids lower."""
    win_share: float = 1.0
    """The share of auctions that the agent can serve; below 1 it paces itself to it."""
    pace: float = 0.005
    """The step of the pacing price at each auction."""
    caution: float = 0.0
    """The standard deviations by which believed chances are lowered where the ensemble disagrees."""
    exploration_decay: float = 0.0
    """What each auction takes from exploring: its rate is divided by 1 + decay * auctions trained on."""
    loss_exploration: bool = False
    """Whether exploring may go below the floor, by at most 1 % of the runway in total."""

    def __post_init__(self) -> None:
        """Refuse the first value that is out of range or no number."""
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in _RANGES:
                if not isinstance(value, bool):
                    raise SettingOutOfRange(item.name, value, "true or false")
                continue
            low, high = _RANGES[item.name]
            whole = isinstance(item.default, int)
            kinds: tuple[type, ...] = (int,) if whole else (int, float)
            number = isinstance(value, kinds) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or not low <= value <= high:
                kind = "a whole number" if whole else "a number"
                raise SettingOutOfRange(item.name, value, f"{kind} from {low:g} to {high:g}")

    @classmethod
    def of(cls, config: AgentLearningConfig) -> "LearnerSettings":
        """The settings that a profile implies."""
        return cls(
            exploration_rate=float(config.exploration_rate),
            exploration_decay=float(config.exploration_decay),
            prior_weight=float(config.prior_weight),
            floor_quantile=float(config.floor_quantile),
            shadow_gain=float(config.shadow_gain),
            risk=float(config.risk_curvature),
        )
