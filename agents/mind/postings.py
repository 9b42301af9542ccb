"""What a requester must not forget: the tasks it means to post, and the answers they are checked by."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from agents.chain.store import Store
from agents.market.domain import AwardMode
from agents.market.readers import TaskDraft
from agents.market.specification import AnswerKey

_SCHEMA = """
CREATE TABLE postings (
    source TEXT NOT NULL, batch INTEGER NOT NULL, number INTEGER NOT NULL,
    digest BLOB NOT NULL, key BLOB, title TEXT NOT NULL, skill TEXT NOT NULL,
    reward INTEGER NOT NULL, mode INTEGER NOT NULL, task INTEGER UNIQUE, published BLOB,
    PRIMARY KEY (source, batch, number)
) STRICT;
CREATE TABLE verdicts (task INTEGER PRIMARY KEY, score INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """One task to be posted, once."""

    source: str
    batch: int
    number: int
    digest: bytes
    """SHA-256 of the specification."""
    key: AnswerKey | None
    title: str
    skill: str
    reward: int
    mode: AwardMode
    task_id: int | None
    """The task on chain; None until it is known there."""

    @property
    def intent(self) -> str:
        """The name under which it is sent."""
        return f"requester:create:{self.source}:{self.batch}:{self.number}"


class Postings:
    """One requester's postings and verdicts. Each write is durable when it returns."""

    def __init__(self, store: Store) -> None:
        store.migrate("postings-1", _SCHEMA)
        self._store = store

    def latest(self, source: str) -> list[Posting]:
        """The newest batch of a source, in order; empty when it was never posted."""
        rows = self._store.db.execute(
            "SELECT * FROM postings WHERE source = ? AND batch = "
            "(SELECT MAX(batch) FROM postings WHERE source = ?) ORDER BY number",
            (source, source),
        )
        return [_posting(row) for row in rows]

    def put(self, source: str, batch: int, drafts: Sequence[TaskDraft]) -> list[Posting]:
        """Keep a new batch, whole or not at all."""
        with self._store.transaction() as db:
            db.executemany(
                "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                [
                    (
                        source,
                        batch,
                        number,
                        draft.specification.digest(),
                        draft.key.publish() if draft.key else None,
                        draft.specification.title,
                        draft.specification.skill,
                        draft.reward,
                        draft.mode,
                    )
                    for number, draft in enumerate(drafts)
                ],
            )
        return self.latest(source)

    def put_task(self, posting: Posting, task_id: int) -> None:
        """Keep which task a posting became."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE postings SET task = ? WHERE source = ? AND batch = ? AND number = ?",
                (task_id, posting.source, posting.batch, posting.number),
            )

    def of_task(self, task_id: int) -> Posting | None:
        """The posting that became this task, if this requester posted it."""
        row = self._store.db.execute("SELECT * FROM postings WHERE task = ?", (task_id,)).fetchone()
        return _posting(row) if row else None

    def unpublished(self) -> list[Posting]:
        """The postings whose answers nobody else can read yet."""
        rows = self._store.db.execute(
            "SELECT * FROM postings WHERE task IS NOT NULL AND key IS NOT NULL AND published IS NULL ORDER BY task"
        )
        return [_posting(row) for row in rows]

    def put_published(self, posting: Posting, digest: bytes) -> None:
        """Keep under which digest the answer key can be read."""
        with self._store.transaction() as db:
            db.execute("UPDATE postings SET published = ? WHERE task = ?", (digest, posting.task_id))

    def verdict(self, task_id: int) -> tuple[int, str] | None:
        """The score decided for a task, and why."""
        row = self._store.db.execute(
            "SELECT score, reason FROM verdicts WHERE task = ?", (task_id,)
        ).fetchone()
        return (row["score"], row["reason"]) if row else None

    def put_verdict(self, task_id: int, score: int, reason: str) -> None:
        """Keep a decision, before it is sent."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", (task_id, score, reason))


def _posting(row: sqlite3.Row) -> Posting:
    return Posting(
        source=row["source"],
        batch=row["batch"],
        number=row["number"],
        digest=row["digest"],
        key=AnswerKey.from_bytes(row["key"]) if row["key"] is not None else None,
        title=row["title"],
        skill=row["skill"],
        reward=row["reward"],
        mode=AwardMode(row["mode"]),
        task_id=row["task"],
    )
