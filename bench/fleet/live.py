"""One fleet at work in a process of its own, which measures itself.

    python -m bench.fleet.live FOLDER AGENTS SECONDS

It enrols, says so by a file ``enrolled``, works for so many seconds, and leaves ``live.json`` in FOLDER: how long the
enrolment took, what each agent holds of the memory, and when which commitment was with the node.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from agents.chain.bindings.bid_auction import BidAuction
from agents.chain.deployment import Deployment
from agents.chain.rpc import CONNECTIONS, IDLE_SECONDS, Rpc
from agents.chain.tailer import BlockEvents
from agents.chain.wallet import Seed
from agents.fleet.app import Job, assemble, work
from agents.fleet.definitions import fleet
from agents.fleet.session import Session
from agents.llm.embeddings import Embedder
from agents.llm.protocol import ModelRequest
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.logs import configure
from agents.market.content import ContentStore
from bench.fleet.ground import Ground

_COMMIT = BidAuction("0x" + "00" * 20).commit(1, 1, 1).data[:4].hex()


class Watch(httpx.AsyncBaseTransport):
    """The way to the node; it notes when the node had taken what was sent."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS)
        self._inner = httpx.AsyncHTTPTransport(limits=limits)
        self.taken: list[tuple[float, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        if b"eth_sendRawTransaction" in request.content:
            self.taken.append((time.time(), request.content))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    def commitments(self) -> list[tuple[float, int]]:
        """When the node had taken each commitment, and its task."""
        found = []
        for second, content in self.taken:
            body = json.loads(content)
            for one in body if isinstance(body, list) else [body]:
                raw = one["params"][0]
                at = raw.rfind(_COMMIT)
                if at >= 0:
                    found.append((second, int(raw[at + 8 : at + 72], 16)))
        return found


class Births:
    """The block in which each task was posted."""

    def __init__(self) -> None:
        self.block: dict[int, int] = {}

    def take(self, block: BlockEvents) -> None:
        for logged in block.events:
            if type(logged.event).__name__ == "TaskCreated":
                self.block[logged.event.task_id] = logged.block

    def reset(self) -> None:
        """Blocks do not leave the chain here."""


class Alike(Embedder):
    """All texts mean the same: what a real embedder takes for a new text is measured by itself."""

    async def embed(self, texts: Sequence[str]) -> Any:
        return np.ones((len(texts), 1), np.float32)


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    return psutil.Process().memory_info().rss


def answer(request: ModelRequest) -> str:
    """What the scripted model says."""
    opinion = {"can_do": True, "reason": "it is short"}
    return json.dumps(opinion if request.purpose == "fit" else {"answer": "blue"})


async def main(folder: Path, agents: int, seconds: float) -> None:
    """Enrol, work, and write down what was measured."""
    place = Ground(folder)
    settings, watch, births = place.settings, Watch(), Births()
    configure(settings.log_level, as_json=True)
    async with Rpc(settings.provider, transport=watch) as rpc:
        session = Session(
            settings=settings,
            rpc=rpc,
            deployment=await Deployment.load(settings.addresses, rpc),
            seed=Seed.open(settings.home),
            upstream=ScriptedUpstream(answer),
            embedder=Alike(),
            content=ContentStore(settings.content),
        )
        before, begun, cpu = resident(), time.time(), time.process_time()
        crew = await assemble(session, Job(agents=fleet(agents, "closed-form")))
        session.feed.follow(births)
        told: dict[str, Any] = {
            "agents": agents,
            "base_bytes": before,
            "enrolment_s": time.time() - begun,
            "enrolment_cpu_s": time.process_time() - cpu,
            "enrolled_bytes": resident(),
        }
        watch.taken.clear()
        (folder / "enrolled").touch()
        stop, cpu = asyncio.Event(), time.process_time()
        asyncio.get_running_loop().call_later(seconds, stop.set)
        await work(crew, until=lambda: False, stop=stop)
        told |= {
            "work_s": seconds,
            "work_cpu_s": time.process_time() - cpu,
            "worked_bytes": resident(),
            "born": births.block,
            "commitments": watch.commitments(),
        }
        (folder / "live.json").write_text(json.dumps(told))
        await session.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
