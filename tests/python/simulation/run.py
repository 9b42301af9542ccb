"""One life of the market, by its seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from agents.chain.deployment import Deployment
from simulation.clock import VirtualLoop
from simulation.life import MOMENTS, Killed, Life, keep_count
from simulation.moves import Cast
from simulation.network import BLOCK_SECONDS, Network, Node, Weather
from simulation.party import Party, accounts, run
from simulation.truth import Truth, differences, silences

ACTIVE_SECONDS = 100
"""How long the weather is bad."""
HEALING_SECONDS = 300
"""How long it takes at most until nothing is left to do."""
LIFE_SECONDS = (16, 80)
DOWN_SECONDS = 16
AWAKE_SECONDS = 10 * BLOCK_SECONDS
"""Who is awake for so long while a window for its reveal is open, opens its bid."""


@dataclass
class Member:
    """A party, through all its lives."""

    cast: Cast
    path: Path
    party: Party | None = None
    life: Life | None = None
    ends: list[str] = field(default_factory=list)
    """How each life ended."""
    awake: list[list[int]] = field(default_factory=list)
    """For each life, the chain's time at its first turn and at its last."""
    closing: asyncio.TimerHandle | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, now: int) -> None:
        """It takes a turn."""
        self.awake[-1] = [*self.awake[-1][:1], now] if self.awake[-1] else [now, now]

    def spare(self) -> None:
        """It lives until it is told to stop."""
        if self.closing:
            self.closing.cancel()
        if self.life:
            self.life.doom = None
        if self.party:
            self.party.eager = False


class Failure(AssertionError):
    """What a seed brought to light, and all that happened before."""


@dataclass
class Simulation:
    """A market of ``casts`` on a node that does not mine by itself; ``start`` is the time of its next block."""

    node: Node
    deployment: Deployment
    casts: list[Cast]
    known: Truth
    start: int

    def play(self, seed: int, folder: Path, weather: Weather | None = None) -> Counter[str]:
        """The whole life; what happened in it, by kind. The weather is the seed's, if not told otherwise.
        Raises Failure."""
        return _Play(self, seed, folder, weather or Weather.of(seed)).run()


class _Play:
    def __init__(self, market: Simulation, seed: int, folder: Path, weather: Weather) -> None:
        self.market, self.seed, self.dice = market, seed, Random(f"simulation {seed}")
        self.weather = weather
        self.network = Network(market.node, seed, market.start, weather)
        self.members = [Member(cast, folder / f"{cast.name}.db") for cast in market.casts]
        self.others = accounts(market.casts)
        self.loop = VirtualLoop()
        keep_count(self.loop)

    def run(self) -> Counter[str]:
        random.seed(self.seed)  # What the code under test draws for its pauses.
        asyncio.set_event_loop(self.loop)
        try:
            found = self.loop.run_until_complete(self._play())
        finally:
            self._end()
        found += [f"nobody looked at {one}" for one in self.loop.strays if not _is_death(one)]
        if found:
            raise Failure(self._told(found))
        return self._counts()

    async def _play(self) -> list[str]:
        self.healed, self.over = False, asyncio.Event()
        miner = asyncio.create_task(self.network.mine())
        lives = [asyncio.create_task(self._lives(member)) for member in self.members]
        await self._until_failure(lives, ACTIVE_SECONDS)
        self.healed = True
        self.network.heal()
        for member in self.members:
            member.spare()
        found = []
        for _ in range(2):
            # What is begun is finished first, and then nothing new is begun.
            found += await self._until(lives, lambda party: party.is_done(), "has something left to do")
            for member in self.members:
                member.party.quiet = True
        miner.cancel()
        head = self.market.node.ask("eth_getBlockByNumber", "latest", False)["hash"]
        found += await self._until(lives, lambda party: party.knows(head), "does not know the newest block")
        if not found:
            self.truth = Truth(self.market.node.ask, self.market.deployment, self.market.known)
            for member in self.members:
                found += differences(
                    self.truth, member.path, member.cast, member.party.moves.market, member.party.feed.view
                )
                found += silences(
                    self.truth,
                    member.path,
                    member.cast,
                    [(begin, end) for begin, end in filter(None, member.awake)],
                    self.network.forked,
                    AWAKE_SECONDS,
                )
        self.over.set()
        for member in self.members:
            member.stop.set()
        await asyncio.gather(*lives)
        return found

    async def _lives(self, member: Member) -> None:
        """One life after the other."""
        while not self.over.is_set():
            doom = None
            if not self.healed and self.dice.random() < self.weather.deaths:
                moment = self.dice.choice([*MOMENTS])
                doom = (moment, self.dice.randint(1, MOMENTS[moment]))
            member.life = Life(self.network.way(member.cast.name), doom)
            member.stop = asyncio.Event()
            if not self.healed:
                member.closing = self.loop.call_later(self.dice.uniform(*LIFE_SECONDS), member.stop.set)
            member.awake.append([])
            try:
                await member.life.live(self._process(member))
                member.ends.append("shut down")
            except Killed:
                member.ends.append(f"killed {member.life.moment}")
            member.party = None
            if member.closing:
                member.closing.cancel()
            if not self.healed:
                await asyncio.sleep(self.dice.uniform(0, DOWN_SECONDS))

    async def _process(self, member: Member) -> None:
        def opened(party: Party) -> None:
            member.party = party
            party.eager = not self.healed

        await run(
            member.cast,
            member.path,
            "http://node",
            self.market.deployment,
            self.others,
            Random(f"{self.seed} {member.cast.name} {len(member.ends)}"),
            pace=BLOCK_SECONDS,
            stop=member.stop,
            awake=member.see,
            opened=opened,
            transport=member.life.transport(),
            open_store=member.life.open,
        )

    async def _until_failure(self, lives: list[asyncio.Task], seconds: float) -> None:
        done, _ = await asyncio.wait(lives, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _until(self, lives: list[asyncio.Task], fits: Callable[[Party], bool], what: str) -> list[str]:
        """Wait until the condition holds for all; who never meets it."""
        end = self.loop.time() + HEALING_SECONDS
        while left := [one for one in self.members if not (one.party and fits(one.party))]:
            if self.loop.time() > end:
                return [f"{one.cast.name} {what}: {one.party and one.party.state()}" for one in left]
            await self._until_failure(lives, BLOCK_SECONDS / 2)
        return []

    def _end(self) -> None:
        """Nothing is left running."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        self.loop.close()

    def _counts(self) -> Counter[str]:
        counts = Counter(end for member in self.members for end in member.ends)
        counts["forks"] = len(self.network.forks.happened)
        counts["forgotten"] = self.network.dropped
        for engine in self.network.engines.values():
            counts.update(str(one.fault) for one in engine.happened)
        counts.update(type(event).__name__ for event in self.truth.events[len(self.market.known.events) :])
        return counts

    def _told(self, found: list[str]) -> str:
        lines = [f"seed {self.seed} ({self.weather}) leaves {len(found)} differences:", *found[:40]]
        for member in self.members:
            lines.append(f"lives of {member.cast.name}: {', '.join(member.ends)}")
            happened = self.network.way(member.cast.name).happened
            lines.append(f"faults of {member.cast.name}: {'; '.join(map(str, happened))}")
        lines.append(f"forks: {self.network.forks.happened}; {self.network.dropped} transactions forgotten")
        return "\n".join(lines)


def _is_death(context: dict[str, Any]) -> bool:
    return isinstance(context.get("exception"), Killed)
