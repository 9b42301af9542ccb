"""The file of a journal: an SQLite database to which blocks are added and in which nothing is ever changed.

Each row holds a checksum over its own columns and the checksum of the row before, so that one byte altered
anywhere, a row left out or a row of another chain shows, and the blocks before it are known to be whole.
"""

import collections
import contextlib
import fcntl
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from agents.chain.journal.blocks import Block, Genesis, Origin, sealed
from agents.errors import (
    BlockNotInJournal,
    FileExists,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalUnwritable,
    NotAJournal,
)

APPLICATION = 0x41474A4C
"""What the database says of itself in its header: ``AGJL``."""
VERSION = 1
LOCK_SECONDS = 2.0
"""How long a write waits for another program that has the file open: none but readers should."""
_PAGE = 500
"""Rows read at once."""

SCHEMA = """
CREATE TABLE origin (
    time       INTEGER NOT NULL,            -- of the first block, in seconds
    mark       INTEGER NOT NULL,            -- what tells it from other chains that began in this second
    hash       BLOB NOT NULL,
    state_root BLOB NOT NULL,
    seal       BLOB NOT NULL
) STRICT;

CREATE TABLE blocks (
    number       INTEGER PRIMARY KEY,
    timestamp    INTEGER NOT NULL,
    base_fee     INTEGER NOT NULL,
    mix_hash     BLOB NOT NULL,
    state_root   BLOB NOT NULL,
    hash         BLOB NOT NULL,
    transactions BLOB NOT NULL,             -- as they were signed, an RLP list
    outcomes     BLOB NOT NULL,             -- eight bytes of each: a digest of its status, gas and logs
    seal         BLOB NOT NULL
) STRICT;

CREATE TABLE papers (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    seal  BLOB NOT NULL
) STRICT;

CREATE TRIGGER origin_stays BEFORE UPDATE ON origin BEGIN SELECT RAISE(ABORT, 'nothing is changed'); END;
CREATE TRIGGER blocks_stay BEFORE UPDATE ON blocks BEGIN SELECT RAISE(ABORT, 'nothing is changed'); END;
CREATE TRIGGER blocks_remain BEFORE DELETE ON blocks BEGIN SELECT RAISE(ABORT, 'nothing is changed'); END;
"""


class Journal:
    """An open journal. ``origin`` is None while its chain has not begun."""

    def __init__(self, path: Path, db: sqlite3.Connection, lock: int) -> None:
        self.path = path
        self._db, self._lock = db, lock
        self.origin: Origin | None = None
        self.last = 0
        """The number of the newest block that can be read."""
        self._seal = b""
        self._damage: JournalDamaged | None = None

    @classmethod
    def open(cls, path: Path, *, write: bool = True) -> Self:
        """The journal at ``path``; with ``write`` it is made if need be, and nobody else can write it.

        Only its ends are looked at: ``blocks`` checks what it gives. Raises JournalMissing, JournalInUse,
        NotAJournal, JournalUnwritable or JournalDamaged.
        """
        if not write and not path.exists():
            raise JournalMissing(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(path) if write else -1
        try:
            # Blocks are appended in a thread, while nobody else uses the connection.
            journal = cls(path, _connected(path), lock)
        except BaseException:
            if lock >= 0:
                os.close(lock)
            raise
        try:
            journal._prepare(write)
        except BaseException:
            journal.close()
            raise
        return journal

    def close(self) -> None:
        """Close the file and let another process write it. A second call does nothing."""
        self._db.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def begin(self, origin: Origin) -> None:
        """The chain has begun. Raises JournalUnwritable."""
        genesis, seal = origin.genesis, origin.seal()
        columns = (genesis.time, genesis.mark, origin.hash, origin.state_root, seal)
        with self._transaction():
            self._db.execute("INSERT INTO origin VALUES (?, ?, ?, ?, ?)", columns)
        self.origin, self._seal = origin, seal

    def append(self, *blocks: Block) -> None:
        """The blocks are on the disk. Raises JournalUnwritable, and then none of them is."""
        assert self.origin is not None, "the chain has not begun"
        last, seal = self.last, self._seal
        with self._transaction():
            for block in blocks:
                assert block.number == last + 1, "blocks come in order"
                row = block.row
                last, seal = block.number, sealed(seal, *row)
                self._db.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal))
        self.last, self._seal = last, seal

    def blocks(self, last: int | None = None) -> Iterator[Block]:
        """All blocks from 1 to ``last``, each checked before it is given.

        Raises JournalDamaged, which says up to which block the journal is whole, and BlockNotInJournal.
        """
        if last is None and self._damage:
            raise self._damage
        until = self.last if last is None else last
        if not 0 <= until <= self.last:
            raise BlockNotInJournal(self.path, until, self.last)
        yield from self._checked(until)

    def check(self, last: int | None = None) -> None:
        """All blocks up to ``last`` are what was written; raises what ``blocks`` raises."""
        collections.deque(self.blocks(last), maxlen=0)

    def paper(self, name: str) -> str | None:
        """A text that was kept with the journal, or None. Raises JournalDamaged."""
        try:
            row = self._db.execute("SELECT value, seal FROM papers WHERE name = ?", (name,)).fetchone()
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(self.path, str(error), self.last) from error
        if row is None:
            return None
        if row[1] != self._paper_seal(name, row[0]):
            raise JournalDamaged(self.path, f"its paper {name!r} is not what was written", self.last)
        return str(row[0])

    def keep_paper(self, name: str, value: str) -> None:
        """Keep a text with the journal, in place of any earlier one. Raises JournalUnwritable."""
        with self._transaction():
            row = (name, value, self._paper_seal(name, value))
            self._db.execute("INSERT OR REPLACE INTO papers VALUES (?, ?, ?)", row)

    def copy(self, target: Path, last: int, papers: Mapping[str, str]) -> None:
        """A new journal at ``target`` has the blocks up to ``last`` and ``papers``; it is there whole or not at all.

        Raises FileExists, BlockNotInJournal, JournalDamaged or JournalUnwritable.
        """
        assert self.origin is not None, "the chain has not begun"
        if target.exists():
            raise FileExists(target)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            other = Journal.open(part)
            try:
                other.begin(self.origin)
                other.append(*self.blocks(last))
                for name, value in papers.items():
                    other.keep_paper(name, value)
                # One file is easier to move than three.
                other._db.execute("PRAGMA journal_mode = DELETE")
            finally:
                other.close()
            part.rename(target)
        finally:
            for path in part.parent.glob(f"{part.name}*"):
                path.unlink()

    def _prepare(self, write: bool) -> None:
        """Make the tables of a new file, or look at the ends of an old one."""
        cut = None
        try:
            found, version, tables = self._marks()
        except sqlite3.DatabaseError as error:
            cut = str(error)
            found, version, tables = self._marks_of_a_part(cut)
        if not found and not tables and write:
            self._create()
        elif (found, version) != (APPLICATION, VERSION):
            raise NotAJournal(
                self.path, f"version {version}" if found == APPLICATION else "another program's file"
            )
        else:
            self._read_ends()
            if cut and self.origin and not self._damage:
                self._find_damage(cut)
        if write and self._damage:
            raise self._damage

    def _marks(self) -> tuple[int, int, int]:
        """What the file says of itself, and how many tables it has."""
        pragmas = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema")
        found, version, tables = (int(self._db.execute(one).fetchone()[0]) for one in pragmas)
        return found, version, tables

    def _marks_of_a_part(self, why: str) -> tuple[int, int, int]:
        """The same of a file that was cut off: only with this pragma does SQLite look into it at all."""
        try:
            self._db.execute("PRAGMA writable_schema = ON")
            return self._marks()
        except sqlite3.DatabaseError:
            raise NotAJournal(self.path, why) from None

    def _create(self) -> None:
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {marks} COMMIT;")
        except sqlite3.Error as error:
            raise JournalUnwritable(self.path, str(error)) from error

    def _read_ends(self) -> None:
        try:
            origins = self._db.execute("SELECT * FROM origin").fetchall()
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(self.path, str(error), None) from error
        if not origins:
            return
        began, mark, block_hash, state_root, seal = origins[0]
        origin = Origin(Genesis(began, mark), block_hash, state_root)
        if origin.seal() != seal:
            raise JournalDamaged(self.path, "its first block is not what was written", None)
        self.origin = origin
        try:
            end = self._db.execute("SELECT number, seal FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            self._find_damage(str(error))
            return
        self.last, self._seal = end or (0, seal)

    def _find_damage(self, why: str) -> None:
        """See how far a file that is not whole can be read."""
        number = 0
        with contextlib.suppress(JournalDamaged):
            for block in self._checked(sys.maxsize):
                number = block.number
        self.last, self._damage = number, JournalDamaged(self.path, why, number)

    def _checked(self, until: int) -> Iterator[Block]:
        assert self.origin is not None, "the chain has not begun"
        seal, number = self.origin.seal(), 0
        while number < until:
            for row in self._rows(number, min(until, number + _PAGE)):
                expected = sealed(seal, *row[:-1])
                if row[0] != number + 1 or row[-1] != expected:
                    raise JournalDamaged(self.path, f"block {number + 1} is not what was written", number)
                seal, number = expected, number + 1
                yield Block.of_row(*row[:-1])

    def _rows(self, after: int, until: int) -> list[tuple[Any, ...]]:
        """At least one row, those before what cannot be read; raises JournalDamaged."""
        query = "SELECT * FROM blocks WHERE number > ? AND number <= ? ORDER BY number"
        rows: list[tuple[Any, ...]] = []
        why = f"block {after + 1} is not there"
        try:
            rows.extend(self._db.execute(query, (after, until)))
        except sqlite3.DatabaseError as error:
            why = str(error)
        if not rows:
            raise JournalDamaged(self.path, why, after)
        return rows

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All writes in the block are on the disk afterwards, or none of them is."""
        try:
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise JournalUnwritable(self.path, str(error)) from error

    def _paper_seal(self, name: str, value: str) -> bytes:
        assert self.origin is not None, "the chain has not begun"
        return sealed(self.origin.seal(), name.encode(), value.encode())


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise JournalUnwritable(path, str(error)) from error


def _locked(path: Path) -> int:
    """A descriptor that holds the lock until it is closed, or the process ends in whatever way."""
    descriptor = os.open(path.with_name(path.name + "-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise JournalInUse(path) from None
    return descriptor
