"""Quotes a second of many learned bidders that are asked in the same turn of the event loop.

Each agent has its own bidder; all share one prior, which answers them in one pass. Beside it: the same agents
with a prior that is asked by each of them alone. Second price needs no prior, and shows what the rest costs.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.agent_config import PROFILES
from agents.bid_policy import BidContext
from agents.learning.batch import BatchedPrior
from agents.learning.bidder import LearnedBidder
from agents.learning.network_prior import NetworkPrior
from agents.learning.prior import BidPrior

AGENTS = 10_000
CREDIT = 10**6


def contexts(count: int, seed: int, *, second_price: bool) -> list[BidContext]:
    """What the agents know of one task: each has its own cost, fit and load."""
    rng = np.random.default_rng(seed)
    return [
        BidContext(
            task_id=1,
            skill="analysis",
            reserve=20 * CREDIT,
            cost_estimate=int(cost),
            fit=float(fit),
            capability=80,
            reputation=0.0,
            quality=5_000,
            workload=float(load),
            second_price=second_price,
            deadline_seconds=600,
            rivals=float(count // 2),
            runway=100 * CREDIT,
        )
        for cost, fit, load in zip(
            rng.uniform(CREDIT, 8 * CREDIT, count),
            rng.uniform(0.5, 1.0, count),
            rng.uniform(0.0, 0.9, count),
            strict=True,
        )
    ]


async def _seconds(bidders: Sequence[LearnedBidder], asked: Sequence[BidContext]) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(one.quote(context) for one, context in zip(bidders, asked, strict=True)))
    return time.perf_counter() - began


def _rate(prior: BidPrior, seed: int, *, second_price: bool = False, count: int = AGENTS) -> float:
    profiles = list(PROFILES.values())
    bidders = [LearnedBidder(profiles[n % len(profiles)], seed=n, prior=prior) for n in range(count)]
    asked = contexts(count, seed, second_price=second_price)
    return count / asyncio.run(_seconds(bidders, asked))


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """Quotes a second by seed: batched, one by one, and under second price."""
    rows = []
    for seed in seeds:
        batched = BatchedPrior(NetworkPrior())
        row = {
            "seed": seed,
            "agents": AGENTS,
            "batched": _rate(batched, seed),
            "alone": _rate(NetworkPrior(), seed, count=AGENTS // 10),
            "second_price": _rate(batched, seed, second_price=True),
            "passes": batched.passes,
        }
        rows.append(row)
    return {"rows": rows, "worst_batched": min(row["batched"] for row in rows)}


def main() -> None:
    """Print the table."""
    result = run(range(3))
    print(f"{'seed':>4} {'agents':>7} {'batched/s':>10} {'alone/s':>9} {'2nd price/s':>12} {'passes':>7}")
    for row in result["rows"]:
        print(
            f"{row['seed']:>4} {row['agents']:>7} {row['batched']:>10,.0f} {row['alone']:>9,.0f} "
            f"{row['second_price']:>12,.0f} {row['passes']:>7}"
        )


if __name__ == "__main__":
    main()
