"""How long after its block an event is in open pages, at 100 events a second.

A guarded node that mines a block a second, an explorer, a sender of 100 mints a second (an event each), a hundred
streams, and a page in a real browser: all are processes of their own, on the same two cores. The clock runs from the
moment when clients of the node can see the block until the event has reached each stream, or is drawn on the browser's
page, which lets at most four changes a second through.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.explorer.process import ExplorerProcess
from bench.explorer.browser import browser
from bench.fleet.ground import Ground, ground

RATE, SECONDS, STREAMS, BLOCK_MS = 100, 60, 100, 1000
TICK, GAS = 0.1, 80_000
REST_SECONDS = 3
WANTED_P95_MS = 500


def run(rate: int = RATE, seconds: int = SECONDS, streams: int = STREAMS) -> dict[str, Any]:
    """Milliseconds from a block to its events in the streams, and on the page."""
    return asyncio.run(_run(rate, seconds, streams))


async def _run(rate: int, seconds: int, streams: int) -> dict[str, Any]:
    async with ground(BLOCK_MS) as place, ExplorerProcess(place.settings) as explorer:
        file, drawn = place.folder / "arrivals.json", place.folder / "drawn.json"
        with (
            browser("watch", explorer.url, str(drawn)),
            _readers(explorer.url, streams, file),
        ):
            since = max(place.seen())  # What came before was drawn when the page was loaded.
            await asyncio.to_thread(_mint, place, rate, seconds)
            await asyncio.sleep(REST_SECONDS)
        seen = {block: at for block, at in place.seen().items() if block > since}
        figures = {
            "events": rate * seconds,
            f"{streams} streams": _row(json.loads(file.read_text()), seen),
            "page in a browser": _row(json.loads(drawn.read_text()), seen),
        }
    for name in list(figures)[1:]:
        print(f"  {name:20} {figures[name]}", flush=True)
    figures["met"] = all(figures[name]["p95 ms"] <= WANTED_P95_MS for name in list(figures)[1:])
    return figures


def _row(arrivals: dict[str, list[float]], seen: dict[int, float]) -> dict[str, float]:
    waits = sorted(
        at - seen[int(block)] for block, times in arrivals.items() if int(block) in seen for at in times
    )
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    quantiles = {
        f"{name} ms": round(1e3 * waits[int(share * (len(waits) - 1))], 1) for name, share in shares.items()
    }
    return {"arrivals": len(waits)} | quantiles | {"max ms": round(1e3 * waits[-1], 1)}


@contextmanager
def _readers(url: str, streams: int, file: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.explorer.readers", url, str(streams), str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()


def _mint(place: Ground, rate: int, seconds: int) -> None:
    """Send in a process of its own."""
    command = [sys.executable, "-m", "bench.explorer.live", str(place.folder), str(rate), str(seconds)]
    subprocess.run(command, check=True)


async def _send(place: Ground, rate: int, seconds: int) -> None:
    async with Rpc(place.url) as rpc:
        deployment = await Deployment.load(place.settings.addresses, rpc)
        store = Store.open(place.folder / "minter.db")
        sender, wallet = Sender(rpc, store, CHAIN_ID, in_flight=rate * seconds), Seed(TEST_PHRASE).wallet(0)
        call, sent, begun = (
            deployment.token.mint(wallet.address, 1),
            list[asyncio.Task[Any]](),
            time.monotonic(),
        )
        while len(sent) < rate * seconds:
            due = min(rate * seconds, int(rate * (time.monotonic() - begun)) + 1)
            sent += (
                asyncio.create_task(sender.send(wallet, call, intent=f"{number}", gas=GAS))
                for number in range(len(sent), due)
            )
            await asyncio.sleep(TICK)
        await asyncio.gather(*sent)
        await sender.close()
        store.close()


if __name__ == "__main__":
    asyncio.run(_send(Ground(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])))
