"""The overview in a real browser: its first load, and whether it stays smooth while a thousand agents work.

First load: a fresh browser context each time, the server on the same machine; until the charts are drawn, and until the
largest part of the page is painted; and the script that came over the wire, compressed. Smoothness: a fleet of a
thousand agents with a scripted model, its node, the explorer and the browser share two cores; the browser has no
graphics card, so that it draws with the processor. The frames are those that the page itself is called for, in each
second.
"""

import asyncio
import json
import statistics
from collections import Counter
from typing import Any

from agents.explorer.process import ExplorerProcess
from bench.explorer.browser import browser
from bench.fleet.ground import child, ground

AGENTS, TASKS, BLOCK_MS = 1000, 2400, 1000
WANTED_LOAD_MS, WANTED_SCRIPT_BYTES, WANTED_FRAMES = 1500, 300_000, 50
MOST_SECONDS = 240


def run(agents: int = AGENTS, tasks: int = TASKS) -> dict[str, Any]:
    """Milliseconds and bytes of the first load, and frames a second."""
    return asyncio.run(_run(agents, tasks))


async def _run(agents: int, tasks: int) -> dict[str, Any]:
    async with ground(BLOCK_MS) as place, ExplorerProcess(place.settings) as explorer:
        loads, times = place.folder / "loads.json", place.folder / "times.json"
        with child("market", str(place.folder), str(agents), str(tasks)) as market:
            while not list(place.folder.glob("home/*/fleet*.db")) and market.poll() is None:
                await asyncio.sleep(1)
            with browser("frames", explorer.url, str(times)):
                for _ in range(MOST_SECONDS):
                    await asyncio.sleep(1)
                    if market.poll() is not None:
                        break
        with browser("load", explorer.url, str(loads)):
            pass
        first, frames = json.loads(loads.read_text()), _frames(json.loads(times.read_text()))
    figures = {
        "first load": {
            name: round(statistics.median(one[key] for one in first))
            for name, key in (
                ("charts drawn ms", "shown"),
                ("largest paint ms", "largest"),
                ("script bytes", "script"),
            )
        },
        "frames a second, 1,000 agents": frames,
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


def _frames(times: list[float]) -> dict[str, float]:
    """Of each full second but the first, in milliseconds of the page's clock."""
    seconds = Counter(int(at // 1000) for at in times)
    full = sorted(seconds[at] for at in range(min(seconds) + 1, max(seconds)))
    return {
        "seconds": len(full),
        "median": statistics.median(full),
        "p5": full[len(full) // 20],
        "least": full[0],
    }
