"""What a run has come to, counted as it happens, in the wallets' own store: a run that was killed goes on counting."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.chain.store import Store
from agents.llm.protocol import Usage

MINUTE, HOUR = 60, 60 * 60

_SCHEMA = """
CREATE TABLE runs (
    id      INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL,               -- how far the outbox went before it
    ended   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE calls (
    run INTEGER NOT NULL, minute INTEGER NOT NULL, agent TEXT NOT NULL, purpose TEXT NOT NULL,
    calls INTEGER NOT NULL, prompt INTEGER NOT NULL, completion INTEGER NOT NULL, cost INTEGER NOT NULL,
    PRIMARY KEY (run, minute, agent, purpose)
) STRICT, WITHOUT ROWID;
"""


@dataclass(slots=True)
class Calls:
    """Model calls and what they came to; money in units."""

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    cost: int = 0

    def add(self, calls: int, prompt: int, completion: int, cost: int) -> None:
        """Count more of them."""
        self.calls += calls
        self.prompt += prompt
        self.completion += completion
        self.cost += cost


@dataclass(slots=True)
class Tally:
    """One store's part in a run. ``clock`` gives the seconds since 1970."""

    store: Store
    clock: Callable[[], float] = time.time
    total: Calls = field(default_factory=Calls)
    cost_of: Counter[str] = field(default_factory=Counter)
    """By party: what its model calls cost, in units."""
    resumed: bool = False
    """Whether an earlier process began the run and did not live to end it."""
    _run: int = 0
    _entries: int = 0
    _minutes: dict[int, Calls] = field(default_factory=dict)
    """The last hour's calls by minute, whatever run they were of."""

    def __post_init__(self) -> None:
        self.store.migrate("tally-1", _SCHEMA)
        self._take_up()
        since = int(self.clock()) // MINUTE - HOUR // MINUTE
        rows = self.store.db.execute(
            "SELECT minute, calls, prompt, completion, cost FROM calls WHERE minute > ?", (since,)
        )
        for minute, *numbers in rows:
            self._minutes.setdefault(minute, Calls()).add(*numbers)

    def _take_up(self) -> None:
        """Go on with the run that has not ended, or begin one."""
        with self.store.transaction() as db:
            row = db.execute("SELECT id, entries FROM runs WHERE NOT ended").fetchone()
            self.resumed = row is not None
            if row is None:
                db.execute("INSERT INTO runs (entries) VALUES (?)", (self._last_entry(),))
                row = db.execute("SELECT max(id), entries FROM runs WHERE NOT ended").fetchone()
        self._run, self._entries = row
        rows = self.store.db.execute(
            "SELECT agent, calls, prompt, completion, cost FROM calls WHERE run = ?", (self._run,)
        )
        for agent, *numbers in rows:
            self.total.add(*numbers)
            self.cost_of[agent] += numbers[-1]

    def count(self, agent: str, purpose: str, usage: Usage, cost: int) -> None:
        """One model call; kept when this returns, or with the transaction that it stands in."""
        minute = int(self.clock()) // MINUTE
        numbers = (1, *usage.pair, cost)
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "calls = calls + 1, prompt = prompt + excluded.prompt, "
                "completion = completion + excluded.completion, cost = cost + excluded.cost",
                (self._run, minute, agent, purpose, *numbers),
            )
        self.total.add(*numbers)
        self.cost_of[agent] += cost
        self._minutes.setdefault(minute, Calls()).add(*numbers)

    def last_hour(self) -> Calls:
        """The calls of the last 60 minutes, this one begun."""
        since, found = int(self.clock()) // MINUTE - HOUR // MINUTE, Calls()
        self._minutes = {minute: calls for minute, calls in self._minutes.items() if minute > since}
        for calls in self._minutes.values():
            found.add(calls.calls, calls.prompt, calls.completion, calls.cost)
        return found

    @property
    def transactions(self) -> int:
        """How many transactions the run has signed."""
        return self._last_entry() - self._entries

    def gas(self) -> int:
        """The gas that the run's transactions have used; reads all their receipts."""
        rows = self.store.db.execute(
            "SELECT receipt FROM outbox WHERE rowid > ? AND receipt IS NOT NULL", (self._entries,)
        )
        return sum(int(json.loads(receipt)["gasUsed"], 16) for (receipt,) in rows)

    def figures(self) -> dict[str, float]:
        """What the run has come to so far, by the names that a forecast has for it, all but the time."""
        return {
            "transactions": self.transactions,
            "gas": self.gas(),
            "calls": self.total.calls,
            "prompt": self.total.prompt,
            "completion": self.total.completion,
            "credits": self.total.cost,
        }

    def finish(self) -> None:
        """The run has ended as it should: what comes next is another."""
        with self.store.transaction() as db:
            db.execute("UPDATE runs SET ended = 1 WHERE id = ?", (self._run,))

    def _last_entry(self) -> int:
        # Entries are never deleted, so their numbers have no gaps.
        return int(self.store.db.execute("SELECT coalesce(max(rowid), 0) FROM outbox").fetchone()[0])
