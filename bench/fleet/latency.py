"""How fast a fleet answers a new task, and what its agents hold of the memory, at 10 to 10,000 agents.

A guarded node, the fleet, and the requesters run in processes of their own, on one machine. When all agents are
enrolled, tasks are posted at an even pace; of those who claim a task's skill 50 look at it, and bid by formula. For
each commitment, the clock runs from the moment when clients can see the block with the task until the node has
answered that it took the signed commitment. No bidding window ends meanwhile.

The memory is the fleet process's, less what it held when its session was open and the embedder's weights loaded:
the agents, their wallets, their notes and outbox, the view of the market and all that is under way.
"""

import asyncio
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from bench.fleet.ground import RESERVE, Buyers, Ground, child, ground, told

SIZES = (10, 100, 1000, 10_000)
TASKS_A_SECOND, SECONDS = 20, 20
SETTLE_SECONDS = 5
BUYERS = 40
BLOCK_MS = 1000


def run(sizes: tuple[int, ...] = SIZES, block_ms: int = BLOCK_MS) -> dict[str, Any]:
    """The figures of each size, by the number of agents."""
    return {str(size): asyncio.run(_measured(size, block_ms)) for size in sizes}


async def _measured(agents: int, block_ms: int) -> dict[str, Any]:
    async with ground(block_ms) as place:
        with child("live", str(place.folder), str(agents), str(SECONDS + SETTLE_SECONDS)) as fleet:
            await _post(place)
            await asyncio.to_thread(fleet.wait)
        figures = _figures(told(place.folder / "live.json"), place.seen())
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return figures


async def _post(place: Ground) -> None:
    """Post the tasks once the fleet is there, at an even pace."""
    async with Rpc(place.url) as rpc:
        buyers = Buyers(place, rpc, await Deployment.load(place.settings.addresses, rpc), BUYERS)
        try:
            count = TASKS_A_SECOND * SECONDS
            await buyers.fund(2 * RESERVE * count // BUYERS)
            terms = [await buyers.describe(number) for number in range(count)]
            while not (place.folder / "enrolled").exists():
                await asyncio.sleep(0.1)
            posts = []
            for number, one in enumerate(terms):
                posts.append(asyncio.create_task(buyers.post(number, one)))
                await asyncio.sleep(1 / TASKS_A_SECOND)
            await asyncio.gather(*posts)
        finally:
            await buyers.close()


def _figures(live: dict[str, Any], seen: dict[int, float]) -> dict[str, Any]:
    agents, born = live["agents"], {int(task): block for task, block in live["born"].items()}
    waits = sorted(second - seen[born[task]] for second, task in live["commitments"])
    return {
        "agents": agents,
        "enrolment_s": round(live["enrolment_s"], 1),
        "bytes_an_agent_enrolled": round((live["enrolled_bytes"] - live["base_bytes"]) / agents),
        "bytes_an_agent_at_work": round((live["worked_bytes"] - live["base_bytes"]) / agents),
        "base_bytes": live["base_bytes"],
        "tasks": len(born),
        "commitments": len(waits),
        "latency_p50_ms": _quantile(waits, 0.5),
        "latency_p99_ms": _quantile(waits, 0.99),
        "latency_max_ms": _quantile(waits, 1),
        "cpu_share": round(live["work_cpu_s"] / live["work_s"], 3),
    }


def _quantile(values: list[float], share: float) -> float | None:
    return round(1000 * values[min(len(values) - 1, int(share * len(values)))], 1) if values else None
