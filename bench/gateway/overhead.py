"""What the gateway adds to a call: the time of calls straight to an upstream, and of the same calls through a gateway.

The upstream is a stub in a process of its own that answers each call 50 ms after it came. The gateway keeps books on
the disk, and its agents' wallets sign a voucher for each call. Two ways to it: over HTTP, from a client that does as little
as can be on bare sockets to a gateway in a process of its own; and in process, by ASGI, from the HTTP library that
agents use, which then also goes straight to the upstream for comparison. One call at a time, and a hundred: as soon
as one is answered, the next begins. Straight and through take turns, so that both see the same machine.
"""

import asyncio
from typing import Any

import httpx

from agents.llm.upstreams.wire import WireTransport
from bench.gateway.asking import Agent, Bare
from bench.gateway.load import Load, load, told
from bench.gateway.serving import Served, gateway, serving, stub

DELAY_MS = 50
CALLS = {1: 100, 100: 4_000}
"""By how many are under way at a time; in each of the rounds."""
ROUNDS, AGENTS = 3, 100
WANTED_P50_MS, WANTED_P99_MS = 5.0, 20.0


def run() -> dict[str, Any]:
    """By the way to the gateway, and how many calls are under way at a time."""
    return asyncio.run(_run())


async def _run() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with stub(DELAY_MS) as upstream:
        with serving(upstream.url, AGENTS) as served:
            straight, through = Bare(upstream.url), Bare(served.url, served.keys)
            await _compared(figures, "HTTP", straight, through, served)
            straight.close()
            through.close()
        async with (
            httpx.AsyncClient(transport=WireTransport()) as client,
            gateway(upstream.url, AGENTS) as (made, keys),
            httpx.AsyncClient(transport=httpx.ASGITransport(made.app)) as inside,
        ):
            near = Agent(inside, "http://gateway/v1", tuple(keys))
            await _compared(figures, "in process", Agent(client, upstream.url), near, None)
    return figures


async def _compared(
    figures: dict[str, Any], way: str, straight: Bare | Agent, through: Bare | Agent, served: Served | None
) -> None:
    for at_once, calls in CALLS.items():
        for side in (straight, through):
            await load(side.ask, 2 * at_once, at_once)
        bare, paid, cpu = [], [], 0.0
        for _ in range(ROUNDS):
            bare.append(await load(straight.ask, calls, at_once))
            before = served.cpu() if served else 0.0
            paid.append(await load(through.ask, calls, at_once))
            cpu += served.cpu() - before if served else paid[-1].cpu
        row = _row(_joined(bare), _joined(paid), cpu)
        figures[f"{way}, {at_once} at a time"] = row
        told(f"{way}, {at_once} at a time", row)


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
