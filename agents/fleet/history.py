"""The runs that have ended, kept in AGORA_HOME: what each was reckoned to come to, and what it came to."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from agents.errors import HistoryUnreadable

NEWEST = 20
"""The runs that are looked at to correct a forecast, the newest of their kind."""
WAIT_SECONDS = 10.0

_NUMBERS = TypeAdapter(dict[str, float])

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id       INTEGER PRIMARY KEY,
    ended    TEXT NOT NULL,                 -- UTC, ISO 8601
    chain    TEXT NOT NULL,                 -- the deployment's key
    model    TEXT NOT NULL,
    policy   TEXT NOT NULL,
    agents   INTEGER NOT NULL,
    tasks    INTEGER NOT NULL,
    outcome  TEXT NOT NULL,                 -- settled, stopped, or the cap
    figures  TEXT NOT NULL,                 -- JSON: what it came to
    reckoned TEXT                           -- JSON: what it was reckoned to; null where the two do not compare
) STRICT
"""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One run that has ended; the figures by the names of ``forecast.COUNTED``."""

    ended: str
    chain: str
    model: str
    policy: str
    agents: int
    tasks: int
    outcome: str
    figures: Mapping[str, float]
    reckoned: Mapping[str, float] | None = None
    """What the configuration alone let expect; None for a run that was cut short, or was taken up half way."""

    def factors(self) -> dict[str, float]:
        """By figure: what it came to over what was reckoned, where something was."""
        return {
            name: self.figures[name] / value
            for name, value in (self.reckoned or {}).items()
            if value > 0 and name in self.figures
        }


class History:
    """The file ``history.db``; several processes may write to it. Raises HistoryUnreadable."""

    def __init__(self, home: Path) -> None:
        self.path = home / "history.db"

    def add(self, run: FinishedRun) -> None:
        """Remember a run."""
        with self._open() as db:
            db.execute(
                "INSERT INTO runs (ended, chain, model, policy, agents, tasks, outcome, figures, reckoned) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.ended,
                    run.chain,
                    run.model,
                    run.policy,
                    run.agents,
                    run.tasks,
                    run.outcome,
                    json.dumps(dict(run.figures)),
                    None if run.reckoned is None else json.dumps(dict(run.reckoned)),
                ),
            )

    def runs(self) -> list[FinishedRun]:
        """All of them, the oldest first."""
        if not self.path.exists():
            return []
        with self._open() as db:
            return [_read(row) for row in db.execute("SELECT * FROM runs ORDER BY id")]

    def factors(self, model: str, policy: str) -> list[dict[str, float]]:
        """By how much the newest runs with this model and policy differed from what was reckoned."""
        alike = [run for run in self.runs() if (run.model, run.policy) == (model, policy)]
        return [run.factors() for run in alike if run.reckoned is not None][-NEWEST:]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            db = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
            try:
                db.row_factory = sqlite3.Row
                with db:
                    db.execute(_SCHEMA)
                    yield db
            finally:
                db.close()
        except (sqlite3.Error, ValueError, IndexError) as error:
            raise HistoryUnreadable(self.path, str(error)) from error


def _read(row: Mapping[str, Any]) -> FinishedRun:
    fields = {name: row[name] for name in FinishedRun.__slots__}
    fields["figures"] = _NUMBERS.validate_json(row["figures"])
    fields["reckoned"] = row["reckoned"] and _NUMBERS.validate_json(row["reckoned"])
    return FinishedRun(**fields)
