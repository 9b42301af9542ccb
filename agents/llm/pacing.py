"""How often an endpoint is called: a bucket of tokens that fills at an even rate, one token a call unless said."""

import asyncio
import time
from collections.abc import Awaitable, Callable

NEARLY = 1 - 1e-9
"""A whole token, but for what floating point leaves over."""


class Bucket:
    """Lets ``rate`` tokens a second through, and up to ``burst`` at once after a pause; in the order of asking."""

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate, self._burst = rate, burst
        self._clock, self._sleep = clock, sleep
        self._tokens, self._filled = float(burst), clock()
        self._turn = asyncio.Lock()

    async def take(self, tokens: float = 1) -> None:
        """Wait for so many tokens, and take them. Who is cancelled takes none; a full bucket is enough for all."""
        async with self._turn:
            while (wait := self.wait(tokens)) > 0:
                await self._sleep(wait)
            self._tokens -= tokens

    def wait(self, tokens: float = 1) -> float:
        """Seconds until so many tokens are there, if nobody takes any."""
        self._fill()
        needed = min(tokens, self._burst)
        return 0.0 if self._tokens >= needed * NEARLY else (needed - self._tokens) / self._rate

    def give(self, tokens: float) -> None:
        """Put back what was not needed; a negative number takes what was needed more."""
        self._tokens = min(self._burst, self._tokens + tokens)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
