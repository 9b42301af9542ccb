"""Makes many calls, so many at a time, and says how long they took."""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What some calls took; times in seconds."""

    calls: int
    wall: float
    cpu: float
    """Of this process, all its threads."""
    times: tuple[float, ...]
    """Of each call, the shortest first."""

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.wall

    def quantile(self, share: float) -> float:
        """The time that this share of the calls did not exceed."""
        return self.times[min(self.calls - 1, int(share * self.calls))]

    def row(self) -> dict[str, float]:
        """Milliseconds, calls a second and the CPU time of a call."""
        return {
            "calls": self.calls,
            "calls/s": round(self.rate),
            "p50 ms": round(1e3 * self.quantile(0.5), 2),
            "p99 ms": round(1e3 * self.quantile(0.99), 2),
            "CPU us a call": round(1e6 * self.cpu / self.calls),
        }


async def load(call: Callable[[int], Awaitable[object]], calls: int, at_once: int) -> Load:
    """Make ``call(number)`` for each number below ``calls``; as soon as one is answered, the next begins."""
    numbers, times = iter(range(calls)), []

    async def work() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await call(number)
            times.append(time.perf_counter() - begun)

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(at_once)))
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Load(calls, wall, cpu, tuple(sorted(times)))


async def paced(call: Callable[[int], Awaitable[object]], calls: int, rate: float) -> Load:
    """Begin ``call(number)`` for each number below ``calls`` at times drawn by chance, ``rate`` a second, the same
    ones in each run; however long the answers take."""
    draws, times = random.Random(1), []

    async def one(number: int, begin: float) -> None:
        await asyncio.sleep(begin - time.perf_counter())
        await call(number)
        times.append(time.perf_counter() - begin)

    begun, cpu = time.perf_counter(), time.process_time()
    begins = itertools.accumulate((draws.expovariate(rate) for _ in range(calls)), initial=begun)
    await asyncio.gather(*(one(number, begin) for number, begin in zip(range(calls), begins, strict=False)))
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Load(calls, wall, cpu, tuple(sorted(times)))


def told(name: str, row: dict[str, float]) -> None:
    """Print one line of a table."""
    print(f"  {name:36} " + " · ".join(f"{key} {value}" for key, value in row.items()), flush=True)
