"""What an agent holds of the memory, at 10 to 10,000 agents.

The resident memory of the fleet's process, less what it held when its session was open, divided by the agents: their
wallets, notes, strategies and queues, the view of the market with all accounts, and what is under way. It is read
when all are enrolled, and again after they have bid on some tasks by formula. A guarded node and the requesters run
in processes of their own.
"""

import asyncio
from typing import Any

from bench.fleet.ground import child, ground, post, told

SIZES = (10, 100, 1000, 10_000)
TASKS_A_SECOND, SECONDS = 4, 15
SETTLE_SECONDS = 10
BLOCK_MS = 1000


def run(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """The figures of each size, by the number of agents."""
    return {str(size): asyncio.run(_measured(size)) for size in sizes}


async def _measured(agents: int) -> dict[str, Any]:
    async with ground(BLOCK_MS) as place:
        with child("live", str(place.folder), str(agents), str(SECONDS + SETTLE_SECONDS)) as fleet:
            await post(place, fleet, TASKS_A_SECOND, SECONDS)
            await asyncio.to_thread(fleet.wait)
        live = told(place.folder / "live.json")
    figures = {
        "agents": agents,
        "base_bytes": live["base_bytes"],
        "bytes_an_agent_enrolled": round((live["enrolled_bytes"] - live["base_bytes"]) / agents),
        "bytes_an_agent_at_work": round((live["worked_bytes"] - live["base_bytes"]) / agents),
        "bids": len(live["commitments"]),
        "enrolment_s": round(live["enrolment_s"], 1),
        "enrolment_cpu_s": round(live["enrolment_cpu_s"], 1),
    }
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return figures
