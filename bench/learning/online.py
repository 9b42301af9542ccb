"""Learning among rivals that do not: the exact loss of a bidder's policy as auctions go by.

Three bidders of uniform cost, sealed first price, the reserve 1. The rivals follow a fixed rule, so the
chance that a bid wins is known in closed form, and with it the profit of any policy: the loss is
1 - E[profit of the policy] / E[profit of the best response], over 200 quantile midpoints of the cost.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome
from agents.learning.bidder import LearnedBidder, LearnerSettings
from agents.learning.prior import BidPrior, ClosedFormPrior, Situation
from agents.learning.theory import FloatArray

RESERVE = 10**9
RIVALS = 2
CHECKPOINTS = (25, 50, 100, 250, 1000)
TYPES = 200
LESSONS = 4
"""For each seed."""
CONFIG = AgentLearningConfig.create_custom_profile(
    risk_tolerance=100, confidence_factor=100, minimum_fit=0.0, exploration_rate=0.0, specialization=0.0
)
FLOORS: FloatArray = (np.arange(TYPES) + 0.5) / TYPES


@dataclasses.dataclass(frozen=True, slots=True)
class Rival:
    """A fixed rule of bidding: from a cost to a bid, and back."""

    bid: Callable[[FloatArray], FloatArray]
    cost: Callable[[FloatArray], FloatArray]

    def survival(self, bids: FloatArray) -> FloatArray:
        """The chance that neither rival is below ``bids``; costs are uniform."""
        return (1 - np.clip(self.cost(bids), 0.0, 1.0)) ** RIVALS


EQUILIBRIUM = Rival(lambda c: c + (1 - c) / 3, lambda b: (3 * b - 1) / 2)
"""The equilibrium among three: b = c + (1 - c) / n."""
MARKUP = Rival(lambda c: np.minimum(1.0, 1.25 * c), lambda b: np.where(b < 1, b / 1.25, 1.0))
"""Cost and a quarter; over 0.8 they bid the reserve."""
HIGH = Rival(lambda c: c + 0.7 * (1 - c), lambda b: (b - 0.7) / 0.3)
"""Rivals that ask 70 % of the room: a price war was called off."""


def context(task: int, floor: float) -> BidContext:
    """An auction in which the agent's floor is ``floor``: the cost is set so that the risk makes it that."""
    cost = max(0.0, 0.98 * floor - 0.001)  # acceptance 0.98, half a bond of a tenth of the reserve at stake
    return BidContext(
        task_id=task,
        skill="analysis",
        reserve=RESERVE,
        cost_estimate=round(cost * RESERVE),
        fit=1.0,
        capability=100,
        reputation=1.0,
        quality=10_000,
        workload=0.0,
        second_price=False,
        deadline_seconds=3600,
        rivals=float(RIVALS),
    )


def outcome(
    asked: BidContext, price: int, best: float, *, revealed: bool, won_at: float | None
) -> BidOutcome:
    """What the auction told: the best rival's bid, or only whether the own one won."""
    won = price < best * RESERVE
    return BidOutcome(
        skill=asked.skill,
        reserve=RESERVE,
        second_price=False,
        own_price=price,
        won=won,
        winning_price=None,
        rival_best=round(best * RESERVE) if revealed else None,
        score=90 if won else None,
        paid=price if won else 0,
        cost_estimate=asked.cost_estimate,
        cost=asked.cost_estimate,
        task_id=asked.task_id,
        quality=asked.quality,
        rivals=RIVALS,
        win_probability=won_at,
    )


def policy_loss(bids: FloatArray, rival: Rival) -> float:
    """The relative loss of bids (200,) at FLOORS against the best response."""
    grid = np.linspace(0.0, 1.0, 4001)
    best = np.maximum(0.0, (grid - FLOORS[:, None]) * rival.survival(grid)).max(axis=1)
    return float(1 - ((bids - FLOORS) * rival.survival(bids)).mean() / best.mean())


def greedy(bidder: LearnedBidder) -> FloatArray:
    """(200,) what the bidder would bid now; one that abstains bids its floor and earns nothing."""
    quotes = [bidder.price(context(10**9 + at, float(floor))) for at, floor in enumerate(FLOORS)]
    return np.array(
        [
            floor if quote.price is None else quote.price / RESERVE
            for quote, floor in zip(quotes, FLOORS, strict=True)
        ]
    )


def lesson(
    seed: int, rival: Rival, settings: LearnerSettings, *, revealed: bool, most: int, prior: BidPrior | None
) -> list[float]:
    """The losses at the checkpoints up to ``most`` auctions."""
    rng = np.random.default_rng(seed)
    bidder = LearnedBidder(CONFIG, settings, seed=seed, prior=prior)
    losses = []
    for task in range(1, most + 1):
        asked = context(task, float(rng.random()))
        best = float(rival.bid(rng.random(RIVALS)).min())
        quote = bidder.price(asked)
        if quote.price is not None:
            told = outcome(asked, quote.price, best, revealed=revealed, won_at=quote.win_probability)
            bidder.observe(told)
            bidder.train()
        if task in CHECKPOINTS:
            losses.append(policy_loss(greedy(bidder), rival))
    return losses


def fixed(prior: BidPrior, rival: Rival) -> float:
    """The loss of a bidder that never learns."""
    return policy_loss(prior.bids([Situation(float(floor), RIVALS) for floor in FLOORS]), rival)


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """Losses (%) by rivals and bidder: at each checkpoint the mean of four lessons a seed, and the worst at 250."""
    greedy_settings = LearnerSettings(exploration_rate=0.0)
    alone = dataclasses.replace(greedy_settings, prior_weight=0.0, trust_region=1.0)
    cases = {
        "equilibrium": (EQUILIBRIUM, True, 1000),
        "25 % markup": (MARKUP, True, 250),
        "25 % markup, only won or lost": (MARKUP, False, 250),
        "70 % of the room": (HIGH, True, 250),
        "70 % of the room, only won or lost": (HIGH, False, 250),
    }
    table: dict[str, Any] = {"auctions": list(CHECKPOINTS), "loss_percent": {}}
    lessons = [LESSONS * seed + each for seed in seeds for each in range(LESSONS)]
    for name, (rival, revealed, most) in cases.items():
        rows = {"closed form, not learning": {"mean": [100 * fixed(ClosedFormPrior(), rival)]}}
        for who, settings in (("bidder", greedy_settings), ("win model alone", alone)):
            found = 100 * np.array(
                [lesson(each, rival, settings, revealed=revealed, most=most, prior=None) for each in lessons]
            )
            at = CHECKPOINTS.index(250)
            rows[who] = {"mean": found.mean(axis=0).tolist(), "worst at 250": [float(found[:, at].max())]}
        table["loss_percent"][name] = rows
        for who, losses in rows.items():
            print(f"{name:36} {who:26}", "  ".join(f"{loss:6.2f}" for loss in losses["mean"]), flush=True)
    return table


if __name__ == "__main__":
    run(range(5))
