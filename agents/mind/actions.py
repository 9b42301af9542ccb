"""What a party can decide to do: typed values, made by thinking, checked by a policy, sent by acting."""

from dataclasses import dataclass

from agents.market.domain import Task


@dataclass(frozen=True, slots=True)
class Action:
    """A decision about one task."""

    task_id: int

    @property
    def kind(self) -> str:
        """The action's name in intents and logs."""
        return type(self).__name__.lower()

    @property
    def intent(self) -> str:
        """What makes it one and the same decision, within one party."""
        return f"{self.kind}:{self.task_id}"


@dataclass(frozen=True, slots=True)
class Commit(Action):
    """Bind the agent to a sealed bid; money in units, ``promised`` in seconds from the award."""

    price: int
    promised: int
    bond: int


@dataclass(frozen=True, slots=True)
class Reveal(Action):
    """Open the agent's commitment."""

    price: int
    promised: int


@dataclass(frozen=True, slots=True)
class Finalize(Action):
    """End the auction."""


@dataclass(frozen=True, slots=True)
class Submit(Action):
    """Deliver the result with this digest."""

    result: bytes


@dataclass(frozen=True, slots=True)
class Evaluate(Action):
    """Score the result, 0 to 100."""

    score: int


@dataclass(frozen=True, slots=True)
class Release(Action):
    """Have a worker paid whose evaluator was silent."""


@dataclass(frozen=True, slots=True)
class DeclareDefault(Action):
    """End a task whose worker did not deliver."""


@dataclass(frozen=True, slots=True)
class CloseRejected(Action):
    """End a rejected task that nobody disputed."""


@dataclass(frozen=True, slots=True)
class CloseDefaulted(Action):
    """End a defaulted task that nobody took over."""


@dataclass(frozen=True, slots=True)
class CloseSealed(Action):
    """Have a worker paid whose requester did not show its secret."""


@dataclass(frozen=True, slots=True)
class CloseRuled(Action):
    """Carry out a verdict that nobody appealed."""


@dataclass(frozen=True, slots=True)
class TakeOver(Action):
    """Take the place of a worker that defaulted."""


@dataclass(frozen=True, slots=True)
class Unseal(Action):
    """Show the requester's secret, so that a panel can be drawn."""

    task: Task


@dataclass(frozen=True, slots=True)
class Forfeit(Action):
    """Burn the bond of a bid that was not opened."""

    agent_id: int

    @property
    def intent(self) -> str:
        """One for each bidder."""
        return f"{self.kind}:{self.task_id}:{self.agent_id}"
