"""The overview in a real browser: whether it stays smooth while a thousand agents work, and its first load.

Smoothness: a fleet of a thousand agents with a scripted model, its node, the explorer and the browser share two cores;
the browser has no graphics card, so that it draws with the processor. From when the first task is posted, the frames
are those that the page itself is called for, in each second; beside them stand the seconds in which its charts
changed, and the tasks that were posted and settled meanwhile. First load, when the market has ended and all of it is in
the index: a fresh browser context each time, the server on the same machine; until the charts are drawn, and until the
largest part of the page is painted; and the script that came over the wire, compressed.
"""

import asyncio
import json
import statistics
import subprocess
from collections import Counter
from typing import Any

import httpx

from agents.explorer.process import ExplorerProcess
from bench.explorer.browser import browser
from bench.fleet.ground import child, ground

AGENTS, TASKS, BLOCK_MS = 1000, 2400, 1000
WANTED_LOAD_MS, WANTED_SCRIPT_BYTES, WANTED_FRAMES = 1500, 300_000, 50
SECONDS = 60


def run(agents: int = AGENTS, tasks: int = TASKS, seconds: int = SECONDS) -> dict[str, Any]:
    """Milliseconds and bytes of the first load, and frames a second."""
    return asyncio.run(_run(agents, tasks, seconds))


async def _run(agents: int, tasks: int, seconds: int) -> dict[str, Any]:
    async with ground(BLOCK_MS) as place, ExplorerProcess(place.settings) as explorer:
        loads, drawn = place.folder / "loads.json", place.folder / "drawn.json"
        async with httpx.AsyncClient(base_url=explorer.url, timeout=30) as client:
            with child("market", str(place.folder), str(agents), str(tasks)) as market:
                while not (before := await _tasks(client))["posted"]:
                    await _pause(market)
                with browser("frames", explorer.url, str(drawn)):
                    for _ in range(seconds):
                        await _pause(market)
                after = await _tasks(client)
            while (await client.get("/api/status")).json()["behind"]:
                await asyncio.sleep(1)
        with browser("load", explorer.url, str(loads)):
            pass
        first, frames = json.loads(loads.read_text()), _frames(**json.loads(drawn.read_text()))
    figures = {
        "first load": {
            name: round(statistics.median(one[key] for one in first))
            for name, key in (
                ("charts drawn ms", "shown"),
                ("largest paint ms", "largest"),
                ("script bytes", "script"),
            )
        },
        f"frames a second, {agents:,} agents": frames | {name: after[name] - before[name] for name in after},
    }
    load = figures["first load"]
    figures["met"] = (
        load["charts drawn ms"] <= WANTED_LOAD_MS
        and load["script bytes"] <= WANTED_SCRIPT_BYTES
        and frames["median"] >= WANTED_FRAMES
    )
    for name, row in figures.items():
        print(f"  {name:32} {row}", flush=True)
    return figures


async def _tasks(client: httpx.AsyncClient) -> dict[str, int]:
    """How many of them are in the index, and as settled."""
    tasks = (await client.get("/api/overview")).raise_for_status().json()["tasks"]
    return {"posted": tasks["total"], "settled": tasks["by_state"].get("Settled", 0)}


async def _pause(market: subprocess.Popen[bytes]) -> None:
    await asyncio.sleep(1)
    if market.poll() is not None:
        raise RuntimeError("the market ended while it was looked at")


def _frames(times: list[float], changes: list[float]) -> dict[str, float]:
    """Of each full second but the first, in milliseconds of the page's clock."""
    seconds, changed = Counter(int(at // 1000) for at in times), {int(at // 1000) for at in changes}
    full = range(min(seconds) + 1, max(seconds))
    counts = sorted(seconds[at] for at in full)
    return {
        "seconds": len(full),
        "charts changed in": len(changed.intersection(full)),
        "median": statistics.median(counts),
        "p5": counts[len(counts) // 20],
        "least": counts[0],
    }
