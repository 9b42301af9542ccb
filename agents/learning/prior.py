"""What a bidder believes before it has seen its market: bids of an equilibrium, and the rivals they imply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agents.learning import theory
from agents.learning.theory import FloatArray

_COSTS = np.linspace(0.0, 1.0, 513)


@dataclass(frozen=True, slots=True)
class Situation:
    """One sealed first-price auction as a bidder sees it before it knows its rivals."""

    floor: float
    """The least price worth winning at, as a share of the reserve, 0 to 1."""
    rivals: float
    """The expected number of rival bids, 0 or more."""
    quality: float = 1.0
    """Own quality / the rivals' typical quality."""
    power: float = 1.0
    """The rivals' floors have the distribution function F(c) = c**power on [0, 1]."""
    risk: float = 1.0
    """The CRRA exponent in (0, 1]; 1 is risk neutral."""


class BidPrior(Protocol):
    """Bids, and chances of winning, for auctions of which nothing was seen."""

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) shares of the reserve, floor <= bid <= 1."""
        ...

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:
        """(J,) the chance that no rival beats a bid of grid[j]; never rising along a rising grid."""
        ...


class ClosedFormPrior:
    """The symmetric first-price equilibrium, with CRRA and given qualities.

    A bidder of quality k beside rivals of quality 1 bids k b(c / k), the rule of the pseudotype z = c / q
    (ratio score); b is ``theory.first_price``.
    """

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) shares of the reserve, floor <= bid <= 1."""
        return np.array([_bid(one) for one in situations], dtype=np.float64)

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:
        """(J,) the chance that no rival beats a bid of grid[j]."""
        cost = np.interp(
            grid / situation.quality, _equilibrium(situation, _COSTS), _COSTS, left=0.0, right=1.0
        )
        return np.asarray((1.0 - cost**situation.power) ** situation.rivals, dtype=np.float64)


def _bid(situation: Situation) -> float:
    cost = np.array([min(1.0, situation.floor / situation.quality)])
    bid = situation.quality * float(_equilibrium(situation, cost)[0])
    return float(np.clip(bid, situation.floor, 1.0))


def _equilibrium(situation: Situation, costs: FloatArray) -> FloatArray:
    return theory.first_price(costs, situation.rivals, power=situation.power, risk=situation.risk)
