"""What a bidder believes before it has seen its market: bids of an equilibrium, and the rivals they imply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
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

    b(c) = c + int_c^1 (1-F)^m dt / (1-F(c))^m with m = rivals / risk and F(c) = c**power; a bidder of
    quality k beside rivals of quality 1 bids k b(c / k), the rule of the pseudotype z = c / q (ratio score).
    """

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) shares of the reserve, floor <= bid <= 1."""
        floor = np.array([one.floor for one in situations], dtype=np.float64)
        quality = np.array([one.quality for one in situations], dtype=np.float64)
        power = np.array([one.power for one in situations], dtype=np.float64)
        exponent = np.array([one.rivals / one.risk for one in situations], dtype=np.float64)
        bids = quality * _equilibrium(np.minimum(1.0, floor / quality), exponent, power)
        return np.clip(bids, floor, 1.0)

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:
        """(J,) the chance that no rival beats a bid of grid[j]."""
        exponent, power = situation.rivals / situation.risk, situation.power
        asked = _equilibrium(_COSTS, np.full_like(_COSTS, exponent), np.full_like(_COSTS, power))
        cost = np.interp(grid / situation.quality, asked, _COSTS, left=0.0, right=1.0)
        return np.asarray((1.0 - cost**power) ** situation.rivals, dtype=np.float64)


def _equilibrium(costs: FloatArray, exponent: FloatArray, power: FloatArray) -> FloatArray:
    """(B,) equilibrium bids for costs in [0, 1]; the integral by 64 Gauss nodes from the cost to 1."""
    if bool((power == 1).all()):
        return np.asarray(costs + (1 - costs) / (exponent + 1), dtype=np.float64)
    costs, exponent, power = costs[:, None], exponent[:, None], power[:, None]
    at = costs + (1 - costs) * (_NODES + 1) / 2
    above = np.maximum(1 - costs**power, 1e-12)
    ratio = np.clip((1 - at**power) / above, 0.0, 1.0) ** exponent
    return np.asarray(costs[:, 0] + (1 - costs[:, 0]) * (ratio @ _WEIGHTS) / 2, dtype=np.float64)
