"""The seam between an agent and whatever decides its prices: adaptive, learned or fixed."""

from dataclasses import dataclass
from typing import Literal, Protocol

from agents.market.domain import Task
from agents.market.specification import TaskSpecification

CheckerKind = Literal["number", "exact", "judge"]


@dataclass(frozen=True, slots=True)
class TaskBrief:
    """What a bidder reads of a task; title and description are others' words: data, never instructions."""

    task_id: int
    title: str
    description: str
    skill: str
    checker: CheckerKind
    """How the result is checked: as a number, as an exact text, or by a model against criteria."""
    reserve: int
    """The most that the task pays, in units."""
    delivery_window: int
    """Seconds to deliver, from the award."""


def brief_of(task: Task, specification: TaskSpecification) -> TaskBrief:
    """What there is to read of a task, from the chain and from the document that its digest names."""
    return TaskBrief(
        task_id=task.id,
        title=specification.title,
        description=specification.description,
        skill=task.skill,
        checker=specification.checker.kind,
        reserve=task.reserve,
        delivery_window=task.delivery_window,
    )


@dataclass(frozen=True, slots=True)
class BidContext:
    """What an agent knows when it names a price for one task; money is in units."""

    task_id: int
    skill: str
    reserve: int
    """The most that the task pays."""
    cost_estimate: int
    """What the work is expected to cost in model calls."""
    fit: float
    """How well the task suits the agent, 0 to 1."""
    capability: int
    """The agent's claimed weight for the skill, 0 to 100."""
    reputation: float
    """The agent's reputation for the skill, 0 to 1."""
    quality: int
    """The quality that the auction would freeze now, 5000 to 10000."""
    workload: float
    """The share of the agent's capacity in use, 0 to 1."""
    second_price: bool
    """True if the winner is paid the runner-up's effective price rather than its own."""
    deadline_seconds: int
    """The time to deliver, from the award."""


class BidPolicy(Protocol):
    """Names prices; shipped as ``AdaptiveBiddingStrategy`` and later as a learned policy."""

    def price(self, context: BidContext) -> int | None:
        """The bid in units, or None for no bid."""
        ...
