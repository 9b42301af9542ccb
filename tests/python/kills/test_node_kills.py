"""A node, and the process that guards it and keeps its journal, are killed in the midst of a market's life."""

import asyncio
import signal
import socket
import sys
from collections import Counter
from contextlib import asynccontextmanager, closing
from pathlib import Path

from simulation.moves import Windows
from simulation.network import Node
from simulation.party import accounts
from simulation.stage import prepared
from simulation.truth import Truth

from agents.chain.rpc import Rpc
from agents.lab.audit import audit_chain
from kills.raising import KILLS, Upbringing, job_of
from kills.test_kills import LONGEST_TURN, compared

PROGRAM = Path(__file__).with_name("keeper.py")
ENDS = [("sent", 3), ("node", ""), ("writing", 7), ("commit", 5), ("kept", 4)]
NODE_KILLS = KILLS // 10
BETWEEN_SECONDS, UP_SECONDS = 2, 60
WINDOWS = Windows(usual=(5, 8), reveal=(10, 14))
ENOUGH = 8


class Keeper:
    """The process, which is started again on the same journal and port when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.journal, self._log = folder / "run.db", folder / "keeper.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.killed: Counter[str] = Counter()

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, kind, error, trace):
        if kind is None:
            await self.tell("stop")
            assert await asyncio.wait_for(self._process.wait(), UP_SECONDS) == 0, self._log.read_text()[
                -4000:
            ]
        elif self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(PROGRAM), str(self.journal), str(self._port)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        said = await asyncio.wait_for(self._process.stdout.readline(), UP_SECONDS)
        assert said.startswith(b"up "), self._log.read_text()[-4000:]
        _, self.url, self.raw_url = said.decode().split()

    async def tell(self, what: str, count: object = "") -> None:
        self._process.stdin.write(f"{what} {count}\n".encode())
        await self._process.stdin.drain()

    async def kill(self, what: str, count: object) -> None:
        """The end of one of the two; afterwards both are there again."""
        await self.tell(what, count)
        if what != "node":
            assert await asyncio.wait_for(self._process.wait(), UP_SECONDS) == -signal.SIGKILL
            await self.start()
        self.killed[what] += 1


@asynccontextmanager
async def living(members):
    """The parties live until the end of the block, and then finish what they have begun."""
    over = asyncio.Event()
    lives = [asyncio.create_task(member.go_through(over)) for member in members]
    try:
        yield
        over.set()
        await asyncio.gather(*lives)
    finally:
        for one in lives:
            one.cancel()
        await asyncio.gather(*lives, return_exceptions=True)


async def test_a_market_outlives_its_node_and_its_guard(tmp_path):
    async with Keeper(tmp_path) as keeper:
        addresses = keeper.journal.with_suffix(".json")
        deployment, casts = await prepared(keeper.url, addresses, tmp_path)
        with closing(Node(keeper.url)) as node:
            known = Truth(node.ask, deployment)
        members = [
            Upbringing(
                cast.name,
                job_of(cast, 1 + 3 * at, accounts(casts), keeper.url, addresses, WINDOWS),
                tmp_path,
                kills=0,
            )
            for at, cast in enumerate(casts)
        ]
        async with living(members):
            for number in range(NODE_KILLS):
                await asyncio.sleep(BETWEEN_SECONDS)
                await keeper.kill(*ENDS[number % len(ENDS)])
            await asyncio.sleep(BETWEEN_SECONDS)
        print(dict(keeper.killed))
        async with Rpc(keeper.url) as rpc:
            with closing(Node(keeper.url)) as node:
                await compared(rpc, node, deployment, known, members, casts, LONGEST_TURN, ENOUGH)
            assert (await audit_chain(rpc, deployment)).differences == []
