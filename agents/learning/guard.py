"""What no bid may do, whatever was learned: exceed the agent's means, its capacity or its sense."""

import math
from collections import OrderedDict
from collections.abc import Mapping

import numpy as np

from agents.bid_policy import BidContext
from agents.learning.batch import BatchedPrior
from agents.learning.prior import BidPrior, ClosedFormPrior, Situation
from agents.learning.theory import FloatArray

EXPLORATION_SHARE = 100
"""Exploring may lose at most 1 / this of the runway in total."""
_MOST_PENDING = 256


def refusal(context: BidContext, cost: int) -> str | None:
    """Why the agent must not bid at all; None if it may. ``cost`` is the expected cost, in units."""
    if context.reserve <= 0:
        return "the task pays nothing"
    if context.deadline_seconds <= 0:
        return "no time to deliver"
    if not context.workload < 1:
        return "no free capacity"
    needed = context.bond + max(context.worst_cost, cost) + context.overhead + context.exposure
    if context.runway is not None and needed > context.runway:
        return "the runway does not cover the worst case"
    return None


class GuardedPrior:
    """A prior whose answers are checked: the closed form answers for it where it fails, and is counted."""

    def __init__(self, prior: BidPrior) -> None:
        self._prior, self._closed = prior, ClosedFormPrior()
        self.fallbacks = 0

    async def prepare(self, situation: Situation) -> None:
        """Let a batched prior answer all who ask now at once."""
        if isinstance(self._prior, BatchedPrior):
            await self._prior.prepare(situation)

    def bid(self, situation: Situation) -> tuple[float, bool]:
        """The bid, and whether it is the prior's own."""
        bid = np.asarray(self._prior.bids([situation]), dtype=np.float64)
        if bid.shape == (1,) and situation.floor <= bid[0] <= 1:  # NaN is in no range
            return float(bid[0]), True
        self.fallbacks += 1
        return float(self._closed.bids([situation])[0]), False

    def survival(self, situation: Situation, grid: FloatArray) -> tuple[FloatArray, bool]:
        """The chances, and whether they are the prior's own."""
        chances = np.asarray(self._prior.survival(situation, grid), dtype=np.float64)
        if chances.shape == grid.shape and bool(((chances >= 0) & (chances <= 1)).all()):
            return chances, True
        self.fallbacks += 1
        return self._closed.survival(situation, grid), False


def not_worth_it(win: float, gain: float, overhead: float) -> bool:
    """Whether bidding costs more than it can bring: P(win) * (gain if won, the overhead included) < overhead."""
    return win * (gain + overhead) < overhead


class ExplorationBudget:
    """What exploring below the floor may still lose; a bid counts in full until its outcome is known."""

    def __init__(self, spent: int = 0, pending: Mapping[int, int] | None = None) -> None:
        self.spent = spent
        self.pending = OrderedDict(pending or {})

    def allow(self, task_id: int, wanted: int, runway: int | None) -> int:
        """How much of ``wanted`` (units) a bid for the task may lose; the same task gets the same answer."""
        if task_id in self.pending:
            return min(wanted, self.pending[task_id])
        if runway is None or wanted <= 0:
            return 0
        granted = max(0, min(wanted, runway // EXPLORATION_SHARE - self.spent))
        if granted:
            self.spent += granted
            self.pending[task_id] = granted
            if len(self.pending) > _MOST_PENDING:
                self.pending.popitem(last=False)  # and stays spent
        return granted

    def settle(self, task_id: int, *, won: bool) -> None:
        """Give back what a lost bid did not lose."""
        granted = self.pending.pop(task_id, 0)
        if not won:
            self.spent -= granted


def finite(*values: float) -> bool:
    """Whether all are numbers that can be reckoned with."""
    return all(math.isfinite(value) for value in values)
