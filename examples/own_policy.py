"""A policy of one's own beside two shipped ones, in 300 sealed first-price auctions.

    python examples/own_policy.py

A policy is anything with ``async def quote(context) -> Quote``. Handed to an ``LLMAgent`` as ``policy=`` it names
that agent's prices; here a small loop stands in for the market.
"""

import asyncio

import numpy as np

from agents.agent_config import AgentLearningConfig
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidContext, BidOutcome, BidPolicy, Quote
from agents.learning.bidder import LearnedBidder
from agents.money import CREDIT, format_credits

AUCTIONS, RESERVE, SEED = 300, 20 * CREDIT, 7
SURE = AgentLearningConfig.create_custom_profile(
    confidence_factor=100, risk_tolerance=100, exploration_rate=0.0
)


class HalfWay:
    """Bids half way between its cost and the reserve, whoever the rivals are."""

    async def quote(self, context: BidContext) -> Quote:
        """The price, and where it is from."""
        if context.cost_estimate >= context.reserve:
            return Quote(None, source="too dear")
        return Quote((context.cost_estimate + context.reserve) // 2, source="half way")


def seen(number: int, cost: int) -> BidContext:
    """What a bidder with this cost knows of an auction."""
    return BidContext(
        task_id=number,
        skill="analysis",
        reserve=RESERVE,
        cost_estimate=cost,
        fit=1.0,
        capability=100,
        reputation=1.0,
        quality=10_000,
        workload=0.0,
        second_price=False,
        deadline_seconds=600,
        rivals=2.0,
    )


async def auction(number: int, costs: list[int], policies: list[BidPolicy], profits: list[int]) -> None:
    """The lowest price wins and is paid; who can learn, learns from it."""
    contexts = [seen(number, cost) for cost in costs]
    quotes = [await policy.quote(context) for policy, context in zip(policies, contexts, strict=True)]
    bids = {who: quote.price for who, quote in enumerate(quotes) if quote.price is not None}
    winner = min(bids, key=lambda who: (bids[who], who))
    profits[winner] += bids[winner] - costs[winner]
    for who, price in bids.items():
        policy, won = policies[who], who == winner
        best = min((other for rival, other in bids.items() if rival != who), default=None)
        outcome = BidOutcome(
            skill="analysis",
            reserve=RESERVE,
            second_price=False,
            own_price=price,
            won=won,
            winning_price=None if won else bids[winner],
            rival_best=best,
            score=100 if won else None,
            paid=price if won else 0,
            cost_estimate=costs[who],
            cost=costs[who] if won else 0,
            task_id=number,
            quality=10_000,
            rivals=len(bids) - 1,
            win_probability=quotes[who].win_probability,
        )
        if isinstance(policy, AdaptiveBiddingStrategy | LearnedBidder):
            policy.observe(outcome)
        if isinstance(policy, LearnedBidder):
            policy.train()  # nobody has a sealed bid between two auctions


async def run() -> None:
    """Hold the auctions and print who earned what."""
    policies: list[BidPolicy] = [HalfWay(), AdaptiveBiddingStrategy(SURE), LearnedBidder(SURE, seed=SEED)]
    profits = [0] * len(policies)
    rng = np.random.default_rng(SEED)
    for number in range(1, AUCTIONS + 1):
        costs = [int(cost) for cost in rng.integers(CREDIT, RESERVE - CREDIT, len(policies))]
        await auction(number, costs, policies, profits)
    for policy, profit in zip(policies, profits, strict=True):
        print(f"{type(policy).__name__:24} earned {format_credits(profit):>8} credits in {AUCTIONS} auctions")


if __name__ == "__main__":
    asyncio.run(run())
