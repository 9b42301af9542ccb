"""What channels hold of the memory: the books of 10,000 agents, each with 31 receipts, whose tree has five peaks.

The resident memory of one process, less what it held with the program loaded and one channel: the view of the chain's
channels, the agents' wallets, which sign at the gateway, and the meter's books, each with its newest voucher. Read when
all are enlisted, again when each has been charged for so many calls, and in a new process that opens the same books.
"""

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from bench.gateway.books import metered, think
from bench.gateway.load import told

AGENTS, CALLS = 10_000, 31
WANTED_MB = 200


def run(agents: int = AGENTS, calls: int = CALLS) -> dict[str, Any]:
    """Megabytes (10**6 bytes) of all, and bytes of one channel."""
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
        figures = {}
        for name, count in (("charged", calls), ("opened again", 0)):
            command = [sys.executable, "-m", "bench.gateway.memory", folder, str(agents), str(count)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            figures[name] = json.loads(done.stdout)
        figures["books"] = {"bytes a call on disk": _size(Path(folder)) // (agents * calls)}
    for name, row in figures.items():
        told(name, row)
    return figures | {"agents": agents, "calls an agent": calls, "wanted MB": WANTED_MB}


def _size(folder: Path) -> int:
    return (folder / "gateway.db").stat().st_size


async def _measured(folder: Path, agents: int, calls: int) -> dict[str, Any]:
    (folder / "empty").mkdir(exist_ok=True)
    with metered(folder / "empty", 1) as (meter, _):
        await think(meter, 1)
        before = _resident()
    with metered(folder, agents) as (meter, _):
        enlisted = _resident()
        for _ in range(calls):
            for start in range(1, agents + 1, 100):
                await asyncio.gather(*(think(meter, agent_id) for agent_id in range(start, start + 100)))
        after = _resident()
    return {
        "base MB": round(before / 1e6, 1),
        "enlisted MB": round((enlisted - before) / 1e6, 1),
        "MB": round((after - before) / 1e6, 1),
        "bytes a channel": round((after - before) / agents),
    }


def _resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measured(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))))
