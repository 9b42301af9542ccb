"""The ground that fleets are measured on: a guarded node and the parties, each in a process of its own."""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.faucet import Faucet
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed, Wallet
from agents.market.content import ContentStore
from agents.market.domain import AwardMode, account_of
from agents.market.marketplace import Marketplace, TaskTerms
from agents.market.readers import TaskDraft
from agents.market.specification import AnswerKey, ExactChecker, TaskSpecification
from agents.money import CREDIT
from agents.settings import Settings

SKILLS = ("research", "extraction", "code-reading", "mathematics", "writing", "sentiment", "blockchain")
"""Each is claimed by one to three in five of the fleet's agents."""
RESERVE = 20 * CREDIT
START_SECONDS = 120
BUYERS = 40


@dataclass(slots=True)
class Ground:
    """A node that runs, and a folder for whoever is measured on it."""

    folder: Path

    @property
    def url(self) -> str:
        """Where the guard answers."""
        return (self.folder / "url").read_text()

    @property
    def settings(self) -> Settings:
        """Of the fleet on it, which logs nothing but warnings."""
        home = self.folder / "home"
        return Settings(
            provider=self.url,
            home=home,
            addresses=self.folder / "addresses.json",
            content=str(home / "content"),
            log_level="WARNING",
        )

    def seen(self) -> dict[int, float]:
        """By block: when clients could see it."""
        lines = (line.split() for line in (self.folder / "blocks").read_text().splitlines())
        return {int(number): float(second) for number, second in lines}


@asynccontextmanager
async def ground(block_ms: int) -> AsyncIterator[Ground]:
    """A fresh node with the market on it; its folder is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as name:
        folder = Path(name)
        with child("node", name, str(block_ms)) as process:
            for _ in range(START_SECONDS * 10):
                if (folder / "url").exists():
                    break
                if process.poll() is not None:
                    raise RuntimeError("the node does not start")
                await asyncio.sleep(0.1)
            yield Ground(folder)


@contextlib.contextmanager
def child(module: str, *arguments: str) -> Any:
    """Another program of this package; it is ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"bench.fleet.{module}", *arguments], stdin=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def draft(number: int) -> TaskDraft:
    """A task that the scripted model can do; no two are alike."""
    key = AnswerKey.create("blue")
    skill = SKILLS[number % len(SKILLS)]
    specification = TaskSpecification(
        title=f"Task {number} in {skill}",
        description=f"Which colour is named in: 'Lamp number {number} is blue.'",
        skill=skill,
        checker=ExactChecker(commitment=key.commitment()),
    )
    return TaskDraft(specification, key, RESERVE, AwardMode.SEALED_SECOND_PRICE)


class Buyers:
    """Requesters that post tasks side by side, from a store and a process of their own."""

    def __init__(self, place: Ground, rpc: Rpc, deployment: Deployment, number: int) -> None:
        home = place.folder / "buyers"
        self.store = Store.open(home / "buyers.db")
        self.store.pin(deployment.chain_id, deployment.genesis_hash)
        self.sender = Sender(rpc, self.store, deployment.chain_id)
        self.faucet = Faucet(rpc, self.store, deployment.chain_id)
        self.market = Marketplace(rpc, deployment, self.sender)
        self.content = ContentStore(place.settings.content)
        self._deployment = deployment
        seed = Seed.create()
        self.wallets: list[Wallet] = [seed.wallet(index) for index in range(number)]

    async def fund(self, units: int) -> None:
        """Each can pay for gas and has so many free units."""
        token, ledger = self._deployment.token, self._deployment.ledger
        await self.faucet.fund([wallet.address for wallet in self.wallets], 10**17)
        await self.faucet.stock(token, ledger.address, units * len(self.wallets), intent="stock")
        await asyncio.gather(
            *(
                self.faucet.deposit(ledger, account_of(wallet.address), units, intent=f"deposit:{number}")
                for number, wallet in enumerate(self.wallets)
            )
        )

    async def describe(self, number: int) -> TaskTerms:
        """The terms of a task whose document is in the store; its bidding outlasts every measurement."""
        specification = draft(number).specification
        digest = await self.content.put(specification.canonical_bytes())
        wallet = self.wallets[number % len(self.wallets)]
        return TaskTerms(
            digest, specification.skill, RESERVE, wallet.address, bidding_window=600, reveal_window=600
        )

    async def post(self, number: int, terms: TaskTerms) -> int:
        """The task's id, once it is in a block."""
        wallet = self.wallets[number % len(self.wallets)]
        return await self.market.create_task(wallet, terms, intent=f"task:{number}")

    async def close(self) -> None:
        """Stop sending."""
        await self.faucet.close()
        await self.sender.close()
        self.store.close()


async def post(place: Ground, fleet: "subprocess.Popen[bytes]", a_second: float, seconds: float) -> None:
    """Post tasks at an even pace, once the fleet is there; at once if it has ended."""
    async with Rpc(place.url) as rpc:
        buyers = Buyers(place, rpc, await Deployment.load(place.settings.addresses, rpc), BUYERS)
        try:
            count = round(a_second * seconds)
            await buyers.fund(2 * RESERVE * count // BUYERS)
            terms = [await buyers.describe(number) for number in range(count)]
            while not (place.folder / "enrolled").exists() and fleet.poll() is None:
                await asyncio.sleep(0.1)
            posts = []
            for number, one in enumerate(terms):
                posts.append(asyncio.create_task(buyers.post(number, one)))
                await asyncio.sleep(1 / a_second)
            await asyncio.gather(*posts)
        finally:
            await buyers.close()


def told(path: Path) -> Any:
    """What a child wrote down."""
    return json.loads(path.read_text())
