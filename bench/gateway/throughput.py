"""How many calls a second one process carries: client, gateway and an upstream that answers at once.

The client is the HTTP library that agents use, by ASGI; the gateway keeps books on the disk, where each call's receipt
and voucher is before it is answered, and its agents' wallets sign for each call. A hundred agents, a hundred calls at
a time, and then one. The upstream makes no request, so that this is the gateway's and its client's own work.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from bench.gateway.asking import Agent
from bench.gateway.cassette import Instant
from bench.gateway.load import load, told
from bench.gateway.serving import opened

CALLS = {100: 5_000, 1: 1_000}
AGENTS = 100
WANTED = 1_000


def run(calls: Mapping[int, int] = CALLS) -> dict[str, Any]:
    """The figures by how many calls are under way at a time."""
    return {str(at_once): asyncio.run(_measured(count, at_once)) for at_once, count in calls.items()}


async def _measured(calls: int, at_once: int) -> dict[str, Any]:
    with opened(Instant(), AGENTS) as (made, keys):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(made.app)) as client:
            agent = Agent(client, "http://gateway/v1", tuple(keys))
            await load(agent.ask, 200, at_once)
            done = await load(agent.ask, calls, at_once)
    row = done.row() | {"wanted": WANTED, "met": done.rate >= WANTED}
    told(f"{at_once} at a time", row)
    return row


if __name__ == "__main__":
    run()
