"""Which law of floors the rivals' bids look like: the one number of the prior that a few auctions can tell.

The prior knows the equilibria of F(c) = c ** power. Bids seen are held against each of some powers, and the
prior's power is the mean of its logarithm under what they leave of a lognormal belief around 1.
"""

from collections.abc import Callable, Sequence

import numpy as np

from agents.learning.memory import ABOVE, AT, Auction
from agents.learning.theory import FloatArray

POWERS: FloatArray = np.geomspace(0.5, 3.0, 9)
BELIEF = 0.5
"""The standard deviation of the power's logarithm before anything was seen."""
DOUBT = 0.1
"""The share of bids that follow no such law: rivals need not bid an equilibrium."""
RECENT = 200
"""The newest auctions that are asked."""
_GRID: FloatArray = np.linspace(0.0, 1.0, 129)


def likeliest_power(
    auctions: Sequence[Auction], survival: Callable[[float, FloatArray], FloatArray]
) -> float:
    """The power of the rivals' floors after ``auctions`` (oldest first), in the range of POWERS; 1 after none.

    ``survival`` gives, for a power and bids (J,), the chances that no rival beats them. An auction that nobody
    else bid in says nothing about what rivals bid.
    """
    told = [one for one in auctions[-RECENT:] if one.threshold < 1]
    if not told:
        return 1.0
    at = np.array([one.threshold for one in told])
    sides = np.array([one.side for one in told])
    last = len(_GRID) - 1
    place = np.minimum((at * last).astype(np.int64), last - 1)
    found = np.empty(len(POWERS))
    for number, power in enumerate(POWERS):
        curve = survival(float(power), _GRID)
        density, above = (curve[place] - curve[place + 1]) * last, np.interp(at, _GRID, curve)
        likely = np.where(sides == AT, density, np.where(sides == ABOVE, above, 1 - above))
        found[number] = np.log((1 - DOUBT) * likely + DOUBT).sum()
    found -= (np.log(POWERS) / BELIEF) ** 2 / 2
    weights = np.exp(found - found.max())
    power = np.exp(weights @ np.log(POWERS) / weights.sum())
    return float(np.clip(power, POWERS[0], POWERS[-1]))
