"""How fast an index takes in the past of a chain: decoding, folding and writing, on one thread."""

import asyncio
import tempfile
import time
from pathlib import Path
from random import Random

from agents.explorer.database import open_engine
from agents.explorer.reader import BlockData, MarketReader
from agents.explorer.writer import Writer
from bench.explorer.chain import ScriptedChain, rpc_to
from bench.explorer.market import scripted_deployment
from bench.explorer.postgres import running_postgres

RANGE = 100
MOST = 8
AGENTS = 200


def blocks(events: int, seed: str = "backfill") -> tuple[ScriptedChain, list[list[BlockData]]]:
    """A chain of about so many events, and its blocks as they are read, in ranges."""
    chain, dice = ScriptedChain(scripted_deployment(), MOST, agents=AGENTS, forks=False), Random(seed)
    while sum(len(block.logs) for block in chain.blocks) < events:
        chain.mine(dice, RANGE)
    return chain, asyncio.run(_read(chain))


async def _read(chain: ScriptedChain) -> list[list[BlockData]]:
    parts: list[list[BlockData]] = []
    async with rpc_to(chain) as rpc:
        reader = MarketReader(rpc, chain.deployment)
        for first in range(1, chain.head + 1, RANGE):
            parent = parts[-1][-1].header.hash if parts else None
            part = await reader.read(first, min(first + RANGE - 1, chain.head), parent)
            assert part is not None
            parts.append(part)
    return parts


def speed(chain: ScriptedChain, parts: list[list[BlockData]], database: str) -> float:
    """Events in a second that are decoded, folded and written into this database, which is empty."""
    engine = open_engine(database)
    writer = Writer(engine, chain.deployment)
    writer.open()
    began = time.perf_counter()
    for part in parts:
        writer.write(part, chain.head)
    seconds = time.perf_counter() - began
    writer.close()
    engine.dispose()
    return sum(len(block.logs) for part in parts for block in part) / seconds


def figures(events: int) -> dict[str, float]:
    """Events in a second, by the kind of database."""
    chain, parts = blocks(events)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = speed(chain, parts, f"sqlite:///{Path(folder) / 'explorer.db'}")
    with running_postgres() as server:
        postgresql = speed(chain, parts, server.database())
    return {"sqlite": sqlite, "postgresql": postgresql}
