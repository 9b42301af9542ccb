"""How fast an index takes in a chain's past.

The blocks are given, as the reader makes them of a node's answers; decoding, folding and writing them is what is
measured, in the batches in which the indexer writes, each a transaction: into a SQLite file, and into a PostgreSQL
server on the same machine. And all of it from a guarded Hardhat node on the same machine, which then does most of
the work: it is asked for logs, blocks, transactions and receipts.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.indexer import RANGE, Indexer
from agents.explorer.writer import Writer
from bench.explorer.life import BLOCK_MS, Life, life
from bench.explorer.postgres import running_postgres
from bench.fleet.ground import child, ground

EVENTS = 100_000
AGENTS, TASKS = 100, 1600
WANTED = 5_000


def run(events: int = EVENTS) -> dict[str, Any]:
    """Events a second, by where they come from and where they go."""
    lived, figures = life(), dict[str, Any]()
    with sqlite() as url:
        figures["given blocks, SQLite"] = _filled(url, lived, events)
    with running_postgres() as server:
        figures["given blocks, PostgreSQL"] = _filled(server.database(), lived, events)
    figures["from a node, SQLite"] = asyncio.run(_from_node())
    figures["met"] = figures["given blocks, SQLite"]["events/s"] >= WANTED
    return figures


@contextmanager
def sqlite() -> Iterator[str]:
    """The address of a database in a file that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
        yield f"sqlite:///{folder}/explorer.db"


def fill(url: str, lived: Life, events: int) -> float:
    """The index holds so many events; the seconds that this took."""
    engine = open_engine(url)
    writer = Writer(engine, lived.deployment)
    writer.open()
    blocks, seconds = lived.repeated(events), 0.0
    newest = 1 << 32  # A backlog: nothing of it is near the head.
    while batch := list(itertools.islice(blocks, RANGE)):
        begun = time.perf_counter()
        writer.write(batch, newest)
        seconds += time.perf_counter() - begun
    writer.close()
    engine.dispose()
    return seconds


def _filled(url: str, lived: Life, events: int) -> dict[str, Any]:
    seconds = fill(url, lived, events)
    return _row(url, seconds)


def _row(url: str, seconds: float) -> dict[str, Any]:
    engine = open_engine(url)
    with engine.connect() as connection:
        events = connection.scalar(select(func.count()).select_from(schema.events)) or 0
        transactions = connection.scalar(select(func.count()).select_from(schema.transactions)) or 0
    engine.dispose()
    row = {"events": events, "transactions": transactions, "events/s": round(events / seconds)}
    print("  " + " · ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


async def _from_node() -> dict[str, Any]:
    async with ground(BLOCK_MS) as place:
        with child("market", str(place.folder), str(AGENTS), str(TASKS)) as market:
            if await asyncio.to_thread(market.wait) != 0:
                raise RuntimeError("the market failed")
        url = f"sqlite:///{Path(place.folder) / 'explorer.db'}"
        async with Rpc(place.url) as rpc:
            deployment = await Deployment.load(place.settings.addresses, rpc)
            engine = open_engine(url)
            begun = time.perf_counter()
            async with Indexer(rpc, deployment, engine) as indexer:
                await indexer.catch_up()
                seconds = time.perf_counter() - begun
            engine.dispose()
        return _row(url, seconds)
