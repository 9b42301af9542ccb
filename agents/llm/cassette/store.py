"""The file of a cassette: every call of a run and what came of it, in SQLite.

Each row has a sum of its own. It finds damage and not forgery: it has no key, so who writes the file can write the sum.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from agents.errors import CassetteInUse, CassetteOfAnotherRun, CassetteUnreadable, CassetteUnwritable
from agents.llm.cassette.canonical import Key, canonical, digest
from agents.llm.cassette.manifest import Manifest
from agents.llm.upstreams.base import Call

FORMAT = 1
_MARK = 0x41474341  # SQLite's application_id: "AGCA"
_NEAREST = 64  # requests that are compared with one that was not recorded

_SCHEMA = f"""
CREATE TABLE manifest (manifest TEXT NOT NULL) STRICT;
CREATE TABLE requests (
    digest BLOB PRIMARY KEY,                -- SHA-256 of the text
    text   TEXT NOT NULL                    -- canonical JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE calls (
    id         INTEGER PRIMARY KEY,         -- in the order in which they ended
    agent      INTEGER NOT NULL,
    model      TEXT NOT NULL,
    request    BLOB NOT NULL REFERENCES requests (digest),
    occurrence INTEGER NOT NULL,
    name       TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    task       INTEGER NOT NULL,
    outcome    TEXT NOT NULL,               -- JSON, see Outcome
    seal       BLOB NOT NULL,               -- SHA-256 of the row, without a key
    UNIQUE (agent, model, request, occurrence)
) STRICT;
CREATE INDEX calls_by_purpose ON calls (agent, purpose, task);
PRAGMA application_id = {_MARK};
PRAGMA user_version = {FORMAT};
"""

Ending = Literal["reply", "chunks", "failure", "given_up"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its answer, or its chunks, and how it ended."""

    ending: Ending
    reply: Mapping[str, Any] | None = None
    chunks: Sequence[Mapping[str, Any]] = ()
    failure: Mapping[str, Any] | None = None
    usage: tuple[int, int, int] = (0, 0, 0)


class Cassette:
    """The open file. All calls come from one thread."""

    def __init__(self, path: Path, db: sqlite3.Connection, manifest: Manifest, *, read_only: bool) -> None:
        self.path, self.manifest = path, manifest
        self._db, self._read_only = db, read_only
        self._waiting: list[tuple[tuple[Any, ...], str, asyncio.Future[None]]] = []

    @classmethod
    def read(cls, path: Path) -> Self:
        """A recorded cassette, to be replayed. Raises CassetteUnreadable if it is missing, damaged or none."""
        if not path.is_file():
            raise CassetteUnreadable(path, "there is no such file")
        with _reading(path):
            db = _connected(path, "?mode=ro")
            try:
                manifest = _checked(path, db, whole=True)
            except BaseException:
                db.close()
                raise
        return cls(path, db, manifest, read_only=True)

    @classmethod
    def write(cls, path: Path, manifest: Manifest | None = None) -> Self:
        """A cassette to record into, made if need be; one that exists goes on, without a manifest whatever it was
        made with.

        Raises CassetteOfAnotherRun if it was made with another manifest, CassetteInUse while somebody else
        records into it, and CassetteUnreadable if it is damaged or something else.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with _reading(path):
            db = _connected(path, "")
            try:
                db.execute("PRAGMA locking_mode = EXCLUSIVE")
                fresh = not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
                found = manifest or Manifest() if fresh else _checked(path, db)
                differences = {} if manifest is None else manifest.differences(found)
                if differences:
                    raise CassetteOfAnotherRun(path, differences)  # noqa: TRY301 - closes the file as any failure
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                if fresh:
                    _make(db, found)
            except BaseException:
                db.close()
                raise
        return cls(path, db, found, read_only=False)

    def close(self) -> None:
        """All that was handed in is on the disk, and the cassette is one file. A second call does nothing."""
        self._commit()
        if not self._read_only:
            with _reading(self.path):
                self._db.execute("PRAGMA journal_mode = DELETE")
            self._read_only = True
        self._db.close()

    def kept(self, agent: int, model: str, request: bytes) -> int:
        """How many times this was recorded: the number of the next occurrence."""
        query = (
            "SELECT coalesce(max(occurrence) + 1, 0) FROM calls WHERE agent = ? AND model = ? AND request = ?"
        )
        with _reading(self.path):
            return int(self._db.execute(query, (agent, model, request)).fetchone()[0])

    def find(self, key: Key) -> Outcome | None:
        """What came of a call, None if it was not recorded. Raises CassetteUnreadable if it was damaged."""
        query = "SELECT * FROM calls WHERE agent = ? AND model = ? AND request = ? AND occurrence = ?"
        with _reading(self.path):
            row = self._db.execute(query, (key.agent, key.model, key.digest, key.occurrence)).fetchone()
        if row is None:
            return None
        if row["seal"] != _seal(tuple(row)[1:-1]):
            raise CassetteUnreadable(self.path, f"call {row['id']} is damaged")
        told = json.loads(row["outcome"])
        return Outcome(**{**told, "usage": tuple(told["usage"])})

    def keep(self, key: Key, call: Call, request: str, outcome: Outcome) -> asyncio.Future[None]:
        """A future that is done when the call survives power loss; what is handed in together is one write."""
        told = {name: getattr(outcome, name) for name in Outcome.__slots__}
        row = (
            *(key.agent, key.model, key.digest, key.occurrence),
            *(
                call.name,
                call.purpose,
                call.task,
                json.dumps(told, separators=(",", ":")),
            ),  # fields stay in order
        )
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._commit)
        self._waiting.append((row, request, future))
        return future

    def likely(self, call: Call) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Recorded requests that a call may have been meant for, the likeliest kind first, with who asked."""
        query = """
            SELECT text, min(id) AS id, agent, model, name, purpose, task, count(*) AS times FROM calls
            JOIN requests ON digest = request
            WHERE (agent, purpose, task) = (:agent, :purpose, :task)
               OR :wide AND (agent, purpose) = (:agent, :purpose) OR :wider AND (purpose = :purpose OR agent = :agent)
            GROUP BY agent, model, request ORDER BY id DESC LIMIT :limit
        """
        asked = {"agent": call.agent, "purpose": call.purpose, "task": call.task, "limit": _NEAREST}
        for wide, wider in ((0, 0), (1, 0), (1, 1)):
            with _reading(self.path):
                rows = self._db.execute(query, {**asked, "wide": wide, "wider": wider}).fetchall()
            if rows:
                return [(row["text"], dict(row)) for row in rows]
        return []

    def models(self) -> Sequence[str]:
        """The models that the run could call, or at least did."""
        if self.manifest.models:
            return tuple(self.manifest.models)
        with _reading(self.path):
            return tuple(
                row[0] for row in self._db.execute("SELECT DISTINCT model FROM calls ORDER BY model")
            )

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        error: CassetteUnwritable | None = None
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                requests = [(row[2], request) for row, request, _ in waiting]
                self._db.executemany("INSERT OR IGNORE INTO requests VALUES (?, ?)", requests)
                self._db.executemany(
                    "INSERT INTO calls VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(*row, _seal(row)) for row, _, _ in waiting],
                )
        except sqlite3.Error as failure:
            error = CassetteUnwritable(self.path, str(failure))
        for _, _, future in waiting:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}{mode}", uri=True, isolation_level=None, timeout=0)
    db.row_factory = sqlite3.Row
    return db


def _make(db: sqlite3.Connection, manifest: Manifest) -> None:
    """All of the empty cassette at once: a process that dies here leaves nothing."""
    db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
    db.execute("INSERT INTO manifest VALUES (?)", (canonical(manifest.to_json()),))
    db.execute("COMMIT")


def _checked(path: Path, db: sqlite3.Connection, *, whole: bool = False) -> Manifest:
    """The manifest of a file that is a cassette in this format; ``whole`` looks at all of the file."""
    if db.execute("PRAGMA application_id").fetchone()[0] != _MARK:
        raise CassetteUnreadable(path, "it is not a cassette")
    made = db.execute("PRAGMA user_version").fetchone()[0]
    if made != FORMAT:
        raise CassetteUnreadable(path, f"its format is {made}, and this version reads format {FORMAT}")
    if whole and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise CassetteUnreadable(path, "it is damaged")
    row = db.execute("SELECT manifest FROM manifest").fetchone()
    if row is None:
        raise CassetteUnreadable(path, "its manifest is missing")
    try:
        return Manifest.of_json(json.loads(row[0]))
    except (ValueError, TypeError, KeyError):
        raise CassetteUnreadable(path, "its manifest is damaged") from None


def _seal(row: Sequence[Any]) -> bytes:
    """What a row's bytes come to."""
    return digest(canonical([value.hex() if isinstance(value, bytes) else value for value in row]))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """SQLite's errors as those of a cassette."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise CassetteInUse(path) from None
        raise CassetteUnreadable(path, f"SQLite says: {error}") from None
