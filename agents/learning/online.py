"""One learner among rivals who do not learn: how much it still loses after so many auctions.

Costs are uniform on [0, 1], the reserve is 1, and each rival asks for the same share of its room: then what a bid
wins is known exactly, and the learner's loss is no estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agents.errors import SettingOutOfRange
from agents.learning.theory import FloatArray

TYPES = 2000


class OnlineLearner(Protocol):
    """A bidder that is told after each auction what the best rival asked."""

    def bid(self, cost: float) -> float:
        """Its bid in a real auction, exploration included."""
        ...

    def observe(self, cost: float, bid: float, rival: float) -> None:
        """Learn from one auction. ``rival`` is the best rival's bid: the bid won if it is less."""
        ...

    def policy(self, costs: FloatArray) -> FloatArray:
        """What it would bid now if it explored nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Rivals:
    """``count`` rivals who bid c + markup (1 - c); by default the equilibrium of all, 1 / (count + 1)."""

    count: int
    markup: float | None = None

    def __post_init__(self) -> None:
        """Raises SettingOutOfRange."""
        if self.count < 1:
            raise SettingOutOfRange("count", self.count, "at least 1")
        if not 0 <= self.share < 1:
            raise SettingOutOfRange("markup", self.markup, "a number from 0 to below 1")

    @property
    def share(self) -> float:
        """The markup in force."""
        return 1 / (self.count + 1) if self.markup is None else self.markup

    def best(self, generator: np.random.Generator) -> float:
        """The best bid of one auction."""
        return float(self.share + (1 - self.share) * generator.random(self.count).min())

    def win_chance(self, bids: FloatArray) -> FloatArray:
        """P(all of them bid more): their bids are uniform on [share, 1]."""
        alone: FloatArray = np.clip((1 - np.asarray(bids)) / (1 - self.share), 0, 1)
        return alone**self.count

    def profits(self, bids: FloatArray, costs: FloatArray) -> FloatArray:
        """What each bid is expected to bring."""
        return (bids - costs) * self.win_chance(bids)

    def best_replies(self, costs: FloatArray) -> FloatArray:
        """The bids that are expected to bring the most: c + (1-c)/n, but no less than what always wins."""
        costs = np.asarray(costs)
        return np.maximum(costs + (1 - costs) / (self.count + 1), self.share)

    def loss(self, bids: FloatArray, costs: FloatArray) -> float:
        """The share of the best replies' profit that ``bids`` leave; ``costs`` are spread evenly on [0, 1]."""
        best = self.profits(self.best_replies(costs), costs)
        return float(1 - self.profits(bids, costs).mean() / best.mean())


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """What became of one learner, by the number of auctions it has seen."""

    losses: dict[int, float]
    """The relative loss of its policy, exploration left out."""
    regret: dict[int, float]
    """The profit that its real bids left so far, beside best replies, in expectation over the rivals; in reserves."""


def learning_curve(
    learner: OnlineLearner, rivals: Rivals, checkpoints: Sequence[int], *, seed: int, types: int = TYPES
) -> LearningCurve:
    """Let it learn, and hold it against best replies after each number of auctions in ``checkpoints``, which rise."""
    generator = np.random.default_rng(seed)
    costs = (np.arange(types) + 0.5) / types
    curve = LearningCurve({}, {})
    seen, regret = 0, 0.0
    for checkpoint in checkpoints:
        for _ in range(checkpoint - seen):
            cost = generator.random(1)
            bid = learner.bid(float(cost[0]))
            best = rivals.profits(rivals.best_replies(cost), cost)
            regret += float((best - rivals.profits(np.array([bid]), cost))[0])
            learner.observe(float(cost[0]), bid, rivals.best(generator))
        seen = checkpoint
        curve.losses[checkpoint] = rivals.loss(learner.policy(costs), costs)
        curve.regret[checkpoint] = regret
    return curve
