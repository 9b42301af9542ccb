"""A market at work for the tests of the page: chain, contracts, five agents, a batch of tasks, and the explorer.

    python tests/web/market.py

The agents' model is a script, so that a run is quick and the same each time. Prints one JSON line that says where
things are, then obeys a command a line on standard input and answers each with a line, and ends when that input does.
"""

import asyncio
import json
import os
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from hostile import Villain
from line import Line

from agents.chain.node import GuardedNode
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.explorer.process import ExplorerProcess
from agents.fleet.app import Job, assemble, work
from agents.fleet.company import Crew
from agents.fleet.definitions import fleet
from agents.fleet.session import Session, open_session
from agents.fleet.surroundings import WORLD
from agents.llm.protocol import ModelRequest
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.logs import configure
from agents.market.examples import EXAMPLES, example_tasks
from agents.money import CREDIT
from agents.requester import Windows
from agents.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BLOCK_MS = 250
WINDOWS = Windows(bidding=5, reveal=5, delivery=120, review=10)
TASKS = 8
GUESTS, VILLAIN = (8, 6, 5), 7
"""Accounts of the public test phrase: whose wallets the page is given, and the author of hostile texts."""
GUEST_CREDITS = 500 * CREDIT


class Alike:
    """An embedder to which all texts mean the same."""

    async def embed(self, texts: list[str]) -> np.ndarray:
        """Ones."""
        return np.ones((len(texts), 1), np.float32)


KEYS = {
    line["description"]: line.get("answer", "")
    for line in map(json.loads, EXAMPLES.read_text("utf-8").splitlines())
}


def answer(request: ModelRequest) -> str:
    """An answer in the form that was asked for; right where the task is one of the examples."""
    asked = " ".join(message.content for message in request.messages)
    key = next((known for text, known in KEYS.items() if text in asked and known), "blue")
    fields = (request.schema or {}).get("properties", {})
    return json.dumps({name: _field(name, key) for name in fields})


def _field(name: str, key: str) -> object:
    said = {
        "can_do": True,
        "reason": "it is short",
        "steps": "I counted.",
        "answer": key,
        "text": f"It is {key}.",
    }
    return said.get(name, "yes")


class Market:
    """Everything that runs, and what the tests may ask of it."""

    def __init__(self, crew: Crew, line: Line, villain: Villain) -> None:
        self._crew, self._line, self._villain = crew, line, villain

    async def obey(self, command: dict) -> object:
        """What came of a command."""
        match command["do"]:
            case "cut":
                await self._line.cut()
            case "mend":
                await self._line.mend()
            case "hostile":
                return await self._villain.act()
            case other:
                raise ValueError(f"there is no command {other!r}")
        return None


async def main() -> None:
    """Run until standard input ends."""
    os.environ["PYTHONPATH"] = str(ROOT)
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agora-page-")))
        configure("WARNING", as_json=True, file=home / "market.log")
        settings = Settings(
            home=home, addresses=home / "contract_addresses.json", content=str(home / "content")
        )
        node = await stack.enter_async_context(
            GuardedNode(home / "run.db", block_ms=BLOCK_MS, log=home / "node.log")
        )
        await node.deploy(settings.addresses)
        line = await stack.enter_async_context(Line(node.url))
        here = settings.model_copy(update={"provider": node.url})
        seen = settings.model_copy(update={"provider": line.url})
        explorer = await stack.enter_async_context(ExplorerProcess(seen))
        around = replace(WORLD, embedder=Alike())
        session = await stack.enter_async_context(
            open_session(here, Seed.create(), ScriptedUpstream(answer), surroundings=around)
        )
        crew = await assemble(session, _job())
        for number in GUESTS:
            guest = Seed(TEST_PHRASE).wallet(number)
            await session.faucet.mint(
                session.deployment.token, guest.address, GUEST_CREDITS, intent=f"guest:{number}"
            )
        stop = asyncio.Event()
        working = asyncio.create_task(work(crew, until=lambda: False, stop=stop))
        villain = stack.enter_context(Villain.at(session, Seed(TEST_PHRASE).wallet(VILLAIN), home))
        _say(_whereabouts(session, node, explorer.url))
        try:
            await _listen(Market(crew, line, villain), working)
        finally:
            stop.set()
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


def _job() -> Job:
    return Job(agents=fleet(5, "closed-form"), source="page", drafts=example_tasks()[:TASKS], windows=WINDOWS)


def _whereabouts(session: Session, node: GuardedNode, explorer: str) -> dict:
    contracts = json.loads(session.settings.addresses.read_text("utf-8"))
    return {"explorer": explorer, "node": node.url, "contracts": contracts}


async def _listen(market: Market, working: asyncio.Task) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while not working.done():
        reading = asyncio.create_task(reader.readline())
        await asyncio.wait([reading, working], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            reading.cancel()
            working.result()
        if not (said := await reading):
            return
        _say({"answer": await market.obey(json.loads(said))})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
