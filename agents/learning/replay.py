"""Counterfactual replay: what any other bid would have earned in an auction whose best rival is known."""

from collections.abc import Sequence

import numpy as np

from agents.learning.memory import ABOVE, AT, Auction
from agents.learning.theory import FloatArray


def wins(auctions: Sequence[Auction], bids: FloatArray) -> FloatArray:
    """(N, J) 1 where bids (N, J) would have won, 0 where not, NaN where the sighting does not tell."""
    thresholds = np.array([one.threshold for one in auctions])[:, None]
    sides = np.array([one.side for one in auctions])[:, None]
    under = bids < thresholds
    known = np.where(under, 1.0, 0.0)
    above = np.where(bids <= thresholds, 1.0, np.nan)
    below = np.where(bids >= thresholds, 0.0, np.nan)
    return np.asarray(np.where(sides == AT, known, np.where(sides == ABOVE, above, below)), dtype=np.float64)


def profits(auctions: Sequence[Auction], bids: FloatArray) -> FloatArray:
    """(N, J) what the bids would have earned over the floors under first price, in shares; NaN if unknown."""
    floors = np.array([one.floor for one in auctions])[:, None]
    return np.asarray((bids - floors) * wins(auctions, bids), dtype=np.float64)


def regret(auctions: Sequence[Auction], markups: FloatArray) -> float:
    """What the best of the constant ``markups`` (J,) would have earned more than the bids, an auction.

    Only first-price auctions in which every one of those bids can be judged count; 0 if there is none.
    """
    known = [one for one in auctions if one.side == AT and not one.second_price]
    if not known:
        return 0.0
    floors = np.array([one.floor for one in known])[:, None]
    best = profits(known, floors + (1 - floors) * markups).mean(axis=0).max()
    earned = np.array([(one.bid - one.floor) * one.won for one in known]).mean()
    return float(best - earned)
