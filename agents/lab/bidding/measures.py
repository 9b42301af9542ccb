"""What the record of a market says: payment, efficiency, calibration, profit."""

from dataclasses import dataclass

import numpy as np

from agents.lab.bidding.market import RESERVE, Record
from agents.learning import theory
from agents.learning.theory import FloatArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The bids that were believed to win with a chance in one tenth of [0, 1]."""

    bids: int
    believed: float
    """Their mean believed chance."""
    won: float
    """The share of them that did win."""


def payment(record: Record, last: int) -> float:
    """The mean payment of the ``last`` auctions in reserves, those without a bid counted as 0."""
    return float(record.payments[-last:].mean() / RESERVE)


def equilibrium_payment(record: Record, last: int) -> float:
    """What ``payment`` would be if all had bid the equilibrium of uniform floors; they must be of one quality."""
    least = record.floors[-last:].min(axis=1) / RESERVE
    return float(theory.first_price(least, record.floors.shape[1] - 1).mean())


def efficiency(record: Record, last: int) -> float:
    """The share of the ``last`` auctions that went to the best of those who were able: the least floor / quality."""
    worth = np.where(record.able, record.floors / record.qualities, np.inf)[-last:]
    winners, some = record.winners[-last:], np.isfinite(worth).any(axis=1)
    return float((worth.argmin(axis=1) == winners)[some].mean()) if some.any() else 1.0


def calibration(believed: FloatArray, won: FloatArray) -> tuple[list[Bin], float, float]:
    """The reliability table, the Brier score, and the mean distance of belief and share, weighed by bids."""
    tenths = np.minimum((believed * BINS).astype(int), BINS - 1)
    table = [
        Bin(int(here.sum()), float(believed[here].mean()), float(won[here].mean()))
        for here in (tenths == tenth for tenth in range(BINS))
        if here.any()
    ]
    apart = sum(one.bids * abs(one.believed - one.won) for one in table) / max(1, believed.size)
    return table, float(((believed - won) ** 2).mean()) if believed.size else 0.0, apart


def beliefs(record: Record, last: int) -> tuple[FloatArray, FloatArray]:
    """What was believed of each bid of the ``last`` auctions for which something was, and whether (0, 1) it won."""
    believed = record.beliefs[-last:]
    won = (np.arange(believed.shape[1]) == record.winners[-last:, None]).astype(np.float64)
    known = np.isfinite(believed)
    return believed[known], won[known]


def mean_and_interval(values: FloatArray) -> tuple[float, float]:
    """The mean of independent runs, and half its 95 % confidence interval (normal; 0 for one run)."""
    if values.size < 2:
        return float(values.mean()), 0.0
    return float(values.mean()), float(1.96 * values.std(ddof=1) / np.sqrt(values.size))
