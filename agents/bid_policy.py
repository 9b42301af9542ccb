"""The seam between an agent and whatever decides its prices: adaptive, learned or fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    worst_cost: int = 0
    """The most that the work can cost in model calls; 0 if it is not known."""
    overhead: int = 0
    """What bidding and delivering cost beside the work: gas, where it is paid in credits."""
    bond: int = 0
    """What the bid locks."""
    rivals: float = 1.0
    """How many others are expected to bid."""
    load: float = 0.0
    """The open tasks of the skill for each agent that claims it."""
    runway: int | None = None
    """The agent's free credits; None if it is not known, and then nothing is limited by it."""
    exposure: int = 0
    """The worst-case costs of the bids and tasks that are open already, and their bonds that are still free."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A policy's answer, and what it believed when it gave it."""

    price: int | None
    """The bid in units, or None for no bid."""
    win_probability: float | None = None
    """The believed chance that this bid wins; None if the policy has no belief, or does not bid."""
    source: str = ""
    """Where the price is from, or why there is none, in a few words."""
    inputs: Mapping[str, float] = field(default_factory=dict)
    """The numbers that the price was computed from, by name."""


class BidPolicy(Protocol):
    """Names prices; shipped as ``LearnedBidder`` (the fleet's), ``AdaptiveBiddingStrategy`` and ``FixedMarkup``."""

    async def quote(self, context: BidContext) -> Quote:
        """The bid and the beliefs behind it. Asking twice about one task gives the same answer."""
        ...


@dataclass(frozen=True, slots=True)
class BidOutcome:
    """What became of one revealed bid, known once the task has ended; money is in units."""

    skill: str
    reserve: int
    second_price: bool
    """True if the winner was paid the runner-up's price: then the rivals' bids are no first-price bids."""
    own_price: int
    won: bool
    winning_price: int | None
    rival_best: int | None
    """The best rival's bid as seen from here, times own quality / its quality; None if not revealed."""
    score: int | None
    """0 to 100; None if nobody evaluated."""
    paid: int
    """What came in: 0 for a bid that lost and for a rejected or missing delivery."""
    cost_estimate: int
    """What the work was expected to cost when the bid was made."""
    cost: int
    """What the work did cost; not used for a bid that lost."""
    task_id: int = 0
    quality: int = 5000
    """The own quality that the auction froze, 5000 to 10000."""
    rivals: int = 0
    """How many others revealed a bid."""
    unrevealed: int = 0
    """How many others committed and did not reveal: their bids may have been anything."""
    deadline_seconds: int = 3600
    load: float = 0.0
    """As in the bid's context."""
    workload: float = 0.0
    """As in the bid's context."""
    bond_lost: int = 0
    """What the agent lost of its bond."""
    win_probability: float | None = None
    """What the quote believed."""
