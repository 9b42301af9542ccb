"""Moves on what everybody else has left lying: so no task of a requester that is gone stays open for ever."""

import asyncio
from collections.abc import Callable

from agents.market.view import MarketView
from agents.mind.duties import overdue
from agents.mind.hands import Hands

GRACE = 12
"""Seconds that those who gain from a step have to take it themselves."""


class Keeper:
    """Takes any overdue step of any task, with the wallet of one party of the fleet."""

    def __init__(self, hands: Hands, view: MarketView, clock: Callable[[], int]) -> None:
        self._hands, self._view, self._clock = hands, view, clock

    async def step(self) -> None:
        """One turn."""
        due = (overdue(task, self._clock(), GRACE) for task in self._view.open.values())
        ready = [one for one in due if one and self._hands.is_free(one)]
        await asyncio.gather(*(self._hands.attempt(action) for action in ready))

    async def stop(self) -> None:
        """It keeps nothing."""
