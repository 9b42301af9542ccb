"""One learner among rivals who play the equilibrium: how much it still loses after so many auctions.

Costs are uniform on [0, 1] and so is the reserve 1; the rivals do not learn, so what a bid wins is known exactly
and the learner's loss is no estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agents.learning import theory
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


def win_chance(bids: FloatArray | float, rivals: int) -> FloatArray:
    """P(all of ``rivals`` equilibrium bidders bid more): their bids are uniform on [1/n, 1], n = rivals + 1."""
    n = rivals + 1
    chances: FloatArray = np.clip((1 - np.asarray(bids)) * n / rivals, 0, 1) ** rivals
    return chances


def exact_loss(bids: FloatArray, costs: FloatArray, rivals: int) -> float:
    """The share of the best reply's profit that ``bids`` leave; ``costs`` are spread evenly on [0, 1]."""
    best = theory.expected_utility(costs, rivals).mean()
    return float(1 - ((bids - costs) * win_chance(bids, rivals)).mean() / best)


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """What became of one learner, by the number of auctions it has seen."""

    losses: dict[int, float]
    """The relative loss of its policy, exploration left out."""
    regret: dict[int, float]
    """The profit that its real bids left so far, beside best replies, in expectation over the rivals; in reserves."""


def learning_curve(
    learner: OnlineLearner, rivals: int, checkpoints: Sequence[int], *, seed: int, types: int = TYPES
) -> LearningCurve:
    """Let it learn, and hold it against best replies after each number of auctions in ``checkpoints``, which rise."""
    generator = np.random.default_rng(seed)
    costs = (np.arange(types) + 0.5) / types
    curve = LearningCurve({}, {})
    seen, regret = 0, 0.0
    for checkpoint in checkpoints:
        for _ in range(checkpoint - seen):
            cost = float(generator.random())
            rival = float(theory.first_price(generator.random(rivals), rivals).min())
            bid = learner.bid(cost)
            regret += (1 - cost) ** (rivals + 1) / (rivals + 1) - (bid - cost) * float(
                win_chance(bid, rivals)
            )
            learner.observe(cost, bid, rival)
        seen = checkpoint
        curve.losses[checkpoint] = exact_loss(learner.policy(costs), costs, rivals)
        curve.regret[checkpoint] = regret
    return curve
