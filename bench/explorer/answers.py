"""How long the API takes over an index of a million events, at 200 requests a second.

The index is a real life with copies of it (see life.py), in SQLite; it is made once and kept in build/. Requests begin
at random times, so many a second, each of the kinds in turn, and each time about another task, agent or account. The
server is a process of its own; who asks does as little as can be on bare sockets, on the same two cores.
"""

import asyncio
import itertools
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench.explorer.backfill import fill
from bench.explorer.life import KEPT, life
from bench.explorer.serving import serving
from bench.gateway.asking import Connection
from bench.gateway.load import Load, load, paced, told

EVENTS, RATE, REQUESTS, EACH = 1_000_000, 200, 12_000, 50
WANTED_P99_MS = 50.0


def run(events: int = EVENTS, requests: int = REQUESTS) -> dict[str, Any]:
    """Milliseconds of all together, and of each kind alone, one at a time."""
    database = KEPT.with_name(f"explorer-{events}.db")
    if not database.exists():
        print("  an index has to be filled first: some minutes", flush=True)
        part = database.with_suffix(".part")
        fill(f"sqlite:///{part}", life(), events)
        part.rename(database)
    with serving(database) as served:
        return asyncio.run(_run(_paths(database), served, requests))


async def _run(paths: dict[str, Callable[[], str]], served: Any, requests: int) -> dict[str, Any]:
    asker, figures = Asker(served.url), dict[str, Any]()
    for name, path in paths.items():
        alone = await load(lambda _, path=path: asker.get(path()), EACH, 1)
        figures[name] = alone.row()
        told(name, figures[name])
    turns = itertools.cycle(paths.values())
    await paced(lambda _: asker.get(next(turns)()), RATE, RATE)
    cpu = served.cpu()
    together: Load = await paced(lambda _: asker.get(next(turns)()), requests, RATE)
    row = together.row() | {"server CPU us a call": round(1e6 * (served.cpu() - cpu) / requests)}
    told(f"{RATE} a second", row)
    asker.close()
    return figures | {
        f"{RATE} a second": row,
        "met": together.quantile(0.99) <= WANTED_P99_MS / 1e3,
    }


def _paths(database: Path) -> dict[str, Callable[[], str]]:
    """What is asked, by its name."""
    draws = random.Random(1)
    db = sqlite3.connect(database)
    tasks, agents, blocks = (
        db.execute(f"SELECT max({key}) FROM {table}").fetchone()[0]
        for table, key in (("tasks", "id"), ("agents", "id"), ("blocks", "number"))
    )
    hashes = [row[0] for row in db.execute("SELECT hash FROM transactions ORDER BY hash LIMIT 500")]
    accounts = [row[0] for row in db.execute("SELECT account FROM accounts LIMIT 500")]
    skills = [row[0] for row in db.execute("SELECT DISTINCT skill FROM skills")]
    db.close()

    def task() -> int:
        return draws.randint(1, tasks)

    def agent() -> int:
        return draws.randint(1, agents)

    return {
        "overview": lambda: "/api/overview",
        "tasks": lambda: f"/api/tasks?state=Settled&skill={draws.choice(skills)}",
        "task": lambda: f"/api/tasks/{task()}",
        "agents": lambda: "/api/agents?sort=earned",
        "agent": lambda: f"/api/agents/{agent()}",
        "agent's bids": lambda: f"/api/agents/{agent()}/bids",
        "market": lambda: "/api/market",
        "ledger of an account": lambda: f"/api/ledger?account={quote(draws.choice(accounts))}",
        "ledger by reason": lambda: "/api/ledger?reason=reward",
        "block": lambda: f"/api/blocks/{draws.randint(1, blocks)}",
        "transaction": lambda: f"/api/transactions/{draws.choice(hashes)}",
        "events by name": lambda: "/api/events?name=BidRevealed",
        "search for an id": lambda: f"/api/search?q={task()}",
        "search for words": lambda: f"/api/search?q={draws.choice(skills)}",
    }


class Asker:
    """Asks over sockets of its own, as many as there are questions at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._free = list[Connection]()

    async def get(self, path: str) -> None:
        """One question; raises RuntimeError where the answer is a refusal."""
        while self._free and self._free[-1].transport.is_closing():
            self._free.pop()
        connection = self._free.pop() if self._free else await self._connected()
        answer = await connection.exchange(
            f"GET {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n\r\n".encode()
        )
        if b" 200 " not in answer[:16]:
            raise RuntimeError(f"{path}: {answer[:500].decode(errors='replace')}")
        self._free.append(connection)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._free:
            connection.transport.close()

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, self._host, self._port)
        return connection
