"""What a party must not forget: bids before they are committed, results before they are submitted.

The tables live in the wallets' own store. Salts are not kept: they derive from the wallet's key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from agents.chain.store import Store
from agents.llm.protocol import Usage
from agents.mind.earnings import Earnings

BidStatus = Literal["planned", "skipped", "refused"]

_SCHEMA = """
CREATE TABLE bids (
    agent TEXT NOT NULL, task INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
    price INTEGER NOT NULL, promised INTEGER NOT NULL, cost_estimate INTEGER NOT NULL, fit REAL NOT NULL,
    learned INTEGER NOT NULL DEFAULT 0, opinion TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (agent, task)
) STRICT;
CREATE TABLE results (
    agent TEXT NOT NULL, task INTEGER NOT NULL, digest BLOB NOT NULL, model TEXT NOT NULL, cost INTEGER NOT NULL,
    PRIMARY KEY (agent, task)
) STRICT;
CREATE TABLE failures (
    agent TEXT NOT NULL, task INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (agent, task)
) STRICT;
CREATE TABLE thinking (
    agent TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, cost INTEGER NOT NULL
) STRICT;
CREATE TABLE memories (agent TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
"""

_BELIEFS_SCHEMA = """
ALTER TABLE bids ADD COLUMN belief TEXT NOT NULL DEFAULT '';
CREATE TABLE offers (
    agent TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, claims TEXT NOT NULL,
    PRIMARY KEY (agent, number)
) STRICT;
"""

_EARNINGS_SCHEMA = """
INSERT OR IGNORE INTO steps (agent, task, purpose, calls, prompt, completion, cost, kind, remembered)
    SELECT agent, task, 'work', 1, 0, 0, cost, 'unknown', 1 FROM results;
ALTER TABLE results DROP COLUMN cost;
"""

_BIDS = (
    "SELECT task AS task_id, status, reason, price, promised, cost_estimate, fit, belief FROM bids "
    "WHERE agent = ?"
)


@dataclass(frozen=True, slots=True)
class Belief:
    """What stood behind a bid when it was made; money in units."""

    win_probability: float | None = None
    """None if the policy believed nothing about winning."""
    source: str = ""
    inputs: Mapping[str, float] = field(default_factory=dict)
    """The numbers that the price was computed from."""
    worst_cost: int = 0
    load: float = 0.0
    workload: float = 0.0

    @property
    def text(self) -> str:
        """As it is kept: JSON of its fields."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return json.dumps(kept | {"inputs": dict(self.inputs)})


@dataclass(frozen=True, slots=True)
class OfferNote:
    """Capabilities that an agent has offered to the chain in place of what it claimed."""

    number: int
    at: int
    """Chain time."""
    claims: Mapping[str, tuple[int, int]]
    """By skill: the weight in the agent's definition, and the weight that was offered instead."""


@dataclass(frozen=True, slots=True)
class BidNote:
    """What an agent decided about one task."""

    task_id: int
    status: BidStatus
    reason: str = ""
    price: int = 0
    promised: int = 0
    cost_estimate: int = 0
    fit: float = 0.0
    belief: Belief = field(default_factory=Belief)


@dataclass(frozen=True, slots=True)
class ThinkingNote:
    """What an agent's model calls came to since it began; money in units."""

    calls: int = 0
    tokens: int = 0
    cost: int = 0


class Notes:
    """One agent's notes. Kill -9 loses none of them.

    Nobody waits for the disk here, since the store keeps the order of its writes: what is signed because of a
    note is synced after it, so that a power loss takes a note only together with all that it led to.
    """

    __slots__ = ("_agent", "_bids", "_failures", "_live", "_results", "_store", "_thinking", "earnings")

    def __init__(self, store: Store, agent: str) -> None:
        store.migrate("notes-1", _SCHEMA)
        store.migrate("notes-2", _BELIEFS_SCHEMA)
        self.earnings = Earnings(store, agent)
        store.migrate("notes-3", _EARNINGS_SCHEMA)
        self._store = store
        self._agent = agent
        # What was asked for is kept until it is of no more use: only this object writes its rows.
        self._bids: dict[int, BidNote | None] = {}
        self._results: dict[int, bytes | None] = {}
        self._failures: dict[int, str | None] = {}
        self._thinking: ThinkingNote | None = None
        self._live = {
            note.task_id: note for note in self._read_bids("status = 'planned' AND learned = 0", ())
        }

    # Bids

    def bid(self, task_id: int) -> BidNote | None:
        """What was decided about the task, if anything."""
        live = self._live.get(task_id)
        if live is not None:
            return live
        if task_id not in self._bids:
            self._bids[task_id] = next(iter(self._read_bids("task = ?", (task_id,))), None)
        return self._bids[task_id]

    @property
    def live(self) -> Mapping[int, BidNote]:
        """By task: the planned bids whose outcome was not learned from yet, in the order of the decisions."""
        return self._live

    @property
    def bids(self) -> list[BidNote]:
        """All decisions, in the order of their tasks."""
        return self._read_bids("1 ORDER BY task", ())

    def forget(self, task_id: int) -> None:
        """Keep nothing of the task in memory: it is read again if anybody asks."""
        for known in (self._bids, self._results, self._failures):
            known.pop(task_id, None)

    def put_bid(self, note: BidNote) -> None:
        """Remember a decision; a later one on the same task replaces it."""
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT OR REPLACE INTO bids (agent, task, status, reason, price, promised, cost_estimate, fit, "
                "belief) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._agent,
                    note.task_id,
                    note.status,
                    note.reason,
                    note.price,
                    note.promised,
                    note.cost_estimate,
                    note.fit,
                    note.belief.text,
                ),
            )
        self._bids.pop(note.task_id, None)
        self._live.pop(note.task_id, None)
        (self._live if note.status == "planned" else self._bids)[note.task_id] = note

    def put_opinion(self, task_id: int, opinion: str) -> None:
        """Remember the model's word on a task that was decided about."""
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "UPDATE bids SET opinion = ? WHERE agent = ? AND task = ?", (opinion, self._agent, task_id)
            )

    def put_learned(
        self, task_ids: Sequence[int], state: str, rewards: Mapping[int, int] | None = None
    ) -> None:
        """Remember what the policy knows after learning from the tasks, so that no outcome counts twice, and what
        came in for those that the agent had won."""
        with self._store.transaction(repeatable=True) as db:
            rows = [(self._agent, task_id) for task_id in task_ids]
            db.executemany("UPDATE bids SET learned = 1 WHERE agent = ? AND task = ?", rows)
            for task_id, reward in (rewards or {}).items():
                self.earnings.settle(task_id, reward)
            self.put_policy_state(state)
        for task_id in task_ids:
            self._live.pop(task_id, None)
            self.forget(task_id)

    def put_policy_state(self, state: str) -> None:
        """Remember what the policy knows."""
        with self._store.transaction(repeatable=True) as db:
            db.execute("INSERT OR REPLACE INTO memories VALUES (?, ?)", (self._agent, state))

    def policy_state(self) -> str | None:
        """What the policy knew after the last outcome."""
        row = self._store.db.execute("SELECT state FROM memories WHERE agent = ?", (self._agent,)).fetchone()
        return row[0] if row else None

    # Claims

    def last_offer(self) -> OfferNote | None:
        """The newest offer, whether it has reached the chain or not."""
        row = self._store.db.execute(
            "SELECT number, at, claims FROM offers WHERE agent = ? ORDER BY number DESC LIMIT 1",
            (self._agent,),
        ).fetchone()
        if row is None:
            return None
        claims = {skill: (was, now) for skill, (was, now) in json.loads(row["claims"]).items()}
        return OfferNote(row["number"], row["at"], claims)

    def put_offer(self, offer: OfferNote) -> None:
        """Remember an offer, before it is sent."""
        with self._store.transaction(repeatable=True) as db:
            claims = json.dumps(dict(offer.claims))
            db.execute(
                "INSERT INTO offers VALUES (?, ?, ?, ?)", (self._agent, offer.number, offer.at, claims)
            )

    # Work

    def result(self, task_id: int) -> bytes | None:
        """The digest of the finished work."""
        if task_id not in self._results:
            self._results[task_id] = self._read("results", "digest", task_id)
        return self._results[task_id]

    def cost(self, task_id: int) -> int | None:
        """What the work has cost, with all its failed tries, in units; None if there was none."""
        return self.earnings.thinking(task_id, "work")

    def put_result(self, task_id: int, digest: bytes, model: str) -> None:
        """Remember finished work, before it is submitted."""
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", (self._agent, task_id, digest, model)
            )
        self._results[task_id] = digest

    def failure(self, task_id: int) -> str | None:
        """Why the agent gave up on a task that it had won."""
        if task_id not in self._failures:
            self._failures[task_id] = self._read("failures", "reason", task_id)
        return self._failures[task_id]

    def put_failure(self, task_id: int, reason: str) -> None:
        """Remember that the agent gave up on the task."""
        with self._store.transaction(repeatable=True) as db:
            db.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (self._agent, task_id, reason))
        self._failures[task_id] = reason

    # Thinking

    @property
    def thinking(self) -> ThinkingNote:
        """What the agent's model calls came to."""
        if self._thinking is None:
            row = self._store.db.execute(
                "SELECT calls, tokens, cost FROM thinking WHERE agent = ?", (self._agent,)
            ).fetchone()
            self._thinking = ThinkingNote(*row) if row else ThinkingNote()
        return self._thinking

    def add_thinking(self, usage: Usage, cost: int, task_id: int = 0, purpose: str = "") -> None:
        """Add one charged call; 0 stands for no task."""
        before, tokens = self.thinking, sum(usage.pair)
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT INTO thinking VALUES (?, 1, ?, ?) ON CONFLICT (agent) DO UPDATE SET "
                "calls = calls + 1, tokens = tokens + excluded.tokens, cost = cost + excluded.cost",
                (self._agent, tokens, cost),
            )
            self.earnings.charge(task_id, purpose, usage, cost)
        self._thinking = ThinkingNote(before.calls + 1, before.tokens + tokens, before.cost + cost)

    def _read_bids(self, condition: str, values: Sequence[int]) -> list[BidNote]:
        rows = self._store.db.execute(f"{_BIDS} AND {condition}", (self._agent, *values))
        return [BidNote(**{**row, "belief": _belief(row["belief"])}) for row in rows]

    def _read(self, table: str, column: str, task_id: int) -> Any:
        row = self._store.db.execute(
            f"SELECT {column} FROM {table} WHERE agent = ? AND task = ?",  # noqa: S608 - so do the names
            (self._agent, task_id),
        ).fetchone()
        return row[0] if row else None


def _belief(text: str) -> Belief:
    """The belief that was written, or none for a bid of before they were."""
    return Belief(**json.loads(text)) if text else Belief()
