"""How fast a fleet answers a new task, at 10 to 10,000 agents.

A guarded node, the fleet, and the requesters run in processes of their own, on one machine. When all agents are
enrolled, tasks are posted at an even pace; of those who claim a task's skill 50 look at it, and bid by formula. For
each commitment, the clock runs from the moment when clients can see the block with the task until the node has
answered that it took the signed commitment. No bidding window ends meanwhile. To the embedder all texts mean the
same: what a real one takes for a new text is a figure of its own.
"""

import asyncio
from typing import Any

from bench.fleet.ground import child, ground, post, told

SIZES = (10, 100, 1000, 10_000)
TASKS_A_SECOND, SECONDS = 20, 20
SETTLE_SECONDS = 10
"""For what is still under way when the last task is posted."""
BLOCK_MS = 1000


def run(sizes: tuple[int, ...] = SIZES, block_ms: int = BLOCK_MS) -> dict[str, Any]:
    """The figures of each size, by the number of agents."""
    return {str(size): asyncio.run(_measured(size, block_ms)) for size in sizes}


async def _measured(agents: int, block_ms: int) -> dict[str, Any]:
    async with ground(block_ms) as place:
        with child("live", str(place.folder), str(agents), str(SECONDS + SETTLE_SECONDS)) as fleet:
            await post(place, fleet, TASKS_A_SECOND, SECONDS)
            await asyncio.to_thread(fleet.wait)
        figures = _figures(told(place.folder / "live.json"), place.seen())
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return figures


def _figures(live: dict[str, Any], seen: dict[int, float]) -> dict[str, Any]:
    agents, born = live["agents"], {int(task): block for task, block in live["born"].items()}
    waits = sorted(second - seen[born[task]] for second, task in live["commitments"])
    return {
        "agents": agents,
        "enrolment_s": round(live["enrolment_s"], 1),
        "tasks": len(born),
        "commitments": len(waits),
        "latency_p50_ms": _quantile(waits, 0.5),
        "latency_p99_ms": _quantile(waits, 0.99),
        "latency_max_ms": _quantile(waits, 1),
        "cpu_share": round(live["work_cpu_s"] / live["work_s"], 3),
    }


def _quantile(values: list[float], share: float) -> float | None:
    return round(1000 * values[min(len(values) - 1, int(share * len(values)))], 1) if values else None
