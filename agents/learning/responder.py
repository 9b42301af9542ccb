"""What to bid, given the chances of winning: the best response on a grid, moved no faster than it may."""

import numpy as np

from agents.learning.theory import FloatArray

STEPS = 256
MARKUPS: FloatArray = np.linspace(0.0, 1.0, STEPS + 1)
"""Markups as shares of the room between the floor and the reserve."""
PROBES: FloatArray = np.linspace(0.0, 0.96, 25)
"""The floors at which the trust region is kept."""


def best_markup(survival: FloatArray, risk: float) -> float:
    """The markup m with the greatest m**risk * P(win): the lowest of equal ones.

    ``survival`` is (J,) the chance that a bid of floor + (1 - floor) MARKUPS[j] wins.
    """
    return float(MARKUPS[int(np.argmax(MARKUPS**risk * survival))])


def best_markups(floors: FloatArray, scores: FloatArray, survival: FloatArray, risk: float) -> FloatArray:
    """(F,) ``best_markup`` for each of ``floors``, of a survival given at rising ``scores`` (J,)."""
    bids = floors[:, None] + (1 - floors[:, None]) * MARKUPS
    gains = MARKUPS**risk * np.interp(bids, scores, survival)
    return np.asarray(MARKUPS[gains.argmax(axis=1)], dtype=np.float64)


def evidence(seen: float, prior_weight: float) -> float:
    """The weight of what was seen beside the prior: m / (m + m0)."""
    return seen / (seen + prior_weight) if seen > 0 else 0.0


class TrustRegion:
    """Keeps the markups of successive updates of a policy within ``step`` of each other, at the probe floors.

    A bid is the policy's markup plus ``correction``, which is what the policy still has to wait for.
    """

    def __init__(self, held: FloatArray, wanted: FloatArray | None = None) -> None:
        self.held = held
        self.wanted = held if wanted is None else wanted

    def update(self, wanted: FloatArray, step: float) -> None:
        """Move towards what the policy ``wanted`` at the probes, (25,)."""
        self.held = np.clip(wanted, self.held - step, self.held + step)
        self.wanted = wanted

    def correction(self, floor: float) -> float:
        """What to add to the policy's markup at ``floor``."""
        return float(np.interp(floor, PROBES, self.held - self.wanted))
