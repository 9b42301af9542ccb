"""Capacity for only a share of the auctions: the profit of a paced bidder beside the best there is.

n truthful bidders of uniform cost, second price, T auctions of which the agent can serve T * share. The
best is to bid cost + mu*, mu* = 1 - (n share)^(1/n), worth share (mu* + (1 - mu*) / (n + 1)) an auction.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.bid_policy import BidContext
from agents.learning.bidder import LearnedBidder, LearnerSettings
from bench.learning.online import CONFIG, context, outcome

AUCTIONS = 40_000
CASES = ((4, 0.1), (6, 0.05))
TRAINED_EVERY = 200


def optimum(bidders: int, share: float) -> tuple[float, float]:
    """The best price of capacity, and the profit an auction that it brings."""
    price = 1 - (bidders * share) ** (1 / bidders)
    return price, share * (price + (1 - price) / (bidders + 1))


def auction(task: int, floor: float, bidders: int) -> BidContext:
    """One second-price auction among ``bidders``."""
    return dataclasses.replace(context(task, floor), second_price=True, rivals=float(bidders - 1))


def season(seed: int, bidders: int, share: float, *, paced: bool) -> float:
    """The profit an auction, as a share of the reserve, until the capacity is used up."""
    rng = np.random.default_rng(seed)
    settings = LearnerSettings(
        exploration_rate=0.0, win_share=share if paced else 1.0, pace=1 / AUCTIONS**0.5, memory_size=1000
    )
    bidder = LearnedBidder(CONFIG, settings, seed=seed)
    floors, best = rng.random(AUCTIONS), rng.random((AUCTIONS, bidders - 1)).min(axis=1)
    left, profit = round(AUCTIONS * share), 0.0
    for task in range(AUCTIONS):
        asked = auction(task + 1, float(floors[task]), bidders)
        quote = bidder.price(asked)
        if quote.price is None:
            continue
        told = outcome(asked, quote.price, float(best[task]), revealed=True, won_at=quote.win_probability)
        paid = told.rival_best if told.won else 0
        bidder.observe(dataclasses.replace(told, second_price=True, paid=paid or 0))
        if told.won:
            profit += float(best[task] - floors[task])
            left -= 1
        if left == 0:
            break
        if task % TRAINED_EVERY == 0:
            bidder.train()
    return profit / AUCTIONS


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """By case: the share of the optimum that pacing and greed reach, mean and worst over the seeds."""
    table = {}
    for bidders, share in CASES:
        best = optimum(bidders, share)[1]
        for who in ("paced", "greedy"):
            reached = [season(seed, bidders, share, paced=who == "paced") / best for seed in seeds]
            row = {"mean": float(np.mean(reached)), "worst": float(min(reached))}
            table[f"{bidders} bidders, share {share}, {who}"] = row
            print(
                f"{bidders} bidders, share {share:4}, {who:6}  {row['mean']:.3f}  worst {row['worst']:.3f}",
                flush=True,
            )
    return table


if __name__ == "__main__":
    run(range(5))
