"""A few slots that tasks hold for a while: the profit of a bidder that prices them, beside the best there is.

Three truthful bidders of uniform cost, second price; the agent has 3 slots, and each task in hand ends with
chance 1/12 before the next auction. The best policy is that of the average-profit Markov decision process,
found by relative value iteration over 181 shadow prices a state.
"""

import dataclasses
from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np

from agents.bid_policy import BidContext
from agents.learning.bidder import LearnedBidder, LearnerSettings
from bench.learning.online import CONFIG, context, outcome

SLOTS, HOLDING, BIDDERS = 3, 12, 3
AUCTIONS = 4000
KINDS = {
    "no price": (LearnerSettings(exploration_rate=0.0, shadow_gain=0.0), 0.0),
    "critic": (LearnerSettings(exploration_rate=0.0), 0.5),
}
"""By name: how it learns, and the profile's sensitivity to workload."""


def optimum() -> float:
    """The best profit an auction."""
    prices, floors = np.linspace(0, 0.9, 181), (np.arange(400) + 0.5) / 400
    bids = np.minimum(1.0, floors + prices[:, None])
    wins = (1 - bids) ** (BIDDERS - 1)  # none at a bid of 1
    profits = ((bids - floors) * wins + (1 - bids) ** BIDDERS / BIDDERS).mean(axis=1)
    wins = wins.mean(axis=1)
    kept = np.array(
        [
            [comb(k, j) * (1 - 1 / HOLDING) ** j * (1 / HOLDING) ** (k - j) for j in range(SLOTS + 1)]
            for k in range(SLOTS + 1)
        ]
    )
    values, gain = np.zeros(SLOTS + 1), 0.0
    for _ in range(5000):
        later = kept @ values
        fresh = later.copy()
        for k in range(SLOTS):
            fresh[k] = (profits + wins * later[k + 1] + (1 - wins) * later[k]).max()
        gain, values = float(fresh[0] - values[0]), fresh - fresh[0]
    return gain


def auction(task: int, floor: float, busy: int) -> BidContext:
    """One second-price auction, with ``busy`` tasks in hand."""
    asked = context(task, floor)
    return dataclasses.replace(asked, second_price=True, rivals=BIDDERS - 1.0, workload=busy / SLOTS)


def season(seed: int, settings: LearnerSettings, sensitivity: float) -> float:
    """The profit an auction, as a share of the reserve."""
    rng = np.random.default_rng(seed)
    config = dataclasses.replace(CONFIG, workload_sensitivity=sensitivity, max_concurrent=SLOTS)
    bidder, busy, profit = LearnedBidder(config, settings, seed=seed), 0, 0.0
    for task in range(1, AUCTIONS + 1):
        busy -= int(rng.binomial(busy, 1 / HOLDING))
        floor, best = float(rng.random()), float(rng.random(BIDDERS - 1).min())
        asked = auction(task, floor, busy)
        quote = bidder.price(asked)
        if quote.price is None:
            continue
        told = outcome(asked, quote.price, best, revealed=True, won_at=quote.win_probability)
        paid = (told.rival_best or 0) if told.won else 0
        bidder.observe(dataclasses.replace(told, second_price=True, workload=asked.workload, paid=paid))
        bidder.train()
        if told.won:
            busy, profit = busy + 1, profit + best - floor
    return profit / AUCTIONS


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """By bidder: the share of the optimum that it reaches, learning included, mean and worst over the seeds."""
    best, table = optimum(), {}
    for who, (settings, sensitivity) in KINDS.items():
        reached = [season(seed, settings, sensitivity) / best for seed in seeds]
        table[who] = {"mean": float(np.mean(reached)), "worst": float(min(reached))}
        print(f"{who:20} {table[who]['mean']:.3f}  worst {table[who]['worst']:.3f}", flush=True)
    return table


if __name__ == "__main__":
    run(range(5))
