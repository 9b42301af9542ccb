"""Mines a journal's blocks again on a fresh node, and sees that each is the same."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from agents.chain.devnet import Devnet
from agents.chain.journal.blocks import Block, Genesis, Origin
from agents.chain.journal.book import Journal
from agents.chain.rpc import Rpc, quantity
from agents.errors import JournalOfAnotherChain, ReplayMismatch

MOST_BLOCKS, MOST_BYTES = 200, 1 << 20
"""Of one request: the node answers nothing else meanwhile, and the answer must come in time."""
OUTCOME_BYTES = 8

Progress = Callable[[int, int], None]
"""Is told how many blocks of how many are done."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did."""

    blocks: int
    transactions: int
    seconds: float

    @property
    def rate(self) -> float:
        """Transactions a second."""
        return self.transactions / self.seconds if self.seconds else 0.0


async def first_block(rpc: Rpc, genesis: Genesis) -> Origin:
    """How the node's chain begins."""
    told = await rpc.call("eth_getBlockByNumber", "0x0", False)
    return Origin(genesis, bytes.fromhex(told["hash"][2:]), bytes.fromhex(told["stateRoot"][2:]))


async def replay(
    rpc: Rpc, journal: Journal, last: int | None = None, progress: Progress | None = None
) -> Replayed:
    """The fresh node behind ``rpc`` has the journal's blocks up to ``last``, with the same states and hashes.

    Raises JournalOfAnotherChain, JournalDamaged, ReplayMismatch, BlockNotInJournal or TransportError.
    """
    origin = journal.origin
    assert origin is not None, "the chain has not begun"
    found = await first_block(rpc, origin.genesis)
    if found.hash != origin.hash:
        raise JournalOfAnotherChain(journal.path, f"0x{origin.hash.hex()}", f"0x{found.hash.hex()}")
    until = journal.last if last is None else last
    began, blocks, transactions = time.perf_counter(), 0, 0
    for part in _parts(journal.blocks(last)):
        asked = [[quantity(one.timestamp), ["0x" + raw.hex() for raw in one.transactions]] for one in part]
        mined = await rpc.call("agora_replayBlocks", asked)
        for block, told in zip(part, mined, strict=False):
            await _compare(rpc, journal.path, block, told)
        blocks += len(part)
        transactions += sum(len(one.transactions) for one in part)
        if progress:
            progress(blocks, until)
    return Replayed(blocks, transactions, time.perf_counter() - began)


@asynccontextmanager
async def replayed(
    journal: Journal, last: int | None = None, *, log: Path | None = None, progress: Progress | None = None
) -> AsyncIterator[tuple[Rpc, Replayed]]:
    """A node for this block of code only, on which the journal stands at ``last``; raises what ``replay`` does."""
    assert journal.origin is not None, "the chain has not begun"
    async with Devnet(genesis=journal.origin.genesis.setting, log=log) as devnet, Rpc(devnet.url) as rpc:
        await rpc.call("hardhat_setLoggingEnabled", False)
        yield rpc, await replay(rpc, journal, last, progress)


def _parts(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks in lists that fit into one request."""
    part: list[Block] = []
    size = 0
    for block in blocks:
        length = sum(map(len, block.transactions))
        if part and (len(part) == MOST_BLOCKS or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(block)
        size += length
    if part:
        yield part


async def _compare(rpc: Rpc, path: Path, block: Block, told: Any) -> None:
    """Raises ReplayMismatch, which names the transaction where one can be told."""
    if "refused" in told:
        at, why = told["index"], f"is refused ({told['refused']})"
        which = _hash(block.transactions[at]) if at < len(block.transactions) else None
        raise ReplayMismatch(path, block.number, which, why)
    if told["stateRoot"] == f"0x{block.state_root.hex()}" and told["hash"] == f"0x{block.hash.hex()}":
        return
    hashes = [_hash(raw) for raw in block.transactions]
    for at, expected in enumerate(hashes):
        if told["transactions"][at : at + 1] != [expected]:
            raise ReplayMismatch(path, block.number, expected, "is left out or in another place")
    outcomes = bytes.fromhex((await rpc.call("agora_outcomes", quantity(block.number)))[2:])
    for at, expected in enumerate(hashes):
        span = slice(at * OUTCOME_BYTES, (at + 1) * OUTCOME_BYTES)
        if outcomes[span] != block.outcomes[span]:
            raise ReplayMismatch(path, block.number, expected, "has another outcome")
    what = "state" if told["stateRoot"] != f"0x{block.state_root.hex()}" else "hash"
    raise ReplayMismatch(path, block.number, None, f"has another {what}")


def _hash(transaction: bytes) -> str:
    return "0x" + keccak(transaction).hex()
