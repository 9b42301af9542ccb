"""The soak: a market of a million transactions on a guarded node, whose books are audited at every block.

    python -m bench.fleet.soak --transactions 1000000

The node runs in a process of its own, with its guard and its journal. Here, many tasks at a time go through their
lives, sent by the sender; and an auditor recomputes every account from events and compares it with the contracts at
each block, before anybody acts on that block. Stopped or killed, the same command goes on where it was: the journal
brings back the chain, and the store what was sent. Progress is in ``bench/results/soak.json`` at any time.
"""

import argparse
import asyncio
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.logs import configure
from bench.fleet.ground import child
from bench.fleet.soak_town import STEPS_A_LIFE, Audited, Town

TRANSACTIONS, RATE, BLOCK_MS = 1_000_000, 350, 1000
"""Transactions in all, and a second at the most, which fills blocks by less than half, so that they do not become
dearer; and milliseconds between blocks."""
BACKLOG_SECONDS = 4
"""No task is posted while more is on its way than so many seconds' worth."""
STATES = 500
"""Blocks whose state the node keeps at hand; else it keeps 100,000, which takes most of its memory. Older ones are
computed anew, and nobody asks for them: the auditor follows the head."""
RESULTS = Path(__file__).resolve().parents[1] / "results" / "soak.json"
FOLDER = Path(tempfile.gettempdir()) / "agora-soak"
LINE_SECONDS, LOOK_SECONDS = 15.0, 0.1
MIB = 2**20


@dataclass
class Soak:
    """One run, and its figures."""

    goal: int
    rate: float
    folder: Path
    out: Path
    seconds: float = 0.0
    """Of all processes that the run had."""
    ended: int = 0
    """Tasks whose lives are over."""
    memory: list[tuple[int, int]] = field(default_factory=list)
    """Transactions, and bytes of the node's memory, now and then."""

    async def run(self, block_ms: int) -> dict[str, object]:
        """Until the goal is reached and everything has ended; the figures. Raises NotConserved."""
        (self.folder / "url").unlink(missing_ok=True)
        os.environ["__EDR_MAX_CACHED_STATES"] = str(STATES)
        with child("node", str(self.folder), str(block_ms)) as process:
            began = time.monotonic()
            while not (self.folder / "url").exists():
                if process.poll() is not None:
                    raise RuntimeError("the node does not start")
                await asyncio.sleep(LOOK_SECONDS)
            url = (self.folder / "url").read_text()
            print(f"the node is up at {url} after {time.monotonic() - began:.0f} s", flush=True)
            self._node = psutil.Process(process.pid)
            async with Rpc(url) as rpc:
                return await self._live(rpc)

    async def _live(self, rpc: Rpc) -> dict[str, object]:
        deployment = await Deployment.load(self.folder / "addresses.json", rpc)
        self._store, books = Store.open(self.folder / "town.db"), Store.open(self.folder / "audit.db")
        audited = self._audited = Audited(rpc, deployment, books)
        town = Town(rpc, deployment, self._store, Seed.open(self.folder / "home"), audited)
        self._base = float(self._store.meta("seconds") or 0)
        self._began, self._first = time.monotonic(), self._signed
        auditing = asyncio.create_task(audited.follow(), name="audit")
        telling = asyncio.create_task(self._tell(), name="figures")
        try:
            await self._until(auditing, self._work(town))
            await self._until(auditing, audited.at(audited.now + 3))
            audited.stopping = True
            await auditing
            report = await audited.audit.finish(audited.block)
            if report.differences:
                raise RuntimeError(f"not conserved: {report.differences[:3]}")
            return self._write(finished=True)
        finally:
            for task in (auditing, telling):
                task.cancel()
            await asyncio.gather(auditing, telling, return_exceptions=True)
            await town.close()
            self._store.close()
            books.close()

    @staticmethod
    async def _until(auditing: asyncio.Task[None], work) -> None:
        """Wait for the work; a difference in the books ends it."""
        working = asyncio.ensure_future(work)
        await asyncio.wait([working, auditing], return_when=asyncio.FIRST_COMPLETED)
        if auditing.done():
            working.cancel()
            await asyncio.wait([working])
            auditing.result()  # raises what was found
        await working

    async def _work(self, town: Town) -> None:
        """Post tasks at an even pace while what is on its way is not too much, and see all of them through."""
        audited = self._audited
        await audited.caught_up.wait()
        await town.settle_in()
        self.ended, begun = int(self._store.meta("lives") or 0), int(self._store.meta("begun") or 0)
        numbers, over = itertools.count(begun), set[int]()

        async def life(number: int) -> None:
            await town.life(number)
            self.ended += 1
            over.add(number)
            self._keep(over)

        async with asyncio.TaskGroup() as lives:
            # What a stopped soak left in the middle.
            for number in range(self.ended, begun):
                lives.create_task(life(number))
            while self._signed < self.goal:
                before = audited.now
                await audited.at(before + 1)
                seconds = min(audited.now - before, BACKLOG_SECONDS)
                if town.under_way < BACKLOG_SECONDS * self.rate:
                    posted = max(1, round(seconds * self.rate / STEPS_A_LIFE))
                    with self._store.transaction():
                        begun += posted
                        self._store.set_meta("begun", str(begun))
                    for _ in range(posted):
                        lives.create_task(life(next(numbers)))

    def _keep(self, over: set[int]) -> None:
        """Note up to which number all lives are over."""
        first = done = int(self._store.meta("lives") or 0)
        while done in over:
            over.remove(done)
            done += 1
        if done != first:
            with self._store.transaction(repeatable=True):
                self._store.set_meta("lives", str(done))

    @property
    def _signed(self) -> int:
        return int(self._store.db.execute("SELECT coalesce(max(rowid), 0) FROM outbox").fetchone()[0])

    @property
    def _seconds(self) -> float:
        return self._base + time.monotonic() - self._began

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(LINE_SECONDS)
            told = self._write(finished=False)
            with self._store.transaction(repeatable=True):
                self._store.set_meta("seconds", str(self._seconds))
            print(
                f"{told['seconds']:>7.0f} s  {told['transactions']:>9,} transactions  {told['rate_now']:>6.0f}/s  "
                f"{told['tasks_ended']:>7,} tasks ended  {told['blocks_audited']:>7,} blocks audited  "
                f"node {told['node_mib']:>6.0f} MiB",
                flush=True,
            )

    def _write(self, *, finished: bool) -> dict[str, object]:
        node = self._node_bytes()
        self.memory.append((self._signed, node))
        (first, at_first), (last, at_last) = self.memory[0], self.memory[-1]
        mined, reverted = self._store.db.execute(
            "SELECT count(*), sum(state = 'failed') FROM outbox WHERE block IS NOT NULL"
        ).fetchone()
        here = time.monotonic() - self._began
        told: dict[str, object] = {
            "finished": finished,
            "conserved": not self._audited.audit.report.differences,
            "transactions": mined,
            "reverted": reverted or 0,
            "tasks_ended": self.ended,
            "blocks_audited": self._audited.blocks,
            "blocks_with_events_checked": self._audited.audit.report.blocks_checked,
            "accounts": len(self._audited.audit.view.balances),
            "seconds": round(self._seconds, 1),
            "rate_now": round((self._signed - self._first) / here, 1),
            "node_mib": round(node / MIB, 1),
            "node_bytes_per_transaction": round((at_last - at_first) / max(1, last - first)),
            "auditor_and_senders_mib": round(psutil.Process().memory_info().rss / MIB, 1),
        }
        self.out.parent.mkdir(parents=True, exist_ok=True)
        self.out.write_text(json.dumps(told, indent=2) + "\n")
        return told

    def _node_bytes(self) -> int:
        """What the node itself has in memory, without its guard."""
        return sum(one.memory_info().rss for one in self._node.children(recursive=True))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transactions", type=int, default=TRANSACTIONS)
    parser.add_argument("--rate", type=float, default=RATE, help="transactions a second, at the most")
    parser.add_argument("--block-ms", type=int, default=BLOCK_MS)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where an unfinished soak goes on")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    configure("WARNING")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    soak = Soak(chosen.transactions, chosen.rate, chosen.folder, chosen.out)
    try:
        told = asyncio.run(soak.run(chosen.block_ms))
    except KeyboardInterrupt:
        print(f"stopped: the same command goes on from {chosen.folder}")
        sys.exit(130)
    print(json.dumps(told, indent=2))
    shutil.rmtree(chosen.folder)


if __name__ == "__main__":
    main()
