"""One forward pass for all who ask a prior in the same turn of the event loop: thousands of agents share it."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from agents.learning.prior import BidPrior, Situation
from agents.learning.theory import FloatArray

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_BIDS, MOST_CURVES = 2**16, 2**10
DECIMALS = 6
"""Bids are rounded to so many: a pass over other companions may differ in the last bits, and prices must not."""
_GRID: FloatArray = np.linspace(0.0, 1.0, 1025)


class BatchedPrior:
    """Another prior, asked for many situations at a time, and for each market's curve once.

    A situation that was prepared is answered from memory; one that was not is asked for by itself.
    """

    def __init__(self, prior: BidPrior) -> None:
        self._prior = prior
        self._bids: OrderedDict[Situation, float] = OrderedDict()
        self._curves: OrderedDict[Situation, FloatArray] = OrderedDict()
        self._waiting: dict[Situation, asyncio.Future[None]] = {}
        self.passes = 0
        """How often the inner prior was asked for bids."""

    async def prepare(self, situation: Situation) -> None:
        """Wait for the pass that all who ask in this turn of the event loop share."""
        if situation in self._bids:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._answer)
        if situation not in self._waiting:
            self._waiting[situation] = asyncio.get_running_loop().create_future()
        # Shielded, since others may wait for the same.
        await asyncio.shield(self._waiting[situation])

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) shares of the reserve, floor <= bid <= 1."""
        missing = list(dict.fromkeys(one for one in situations if one not in self._bids))
        if missing:
            self._ask(missing)
        return np.array([self._bids[one] for one in situations], dtype=np.float64)

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:
        """(J,) the chance that no rival beats a bid of grid[j], read off the market's curve."""
        market = replace(situation, floor=0.0)
        if market not in self._curves:
            _keep(self._curves, market, self._prior.survival(market, _GRID), MOST_CURVES)
        return np.asarray(np.interp(grid, _GRID, self._curves[market]), dtype=np.float64)

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, {}
        try:
            self._ask(list(waiting))
        except Exception as error:
            for future in waiting.values():
                future.set_exception(error)
            raise
        for future in waiting.values():
            future.set_result(None)

    def _ask(self, situations: list[Situation]) -> None:
        self.passes += 1
        room = max(MOST_BIDS, len(situations))
        floors = np.array([one.floor for one in situations], dtype=np.float64)
        # What is no number stays none: the guard must see it.
        bids = np.maximum(floors, np.round(self._prior.bids(situations), DECIMALS))
        for one, bid in zip(situations, bids.tolist(), strict=True):
            _keep(self._bids, one, bid, room)


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Remember one more, and forget the oldest if there is no room."""
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)
