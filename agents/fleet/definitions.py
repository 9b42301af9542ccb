"""The agents that a fleet is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agents.errors import SettingOutOfRange

MOST_AGENTS = 10_000
SMALL_FLEET = 50
"""A larger fleet bids without its model's word on each task, which moves no price: the model has work to do. And its
agents open their channels only when they have something to think about."""


@dataclass(frozen=True, slots=True)
class AgentDefinition:
    """What an agent is before it has a wallet: its name, its role, its claimed skills and its profile."""

    name: str
    role: str
    capabilities: Mapping[str, int]
    """By skill, 0 to 100."""
    profile: str = "balanced"
    policy: str = "learned"
    """What names its prices; one of ``agents.fleet.strategies.POLICIES``."""


AGENT_DEFINITIONS: tuple[AgentDefinition, ...] = (
    AgentDefinition(
        "Research",
        "a researcher who reads closely and summarises",
        {"research": 85, "extraction": 80, "summarisation": 75, "blockchain": 45},
        "balanced",
    ),
    AgentDefinition(
        "Development",
        "a developer who reads and explains code",
        {"code-reading": 85, "data-extraction": 60, "mathematics": 60, "blockchain": 55},
        "specialist",
    ),
    AgentDefinition(
        "Analytics",
        "an analyst who works with numbers and data",
        {"mathematics": 85, "data-extraction": 85, "extraction": 60, "sentiment": 55},
        "conservative",
    ),
    AgentDefinition(
        "Creative",
        "a writer with an ear for tone",
        {"writing": 90, "sentiment": 80, "summarisation": 70, "research": 50},
        "explorer",
    ),
    AgentDefinition(
        "BlockchainExpert",
        "an expert in blockchains and smart contracts",
        {"blockchain": 90, "code-reading": 65, "mathematics": 50, "research": 50},
        "aggressive",
    ),
)


def fleet(count: int, policy: str = "learned") -> list[AgentDefinition]:
    """``count`` agents of one policy: the definitions in turn, from the sixth on with numbered names."""
    if not 0 <= count <= MOST_AGENTS:
        raise SettingOutOfRange("the number of agents", count, f"from 0 to {MOST_AGENTS}")
    size = len(AGENT_DEFINITIONS)
    return [
        replace(one, policy=policy, name=one.name if number < size else f"{one.name}-{number // size + 1}")
        for number in range(count)
        for one in [AGENT_DEFINITIONS[number % size]]
    ]
