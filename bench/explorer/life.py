"""A market's life to index: a real one, and as much more of the same as a bench wants.

The real one is a fleet with a scripted model on a guarded node: a hundred agents, ten bids a task. What the explorer's
reader made of its blocks is kept in build/, so that it is lived once. More of it are copies from the first task on: the
same events, in blocks, transactions and tasks of their own. Balances then are none that could be, as nobody is paid in
again, but every table gets the rows that it would have.
"""

import asyncio
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from eth_utils.crypto import keccak

from agents.chain.bindings import task_manager
from agents.chain.blocks import Header
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.rpc import Rpc, number
from agents.explorer.reader import BlockData, MarketReader, Transaction
from bench.fleet.ground import child, ground

KEPT = Path(__file__).resolve().parents[2] / "build" / "explorer-life.pickle"
AGENTS, TASKS, BLOCK_MS = 100, 1600, 1000
RANGE = 50
"""Blocks read at a time."""


@dataclass(frozen=True, slots=True)
class Life:
    """All blocks of a market, and where its contracts are."""

    deployment: Deployment
    blocks: tuple[BlockData, ...]

    @property
    def events(self) -> int:
        """How many there are."""
        return sum(len(block.logs) for block in self.blocks)

    def repeated(self, events: int) -> Iterator[BlockData]:
        """The life, and copies of it until there are so many events; all blocks form one chain."""
        yield from self.blocks
        seen, again, last = self.events, self._from_first_task(), self.blocks[-1].header
        before = again[0].header
        tasks = sum(self._is_creation(log) for block in again for log in block.logs)
        copy = 0
        while seen < events:
            copy += 1
            copied = _Copy(
                copy, tasks * copy, last.number - before.number + 1, last.timestamp - before.timestamp + 1
            )
            for block in again:
                if seen >= events:
                    return
                made = copied.block(block, last.hash, self.deployment)
                seen, last = seen + len(made.logs), made.header
                yield made

    def _from_first_task(self) -> list[BlockData]:
        first = next(at for at, block in enumerate(self.blocks) if any(map(self._is_creation, block.logs)))
        return list(self.blocks[first:])

    def _is_creation(self, log: Log) -> bool:
        ours = log.address == self.deployment.tasks.address
        return ours and log.topics[0] == task_manager.TaskCreated.TOPIC


@dataclass(frozen=True, slots=True)
class _Copy:
    number: int
    tasks: int
    blocks: int
    seconds: int

    def block(self, block: BlockData, parent: str, deployment: Deployment) -> BlockData:
        header = Header(
            block.header.number + self.blocks,
            self.named(block.header.hash),
            parent,
            block.header.timestamp + self.seconds,
            block.header.base_fee,
            transactions=tuple(map(self.named, block.header.transactions)),
        )
        about = {deployment.tasks.address, deployment.auction.address}
        logs = tuple(
            self.log(log, header, about) for log in block.logs if log.address != deployment.registry.address
        )
        kept = tuple(replace(log, index=at) for at, log in enumerate(logs))
        return BlockData(header, kept, tuple(map(self.transaction, block.transactions)))

    def log(self, log: Log, header: Header, about: set[str]) -> Log:
        topics = log.topics
        if log.address in about and len(topics) > 1:
            task = int.from_bytes(topics[1]) + self.tasks
            topics = (topics[0], task.to_bytes(32), *topics[2:])
        return Log(
            header.number, header.hash, log.index, self.named(log.tx_hash), log.address, topics, log.data
        )

    def transaction(self, transaction: Transaction) -> Transaction:
        return replace(transaction, hash=self.named(transaction.hash))

    def named(self, hash_: str) -> str:
        """Another hash, the same each time."""
        return "0x" + keccak(bytes.fromhex(hash_[2:]) + self.number.to_bytes(4)).hex()


def life() -> Life:
    """The life that is kept, or a new one, which takes minutes."""
    if not KEPT.exists():
        print("  a market has to live first: some minutes", flush=True)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_bytes(pickle.dumps(asyncio.run(_lived())))
    found = pickle.loads(KEPT.read_bytes())
    assert isinstance(found, Life)
    return found


async def _lived() -> Life:
    async with ground(BLOCK_MS) as place:
        with child("market", str(place.folder), str(AGENTS), str(TASKS)) as market:
            if await asyncio.to_thread(market.wait) != 0:
                raise RuntimeError("the market failed")
        async with Rpc(place.url) as rpc:
            deployment = await Deployment.load(place.settings.addresses, rpc)
            reader, blocks, parent = MarketReader(rpc, deployment), list[BlockData](), None
            head = number(await rpc.call("eth_blockNumber"))
            for first in range(deployment.deploy_block, head + 1, RANGE):
                found = await reader.read(first, min(head, first + RANGE - 1), parent)
                assert found
                parent = found[-1].header.hash
                blocks += [_slim(block) for block in found]
            return Life(deployment, tuple(blocks))


def _slim(block: BlockData) -> BlockData:
    """Without what was read of transactions that are not the market's."""
    return replace(block, header=replace(block.header, bodies=()))
