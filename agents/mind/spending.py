"""What an agent may spend, decided outside the model: the limits hold whatever a prompt or an answer says."""

from dataclasses import dataclass
from typing import Protocol

from agents.market.domain import Balance, Task
from agents.mind.actions import Action, Commit, TakeOver
from agents.money import format_credits


@dataclass(frozen=True, slots=True)
class SpendingPolicy:
    """Limits on what leaves an agent's free credits: the bonds of bids, and of places that are taken over."""

    runway_share: float = 0.25
    """The part of all the agent's credits that is kept for thinking, free or paid in already, whatever the bonds."""

    def refusal(self, action: Action, task: Task, balance: Balance, channel: int = 0) -> str | None:
        """Why the action is not taken, or None if it may be; ``channel`` is what is paid in for thinking already."""
        if not isinstance(action, Commit | TakeOver):
            return None
        if isinstance(action, Commit) and action.bond != task.bond:
            return f"the bond of task {task.id} is {task.bond} units, not {action.bond}"
        if isinstance(action, Commit) and not 0 < action.price <= task.reserve:
            return f"a price of {action.price} units is not between 0 and the reserve of {task.reserve}"
        rest = balance.free - task.bond
        runway = max(0, int((balance.total + channel) * self.runway_share) - channel)
        if rest < runway:
            return (
                f"a bond of {format_credits(task.bond)} credits would leave {format_credits(rest)} free, "
                f"and {format_credits(runway)} are kept to think with: deposit more to bid on more"
            )
        return None


class Allowance(Protocol):
    """What an agent may still begin, where a whole run has its limits; what it has begun it may finish."""

    def is_spent(self) -> bool:
        """Whether nothing new may be begun any more."""
        ...

    def hold(self, task: Task, worst_cost: int) -> str | None:
        """Set aside what a bid on the task may come to, of which ``worst_cost`` units for the work; once for each
        task. Returns why the bid must wait, or None when it need not."""
        ...


class Unlimited:
    """The allowance of an agent that nobody limits."""

    def is_spent(self) -> bool:
        """Never."""
        return False

    def hold(self, _task: Task, _worst_cost: int) -> str | None:
        """Nothing waits."""
        return None
