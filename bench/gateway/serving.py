"""A gateway over a stub, in a process of its own, whose agents have channels of which no chain knows.

    python -m bench.gateway.serving UPSTREAM AGENTS

Tells its address and the agents' keys on standard output, and serves until its standard input is closed.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from agents.chain.devnet import CHAIN_ID
from agents.chain.guard.server import GuardServer, settle_memory
from agents.llm.gateway.gateway import Gateway
from agents.llm.gateway.keys import Keys
from agents.llm.gateway.signin import Place
from agents.llm.gateway.wire import BoundedHttp
from agents.llm.upstreams.base import Upstream
from agents.llm.upstreams.http import HttpUpstream
from agents.llm.upstreams.router import Router
from bench.gateway.books import metered, prices, wallet
from bench.gateway.stub import MODEL

PURPOSE = "work"


class Nobody:
    """Lets nobody sign in: the agents here are the process's own."""

    async def may_act(self, _agent_id: int, _address: str) -> bool:
        """Nobody may."""
        return False

    async def approves(self, _address: str, _digest: bytes, _signature: bytes) -> bool:
        """Nothing is approved."""
        return False


@dataclass(frozen=True, slots=True)
class Served:
    """Where something answers, whose keys hold, and its process."""

    url: str
    keys: tuple[str, ...]
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        user, system, *_ = self.process.cpu_times()
        return user + system


@contextmanager
def stub(delay_ms: float) -> Iterator[Served]:
    """The stub in a process of its own."""
    with _program("stub", str(delay_ms)) as (process, line):
        yield Served(f"http://127.0.0.1:{int(line)}/v1", (), psutil.Process(process.pid))


@contextmanager
def serving(upstream: str, agents: int) -> Iterator[Served]:
    """A gateway in a process of its own."""
    with _program("serving", upstream, str(agents)) as (process, line):
        told = json.loads(line)
        yield Served(told["url"] + "/v1", tuple(told["keys"]), psutil.Process(process.pid))


@asynccontextmanager
async def gateway(upstream: str, agents: int) -> AsyncIterator[tuple[Gateway, list[str]]]:
    """A gateway in this process, and the agents' keys."""
    async with HttpUpstream(upstream, {MODEL: MODEL}) as endpoint:
        with opened(Router([endpoint]), agents) as found:
            yield found


@contextmanager
def opened(upstream: Upstream, agents: int) -> Iterator[tuple[Gateway, list[str]]]:
    """The same over any upstream."""
    with (
        tempfile.TemporaryDirectory(prefix="agora-bench-") as name,
        metered(Path(name), agents) as (meter, store),
    ):
        place = Place("gateway", "http://gateway", CHAIN_ID)
        keys = Keys(store, wallet(0), place, Nobody())
        made = Gateway(upstream=upstream, prices=prices(Path(name)), meter=meter, keys=keys)
        joined = [made.join(number, f"agent {number}", wallet(number)) for number in range(1, agents + 1)]
        yield made, [one.get_secret_value() for one in joined]


@contextmanager
def _program(module: str, *arguments: str) -> Iterator[tuple[Any, str]]:
    command = [sys.executable, "-m", f"bench.gateway.{module}", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.stdin.close()


async def _serve(upstream: str, agents: int) -> None:
    async with gateway(upstream, agents) as (made, keys), GuardServer(made.app, http=BoundedHttp) as server:
        settle_memory()
        print(json.dumps({"url": server.url, "keys": keys}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
