"""The explorer's application over an index that is full, in a process of its own.

    python -m bench.explorer.serving DATABASE

Tells its address on standard output, and serves until its standard input is closed. No node is asked, nothing is
indexed, and nobody is held back for asking too often: what is measured is the answering.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from agents.chain.guard.server import GuardServer, settle_memory
from agents.explorer.api.app import build
from agents.explorer.api.context import Context
from agents.explorer.api.policy import Policy
from agents.explorer.api.standing import Standing
from agents.explorer.database import open_engine
from agents.llm.gateway.wire import BoundedHttp
from agents.logs import configure
from agents.market.content import ContentStore
from agents.settings import Settings
from bench.explorer.life import life

ENOUGH = 1_000_000.0
"""A rate that no bench comes to."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where it answers, and its process."""

    url: str
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        user, system, *_ = self.process.cpu_times()
        return user + system


@contextmanager
def serving(database: Path) -> Iterator[Served]:
    """The application in a process of its own."""
    command = [sys.executable, "-m", "bench.explorer.serving", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Served(json.loads(process.stdout.readline()), psutil.Process(process.pid))
        finally:
            process.stdin.close()


async def _serve(database: Path, folder: Path) -> None:
    configure("WARNING", as_json=True)
    lived = life()
    context = Context(
        engine=open_engine(f"sqlite:///{database}"),
        deployment=lived.deployment,
        content=ContentStore(str(folder / "content")),
        standing=lambda: Standing(block=None, chain_head=None, node_up=True, node_since=0),
        settings=Settings(_env_file=None, home=folder),
        policy=Policy(rate=ENOUGH, burst=int(ENOUGH)),
    )
    async with GuardServer(build(context), http=BoundedHttp) as server:
        settle_memory()
        print(json.dumps(server.url), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as name:
        asyncio.run(_serve(Path(sys.argv[1]), Path(name)))
