"""An event loop that owns its time: it passes only when nobody has anything to do, and so is the same each time.

When all tasks wait, the loop looks at what is under way outside, which only the real world can end. If the oldest of
it may arrive before the next timer, it is really waited for, and delivered; what was begun first arrives first,
whatever ends first. Else the clock jumps to the next timer. So the order of all that happens follows from what was
begun and from what it came to, never from how long it took.
"""

import asyncio
import heapq
import itertools
import math
import selectors
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any, Protocol

from agents.errors import AgoraError

RESOLUTION = 1e-9
"""Seconds by which a timer may be early: rounding, and no more; the system's own would differ between machines."""


class Standstill(AgoraError):
    """Everybody waits for somebody else, and nothing will ever happen."""


class Errand(Protocol):
    """Something under way in the real world."""

    def deliver(self) -> None:
        """Wait until it has ended, and tell who waits for it."""
        ...


class TimelineLoop(asyncio.SelectorEventLoop):
    """Begins at time 0. Threads, sockets and processes have no place on it: see ``agents.fleet.timeline.outside``.

    ``run_in_executor``, and so ``asyncio.to_thread``, calls the function in place. Where nothing will ever happen
    again, ``run_until_complete`` raises Standstill.
    """

    def __init__(self) -> None:
        self._patience = _Patience()
        super().__init__(self._patience)
        self._clock_resolution = RESOLUTION
        self._thread = threading.get_ident()
        self._numbers = itertools.count()

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._patience.now

    def expect(self, errand: Errand, earliest: float) -> None:
        """The errand is under way, and arrives at ``earliest`` at the soonest, by this loop's time."""
        heapq.heappush(self._patience.errands, (earliest, next(self._numbers), errand))

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call it now: threads are not the same each time."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            future.set_exception(error)
        return future

    def call_soon_threadsafe(  # type: ignore[override]  # the supertype is written with TypeVarTuple
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """As ``call_soon``; another thread that calls it gets RuntimeError."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("another thread cannot tell a timeline when something happens")
        return self.call_soon(callback, *args, context=context)


class _Patience(selectors.DefaultSelector):
    """Waits for what is under way outside, or else moves the clock to when the wait would be over."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.errands: list[tuple[float, int, Errand]] = []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Only the loop's own way to wake itself, which it makes first, is taken, and never looked at."""
        if self.get_map():
            raise RuntimeError("a timeline has no sockets, pipes and processes: leave them to the outside")
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return []
        until = math.inf if timeout is None else self.now + timeout
        if self.errands and self.errands[0][0] <= until:
            earliest, _, errand = heapq.heappop(self.errands)
            self.now = max(self.now, earliest)
            errand.deliver()
        elif timeout is None:
            raise Standstill("everybody waits for somebody else, and nothing will ever happen")
        else:
            self.now = until
        return []
