"""What options may be, for checks and for a shell that completes them."""

from collections.abc import Iterable
from enum import StrEnum

from agents.fleet.definitions import AGENT_DEFINITIONS


class Mode(StrEnum):
    """How a task is awarded, for those that a command posts."""

    second_price = "second-price"
    first_price = "first-price"


def skills(incomplete: str) -> Iterable[str]:
    """The skills of the shipped agents that begin so; a task may take any other."""
    known = sorted({skill for one in AGENT_DEFINITIONS for skill in one.capabilities})
    return [skill for skill in known if skill.startswith(incomplete)]
