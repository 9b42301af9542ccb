"""What the gateway adds to a call: the time of calls straight to an upstream, and of the same calls through a gateway.

The upstream is a stub in a process of its own that answers each call 50 ms after it came. The gateway keeps books on
the disk, and its agents' wallets sign a voucher for each call. Two ways to it: over HTTP, from a client that does as
little as can be on bare sockets to a gateway in a process of its own; and in process, by ASGI, from the HTTP library
that agents use, which then also goes straight to the upstream for comparison. One call at a time, and a hundred: as
soon as one is answered, the next begins, so that a hundred ask for 2,000 calls a second, and what is beyond a gateway's
rate waits. And calls that begin at random times, so many a second. Straight and through take turns, so that both
see the same machine.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from agents.llm.upstreams.wire import WireTransport
from bench.gateway.asking import Agent, Bare
from bench.gateway.load import Load, load, paced, told
from bench.gateway.serving import Served, gateway, serving, stub

DELAY_MS = 50
CALLS = {1: 100, 100: 4_000}
"""By how many are under way at a time; in each of the rounds."""
RATES = {250: 1_000, 500: 2_000, 1_000: 3_000}
"""By calls a second."""
ROUNDS, AGENTS = 3, 100
WANTED_P50_MS, WANTED_P99_MS = 5.0, 20.0

Ask = Callable[[int], Awaitable[object]]
Work = Callable[[Ask], Awaitable[Load]]


def run(
    calls: Mapping[int, int] = CALLS, rates: Mapping[int, int] = RATES, rounds: int = ROUNDS
) -> dict[str, Any]:
    """By the way to the gateway, and how many calls are under way at a time or begin in a second."""
    kinds: dict[str, Work] = {}
    for at_once, count in calls.items():
        kinds[f"{at_once} at a time"] = _closed(count, at_once)
    for rate, count in rates.items():
        kinds[f"{rate} a second"] = _open(count, rate)
    return asyncio.run(_run(kinds, rounds))


def _closed(calls: int, at_once: int) -> Work:
    return lambda ask: load(ask, calls, at_once)


def _open(calls: int, rate: int) -> Work:
    return lambda ask: paced(ask, calls, rate)


async def _run(kinds: dict[str, Work], rounds: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with stub(DELAY_MS) as upstream:
        with serving(upstream.url, AGENTS) as served:
            straight, through = Bare(upstream.url), Bare(served.url, served.keys)
            for kind, work in kinds.items():
                row = await _compared(work, straight.ask, through.ask, served, rounds)
                figures[f"HTTP, {kind}"] = row
                told(f"HTTP, {kind}", row)
            straight.close()
            through.close()
        async with (
            httpx.AsyncClient(transport=WireTransport()) as client,
            gateway(upstream.url, AGENTS) as (made, keys),
            httpx.AsyncClient(transport=httpx.ASGITransport(made.app)) as inside,
        ):
            far, near = Agent(client, upstream.url), Agent(inside, "http://gateway/v1", tuple(keys))
            for kind, work in kinds.items():
                row = await _compared(work, far.ask, near.ask, None, rounds)
                figures[f"in process, {kind}"] = row
                told(f"in process, {kind}", row)
    return figures


async def _compared(
    work: Work, straight: Ask, through: Ask, served: Served | None, rounds: int
) -> dict[str, Any]:
    for side in (straight, through):
        await load(side, 2 * AGENTS, AGENTS)
    bare, paid, cpu = [], [], 0.0
    for _ in range(rounds):
        bare.append(await work(straight))
        before = served.cpu() if served else 0.0
        paid.append(await work(through))
        cpu += served.cpu() - before if served else paid[-1].cpu
    return _row(_joined(bare), _joined(paid), cpu)


def _joined(parts: list[Load]) -> Load:
    times = sorted(time for part in parts for time in part.times)
    calls, wall, cpu = (sum(getattr(part, name) for part in parts) for name in ("calls", "wall", "cpu"))
    return Load(calls, wall, cpu, tuple(times))


def _row(bare: Load, paid: Load, cpu: float) -> dict[str, Any]:
    added = {share: round(1e3 * (paid.quantile(share) - bare.quantile(share)), 2) for share in (0.5, 0.99)}
    return {
        "calls": paid.calls,
        "p50 ms straight": round(1e3 * bare.quantile(0.5), 2),
        "p50 ms added": added[0.5],
        "p99 ms straight": round(1e3 * bare.quantile(0.99), 2),
        "p99 ms added": added[0.99],
        "calls/s straight": round(bare.rate),
        "calls/s through": round(paid.rate),
        "gateway CPU us a call": round(1e6 * cpu / paid.calls),
        "met": added[0.5] <= WANTED_P50_MS and added[0.99] <= WANTED_P99_MS,
    }


if __name__ == "__main__":
    run()
