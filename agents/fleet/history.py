"""The runs that have ended, kept in AGORA_HOME: what each was reckoned to come to, what it came to, and its steps."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from agents.errors import HistoryUnreadable
from agents.llm.protocol import Usage
from agents.mind.earnings import SkillCost
from agents.mind.experience import Step

NEWEST = 20
"""The runs that are looked at to correct a forecast, the newest of their kind."""
WAIT_SECONDS = 10.0

_NUMBERS = TypeAdapter(dict[str, float])

_RUNS = """
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
_STEPS = """
CREATE TABLE IF NOT EXISTS steps (
    model     TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    kind      TEXT NOT NULL,                -- how the task's result is checked
    questions INTEGER NOT NULL,
    guessed_prompt INTEGER NOT NULL, guessed_completion INTEGER NOT NULL,
    prompt    INTEGER NOT NULL, completion INTEGER NOT NULL,
    PRIMARY KEY (model, purpose, kind)
) STRICT
"""
_SKILLS = """
CREATE TABLE IF NOT EXISTS skills (
    model TEXT NOT NULL, skill TEXT NOT NULL,
    tasks INTEGER NOT NULL, cost INTEGER NOT NULL,
    PRIMARY KEY (model, skill)
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

    def add_steps(self, model: str, steps: Iterable[Step], skills: Iterable[SkillCost]) -> None:
        """Remember what questions to a model came to, by kind of question and by skill."""
        with self._open() as db:
            db.executemany(
                "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (model, purpose, kind) DO UPDATE SET "
                "questions = questions + excluded.questions, "
                "guessed_prompt = guessed_prompt + excluded.guessed_prompt, "
                "guessed_completion = guessed_completion + excluded.guessed_completion, "
                "prompt = prompt + excluded.prompt, completion = completion + excluded.completion",
                [
                    (model, one.purpose, one.kind, one.questions, *one.guess.pair, *one.burned.pair)
                    for one in steps
                ],
            )
            db.executemany(
                "INSERT INTO skills VALUES (?, ?, ?, ?) ON CONFLICT (model, skill) DO UPDATE SET "
                "tasks = tasks + excluded.tasks, cost = cost + excluded.cost",
                [(model, one.skill, one.tasks, one.cost) for one in skills],
            )

    def steps(self, model: str) -> list[Step]:
        """What questions to this model came to in all runs, by purpose and kind."""
        if not self.path.exists():
            return []
        with self._open() as db:
            rows = db.execute("SELECT * FROM steps WHERE model = ? ORDER BY purpose, kind", (model,))
            return [
                Step(
                    row["purpose"],
                    row["kind"],
                    row["questions"],
                    Usage(row["guessed_prompt"], row["guessed_completion"]),
                    Usage(row["prompt"], row["completion"]),
                )
                for row in rows
            ]

    def skills(self, model: str) -> list[SkillCost]:
        """What the work on tasks cost with this model in all runs, by skill."""
        if not self.path.exists():
            return []
        with self._open() as db:
            rows = db.execute(
                "SELECT skill, tasks, cost FROM skills WHERE model = ? ORDER BY skill", (model,)
            )
            return [SkillCost(*row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            db = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
            try:
                db.row_factory = sqlite3.Row
                with db:
                    for table in (_RUNS, _STEPS, _SKILLS):
                        db.execute(table)
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
