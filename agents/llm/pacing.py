"""How often an endpoint is called: a bucket of tokens that fills at an even rate, one token a call."""

import asyncio
import time
from collections.abc import Awaitable, Callable

NEARLY = 1 - 1e-9
"""A whole token, but for what floating point leaves over."""


class Bucket:
    """Lets ``rate`` calls a second through, and up to ``burst`` at once after a pause; in the order of asking."""

    def __init__(
        self,
        rate: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate, self._burst = rate, burst
        self._clock, self._sleep = clock, sleep
        self._tokens, self._filled = float(burst), clock()
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Wait for a token, and take it. Who is cancelled takes none."""
        async with self._turn:
            self._fill()
            while self._tokens < NEARLY:
                await self._sleep((1 - self._tokens) / self._rate)
                self._fill()
            self._tokens -= 1

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
