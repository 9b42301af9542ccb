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

    def __init__(self, node: GuardedNode, line: Line, session: Session, villain: Villain) -> None:
        self._node, self._line, self._session, self._villain = node, line, session, villain
        self.resting = asyncio.Event()

    async def obey(self, command: dict) -> object:
        """What came of a command."""
        match command["do"]:
            case "cut":
                await self._line.cut()
            case "mend":
                await self._line.mend()
            case "hostile":
                return await self._villain.act()
            case "rest":
                # The fleet takes every step that anyone may, sooner than a test can.
                self.resting.set()
            case "warp":
                await self._node.warp(command["seconds"])
            case "give":
                await give(self._session, command["to"], command["credits"] * CREDIT)
            case other:
                raise ValueError(f"there is no command {other!r}")
        return None


async def give(session: Session, accounts: list[str], units: int) -> None:
    """Each of the accounts has so many new credits in its wallet."""
    mint, token = session.faucet.mint, session.deployment.token
    await asyncio.gather(*(mint(token, one, units, intent=f"give:{one}") for one in accounts))


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
        async with asyncio.TaskGroup() as starting:
            explorer = starting.create_task(stack.enter_async_context(ExplorerProcess(seen)))
            crew = starting.create_task(_hire(stack, here))
        session = crew.result().session
        villain = stack.enter_context(Villain.at(session, Seed(TEST_PHRASE).wallet(VILLAIN), home))
        market = Market(node, line, session, villain)
        working = asyncio.create_task(work(crew.result(), until=lambda: False, stop=market.resting))
        _say(_whereabouts(session, node, explorer.result().url))
        try:
            await _listen(market, working)
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


async def _hire(stack: AsyncExitStack, settings: Settings) -> Crew:
    """The fleet, with all that it needs, and credits for the guests."""
    around = replace(WORLD, embedder=Alike())
    session = await stack.enter_async_context(
        open_session(settings, Seed.create(), ScriptedUpstream(answer), surroundings=around)
    )
    crew = await assemble(session, _job())
    await give(session, [Seed(TEST_PHRASE).wallet(number).address for number in GUESTS], GUEST_CREDITS)
    return crew


def _job() -> Job:
    return Job(agents=fleet(5, "closed-form"), source="page", drafts=example_tasks()[:TASKS], windows=WINDOWS)


def _whereabouts(session: Session, node: GuardedNode, explorer: str) -> dict:
    contracts = json.loads(session.settings.addresses.read_text("utf-8"))
    return {"explorer": explorer, "node": node.url, "contracts": contracts}


async def _listen(market: Market, working: asyncio.Task[None]) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        reading = asyncio.create_task(reader.readline())
        await asyncio.wait([reading, working], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            # It has failed, or rests.
            working.result()
        if not (said := await reading):
            return
        _say({"answer": await market.obey(json.loads(said))})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
