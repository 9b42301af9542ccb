"""The prior that self-play made: equilibrium bids from one batched pass of the network."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from agents.learning import checkpoint
from agents.learning.network import BidNetwork, Features
from agents.learning.prior import Situation
from agents.learning.theory import FloatArray

TYPES = 512
"""Rivals' types that a survival curve is made of."""
_QUANTILES = (np.arange(TYPES) + 0.5) / TYPES
_BOUNDS = {"rivals": (0.0, 50.0), "quality": (0.4, 2.5), "power": (0.5, 3.0), "risk": (0.5, 1.0)}
"""What the network has played; beyond it the nearest that it has is taken."""


class NetworkPrior:
    """A BidPrior, by default the shipped one, which is read once and shared by all bidders of a process."""

    def __init__(self, network: BidNetwork | None = None) -> None:
        self._network = _shipped() if network is None else network

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) shares of the reserve, floor <= bid <= 1; nan where a situation is not made of numbers."""
        columns = {name: _bounded(name, situations) for name in _BOUNDS}
        floor = np.array([one.floor for one in situations], dtype=np.float64)
        return self._ask(floor, **columns)

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:
        """(J,) the chance that no rival beats a bid of grid[j], if all rivals bid as this prior does.

        The rivals are of the situation's law of floors, each beside the others as the situation says; a rival's
        quality is taken as the typical one.
        """
        known = {name: np.full(TYPES, _bounded(name, [situation])[0]) for name in _BOUNDS}
        own = known["quality"][0]
        known["quality"] = np.ones(TYPES)
        asked = np.sort(self._ask(_QUANTILES ** (1 / known["power"]), **known))
        beaten = np.interp(grid / own, asked, _QUANTILES, left=0.0, right=1.0)
        return np.asarray((1 - beaten) ** known["rivals"][0], dtype=np.float64)

    @torch.no_grad()
    def _ask(self, floor: FloatArray, **known: FloatArray) -> FloatArray:
        given = {name: torch.from_numpy(values).float() for name, values in known.items()}
        start = torch.from_numpy(floor).float()
        one, none = torch.ones_like(start), torch.zeros_like(start)
        features = Features(
            floor=start,
            **given,
            spread=none,
            presence=one,
            entry=none,
            width=one,
            rival_width=one,
        )
        return _within(floor, self._network.bid(features))


def _within(floor: FloatArray, bids: Tensor) -> FloatArray:
    """The bids in double precision, not a rounding below their floors."""
    return np.asarray(np.clip(bids.double().numpy(), floor, 1.0), dtype=np.float64)


def _bounded(name: str, situations: Sequence[Situation]) -> FloatArray:
    low, high = _BOUNDS[name]
    return np.clip([float(getattr(one, name)) for one in situations], low, high)


@cache
def _shipped() -> BidNetwork:
    return checkpoint.load()
