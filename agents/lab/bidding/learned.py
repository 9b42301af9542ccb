"""The fleet's learned bidder as an OnlineLearner: a cost, as a share of the reserve, is what its floor shall be."""

import numpy as np

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome
from agents.lab.bidding.market import BEST_QUALITY, RESERVE, SKILL, cost_of
from agents.learning.bidder import LearnedBidder
from agents.learning.prior import BidPrior
from agents.learning.theory import FloatArray

FEARLESS = AgentLearningConfig.create_custom_profile(risk_tolerance=100, exploration_rate=0.0)
"""Bids for its expected profit, and only for that: what theory is about."""
UNSEEN = 2**40
"""The id of a task that is never held."""


class Learned:
    """A fresh LearnedBidder among a known number of rivals; it trains after each auction."""

    def __init__(self, *, seed: int, rivals: int, prior: BidPrior | None = None) -> None:
        self.bidder = LearnedBidder(FEARLESS, seed=seed, prior=prior)
        self._rivals, self._auctions = rivals, 0

    def bid(self, cost: float) -> float:
        """Its bid; the reserve stands for none."""
        self._auctions += 1
        return self._price(self._context(self._auctions, cost))

    def observe(self, cost: float, bid: float, rival: float) -> None:
        """Tell it the outcome, all bids revealed, and let it train."""
        context = self._context(self._auctions, cost)
        price, other = round(bid * RESERVE), round(rival * RESERVE)
        won = price < other
        self.bidder.observe(
            BidOutcome(
                skill=SKILL,
                reserve=RESERVE,
                second_price=False,
                own_price=price,
                won=won,
                winning_price=min(price, other),
                rival_best=other,
                score=100 if won else None,
                paid=price if won else 0,
                cost_estimate=context.cost_estimate,
                cost=context.cost_estimate if won else 0,
                task_id=context.task_id,
                quality=context.quality,
                rivals=self._rivals,
            )
        )
        self.bidder.train()

    def policy(self, costs: FloatArray) -> FloatArray:
        """What it would bid now."""
        return np.array([self._price(self._context(UNSEEN, float(cost))) for cost in costs])

    def _price(self, context: BidContext) -> float:
        price = self.bidder.price(context).price
        return 1.0 if price is None else price / RESERVE

    def _context(self, task_id: int, cost: float) -> BidContext:
        return BidContext(
            task_id=task_id,
            skill=SKILL,
            reserve=RESERVE,
            cost_estimate=round(cost_of(cost * RESERVE, BEST_QUALITY)),
            fit=1.0,
            capability=100,
            reputation=1.0,
            quality=BEST_QUALITY,
            workload=0.0,
            second_price=False,
            deadline_seconds=3600,
            rivals=float(self._rivals),
        )
