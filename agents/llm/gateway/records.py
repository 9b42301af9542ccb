"""What was charged, as a gateway's store tells it: receipts, what they add up to, and the trees that they stand in."""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agents.errors import BooksDamaged, UnknownCall
from agents.errors.tokens import Usage
from agents.llm.gateway.receipts import Receipt, call_of, parse_call
from agents.llm.gateway.tree import Node, Tree, leaf_of, path

_HASH = 32


@dataclass(frozen=True, slots=True)
class Spending:
    """What some calls came to."""

    agent_id: int
    task: int
    model: str
    calls: int
    usage: Usage
    cost: int

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        whose = {"agent_id": self.agent_id, "task": self.task}
        return whose | ModelSpending(self.model, self.calls, self.usage, self.cost).as_json()


@dataclass(frozen=True, slots=True)
class ModelSpending:
    """What an agent's calls of one model came to."""

    model: str
    calls: int
    usage: Usage
    cost: int

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "model": self.model,
            "calls": self.calls,
            "prompt_tokens": self.usage.prompt_tokens,
            "cached_tokens": self.usage.cached_tokens,
            "completion_tokens": self.usage.completion_tokens,
            "cost": self.cost,
        }


class Records:
    """The receipts in one file; several may read it while one writes."""

    def __init__(self, file: Path, db: sqlite3.Connection) -> None:
        self.file, self._db = file, db
        self._known: dict[bytes, tuple[int, bytes]] = {}
        """Of channels, a root and how many receipts stand under it."""

    # Receipts

    def receipt(self, call: str) -> Receipt:
        """The receipt of this name; raises UnknownCall."""
        prefix, number = parse_call(call)
        # Two steps, as the database finds no index for both at once.
        channel = self._one("SELECT min(channel) FROM charged_calls WHERE channel >= ?", prefix + bytes(24))
        query = "SELECT * FROM charged_calls WHERE channel = ? AND number = ?"
        row = self._db.execute(query, (channel, number)).fetchone()
        if row is None or not channel.startswith(prefix):
            raise UnknownCall(call)
        receipt = _receipt(row)
        if leaf_of(receipt.digest) != row["nodes"][:_HASH]:
            raise BooksDamaged(self.file, f"receipt {call} is not what was charged")
        return receipt

    def receipts(
        self, agent_id: int | None = None, task: int | None = None, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Receipt]]:
        """Receipts in the order in which they were charged, each with its place; those behind ``after``."""
        clauses, values = _where(agent_id, task, after)
        query = f"SELECT * FROM charged_calls WHERE {clauses} ORDER BY id LIMIT ?"  # noqa: S608 - our own words
        rows = self._db.execute(query, (*values, limit))
        return [(row["id"], _receipt(row)) for row in rows]

    def before(
        self, place: int, agent_id: int | None = None, task: int | None = None, limit: int = 100
    ) -> list[tuple[int, Receipt]]:
        """Receipts that were charged before ``place``, each with its own, the newest first."""
        clauses, values = _where(agent_id, task, 0)
        query = f"SELECT * FROM charged_calls WHERE {clauses} AND id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608 - our own words
        rows = self._db.execute(query, (*values, place, limit))
        return [(row["id"], _receipt(row)) for row in rows]

    def latest(self, agent_id: int | None, task: int | None, limit: int) -> list[Receipt]:
        """The newest receipts, the newest first."""
        clauses, values = _where(agent_id, task, 0)
        query = f"SELECT * FROM charged_calls WHERE {clauses} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our own words
        return [_receipt(row) for row in self._db.execute(query, (*values, limit))]

    def spending(
        self, agent_id: int | None = None, task: int | None = None, after: int = 0, limit: int = -1
    ) -> list[Spending]:
        """What was charged behind place ``after``, by agent, task and model, the latest first; all unless ``limit``
        says how many."""
        clauses, values = _where(agent_id, task, after)
        rows = self._db.execute(
            "SELECT agent, task, model, count(*), sum(prompt), sum(completion), sum(cached), sum(cost) "  # noqa: S608
            f"FROM charged_calls WHERE {clauses} GROUP BY agent, task, model ORDER BY max(id) DESC LIMIT ?",
            (*values, limit),
        )
        return [Spending(row[0], row[1], row[2], row[3], Usage(*row[4:7]), row[7]) for row in rows]

    def charged_since(self, time: int) -> list[tuple[int, int]]:
        """By second after ``time``, in order: what the calls that were settled in it cost."""
        query = "SELECT time, sum(cost) FROM charged_calls WHERE time > ? GROUP BY time ORDER BY time"
        return [(row[0], row[1]) for row in self._db.execute(query, (time,))]

    @property
    def newest(self) -> int:
        """The place of the newest receipt."""
        return self._one("SELECT max(id) FROM charged_calls") or 0

    # The tree

    def nodes(self, channel_id: bytes) -> Node:
        """The whole subtrees of the channel's receipts; see ``tree.Node``."""

        def node(end: int, height: int) -> bytes:
            row = self._db.execute(
                "SELECT substr(nodes, ?, ?) FROM charged_calls WHERE channel = ? AND number = ?",
                (1 + height * _HASH, _HASH, channel_id, end),
            ).fetchone()
            if row is None or len(row[0]) != _HASH:
                raise BooksDamaged(self.file, f"receipt {call_of(channel_id, end)} lacks a node")
            found: bytes = row[0]
            return found

        return node

    def count_at(self, channel_id: bytes, cumulative: int, root: bytes) -> int | None:
        """How many receipts stand under a root for which so much was redeemed; None if the books know no such root."""
        if self._known.get(channel_id, (0, b""))[1] != root:
            count = self._find(channel_id, cumulative, root)
            if count is None:
                return None
            self._known[channel_id] = count, root
        return self._known[channel_id][0]

    def _find(self, channel_id: bytes, cumulative: int, root: bytes) -> int | None:
        total = self._one("SELECT max(number) FROM charged_calls WHERE channel = ?", channel_id) or 0
        numbers = range(1, total + 1)
        first = bisect_left(numbers, cumulative, key=partial(self._sum_at, channel_id)) + 1
        # Calls that cost nothing come to the same sum: the tree is read once, and grown by each.
        tree = Tree.read(first - 1, self.nodes(channel_id))
        rows = self._db.execute(
            f"SELECT cumulative, substr(nodes, 1, {_HASH}) FROM charged_calls "  # noqa: S608 - our own number
            "WHERE channel = ? AND number >= ? ORDER BY number",
            (channel_id, first),
        )
        for at, leaf in rows:
            if at != cumulative:
                return None
            tree.append(leaf)
            if tree.root == root:
                return tree.count
        return None

    def prove(self, receipt: Receipt, count: int) -> tuple[bytes, ...]:
        """The proof that the receipt is one of its channel's first ``count``."""
        return tuple(path(receipt.number, count, self.nodes(receipt.channel_id)))

    def _sum_at(self, channel_id: bytes, number: int) -> int:
        query = "SELECT cumulative FROM charged_calls WHERE channel = ? AND number = ?"
        return int(self._one(query, channel_id, number))

    def _one(self, query: str, *values: Any) -> Any:
        return self._db.execute(query, values).fetchone()[0]


@contextmanager
def records_in(folder: Path) -> Iterator[list[Records]]:
    """The records of all stores in a folder that have any, to be read beside whoever writes."""
    with ExitStack() as stack:
        found = []
        for file in sorted(folder.glob("*.db")):
            db = stack.enter_context(closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)))
            db.row_factory = sqlite3.Row
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'charged_calls'").fetchone():
                found.append(Records(file, db))
        yield found


def _where(agent_id: int | None, task: int | None, after: int) -> tuple[str, list[int]]:
    asked = {"agent = ?": agent_id, "task = ?": task, "id > ?": after}
    wanted = {clause: value for clause, value in asked.items() if value is not None}
    return " AND ".join(wanted), list(wanted.values())


def _receipt(row: Any) -> Receipt:
    return Receipt(
        row["channel"],
        row["number"],
        row["agent"],
        row["task"],
        row["model"],
        row["purpose"],
        Usage(row["prompt"], row["completion"], row["cached"]),
        row["cost"],
        row["cumulative"],
        row["request"],
        row["response"],
        row["status"],
        row["time"],
    )
