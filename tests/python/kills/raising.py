"""Lives of parties and tailers, one after the other, from the outside."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from simulation.moves import Cast, Windows
from simulation.network import Node
from simulation.party import WINDOWS

from agents.chain.rpc import quantity
from kills.doom import MOMENTS

KILLS = int(os.environ.get("AGORA_KILLS", "40"))
"""Of all tests together, about; `make fuzz` has many more."""
PROGRAM = Path(__file__).with_name("nursery.py")
LIFE_SECONDS, LAST_SECONDS = 5, 120
BLOCK_SECONDS = 0.1
"""Of the clock; a second of the chain."""
FEW = 3
"""How often a moment comes before death does, at most."""


class Nursery:
    """Use as ``async with Nursery(log) as nursery``; ``log`` gets what the processes say."""

    def __init__(self, log: Path) -> None:
        self._log = log

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(PROGRAM),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        if kind is not None:
            self._process.kill()
        await self._process.wait()

    async def life(self, **job: object) -> int:
        """The status of a process that does this job."""
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        said = await self._process.stdout.readline()
        assert said, f"the nursery has ended: {self.log}"
        return int(said)

    @property
    def log(self) -> str:
        """The end of what was said."""
        return self._log.read_text()[-4000:]


@dataclass
class Upbringing:
    """How often a process is killed, until it is left in peace. ``job`` is what it does."""

    name: str
    job: dict
    folder: Path
    kills: int
    moments: tuple[str, ...] = MOMENTS
    few: int = FEW
    died: Counter[str] = field(default_factory=Counter)
    """How often it died, by moment."""

    @property
    def store(self) -> Path:
        """Its store."""
        return self.folder / f"{self.name}.db"

    async def go_through(self, until: asyncio.Event | None = None) -> None:
        """All its lives, which do not end before ``until`` is set."""
        dice, number = Random(self.name), 0
        async with Nursery(self.folder / f"{self.name}.log") as nursery:
            while self.died.total() < self.kills or (until and not until.is_set()):
                # What has come least so far; how many times it is tried hangs on how busy the machine is.
                moment = min(self.moments, key=lambda one: self.died[one])
                doom = (moment, dice.randint(1, self.few))
                number += 1
                status = await nursery.life(**self._life(doom, number, LIFE_SECONDS))
                assert status in (0, -signal.SIGKILL), nursery.log
                self.died[moment] += status != 0
                assert until or number < 10 * self.kills + 50, f"it does not die: {self.died}"
            last = self._life(("never", 0), number, LAST_SECONDS) | {"rest": True}
            assert await nursery.life(**last) == 0, nursery.log

    def _life(self, doom: tuple[str, int], number: int, seconds: float) -> dict:
        return (
            {"rest": False}
            | self.job
            | {
                "store": str(self.store),
                "doom": doom,
                "seed": f"{self.name} {number}",
                "seconds": seconds,
            }
        )

    def awake(self, longest_turn: int) -> list[tuple[int, int]]:
        """From when to when in chain time it took turns, none of which was longer than this."""
        spans: list[tuple[str, int, int]] = []
        for line in self.store.with_suffix(".awake").read_text().splitlines():
            process, now = line.split()
            if spans and spans[-1][0] == process and int(now) - spans[-1][2] <= longest_turn:
                spans[-1] = (process, spans[-1][1], int(now))
            else:
                spans.append((process, int(now), int(now)))
        return [(begin, end) for _, begin, end in spans]


async def mine(node: Node) -> None:
    """A block for each second of the chain, until cancelled."""
    now = int(node.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    while True:
        await asyncio.sleep(BLOCK_SECONDS)
        now += 1
        node.ask("evm_setNextBlockTimestamp", quantity(now))
        node.ask("evm_mine")


def job_of(
    cast: Cast,
    first: int,
    others: list[int],
    url: str,
    addresses: Path,
    windows: Windows = WINDOWS,
) -> dict:
    """What a party's processes are told; ``first`` is the index of its first wallet on the test phrase's path."""
    return {
        "provider": url,
        "addresses": str(addresses),
        "name": cast.name,
        "wallets": [first + one for one in range(len(cast.wallets))],
        "agents": cast.agents,
        "others": others,
        "windows": [windows.usual, windows.reveal],
    }
