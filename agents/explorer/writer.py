"""The one writer of an index: each batch of blocks is one transaction, with the cursor in it.

One connection holds the lock and writes: a server that loses it lets go of both, and a process that dies leaves the
index as it was after its last batch.
"""

import fcntl
import os
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import structlog
from sqlalchemy import Connection, Engine, select, text

from agents.chain.deployment import Deployment
from agents.errors import DatabaseDown, IndexInUse, IndexOfAnotherChain
from agents.explorer import schema
from agents.explorer.database import WRITES, name_of, reaching
from agents.explorer.fold import EDITION, Fold
from agents.explorer.reader import BlockData
from agents.explorer.rows import Rows, clear, cut, rewind

UNDO_BLOCKS = 256
"""How far below the head what blocks changed is kept, to take them back. A deeper reorg folds all events anew."""
CACHE_KIB = 65_536
"""Of SQLite's pages, that the writer keeps in memory."""
ONLY = 1
"""The key of tables of one row."""
_LOCK = 0x41474F5241
"""Among PostgreSQL's advisory locks, of which each database has its own."""
_SET = getattr(fcntl, "F_OFD_SETLK", fcntl.F_SETLK)
"""On Linux a lock belongs to the open file, so that two writers of one process exclude each other too."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far an index has come."""

    block: int
    """The newest block in it; the one before the deployment's first where there is none yet."""
    hash: str
    """Empty where there is none yet."""
    epoch: int
    """How many reorgs there were."""
    undo_from: int
    """All blocks from this one on can be taken back by ``undo``."""


class Writer:
    """Writes the index of one deployment; its methods are to be called by one thread at a time.

    After an error in one of them it is closed: open it again.
    """

    def __init__(self, engine: Engine, deployment: Deployment, undo_blocks: int = UNDO_BLOCKS) -> None:
        self._engine, self._deployment, self._undo_blocks = engine, deployment, undo_blocks
        self._fold = Fold(deployment)
        self._lock: FileLock | None = None
        self._connection: Connection | None = None
        self._rows: Rows | None = None
        self._cursor: Cursor | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may write."""
        return self._rows is not None

    def open(self) -> Cursor:
        """Become the index's only writer; its tables are made where they are missing, and filled anew where handlers
        of another edition did it.

        Raises IndexInUse, which names the other writer, IndexTooNew, IndexOfAnotherChain or DatabaseDown.
        """
        try:
            with reaching(self._engine):
                if self._engine.dialect.name == "sqlite":
                    self._lock = FileLock(f"{self._engine.url.database}.lock", name_of(self._engine))
                self._connection = self._engine.connect().execution_options(**{WRITES: True})
                if self._lock is not None:
                    # All of the writer's work is in this one connection.
                    with self._connection.begin():
                        self._connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
                else:
                    _lock_session(self._connection, name_of(self._engine))
                # With Alembic: only who writes has to wait for it.
                from agents.explorer.versions import migrate

                migrate(self._engine)
                with self._connection.begin():
                    cursor = tie(self._connection, self._deployment)
        except BaseException:
            self.close()
            raise
        self._rows, self._cursor = Rows(self._connection), cursor
        self._renew()
        return cursor

    def close(self) -> None:
        """Let go of the index; what was not committed is undone."""
        connection, lock = self._connection, self._lock
        self._connection = self._lock = self._rows = self._cursor = None
        if connection is not None:
            # The session holds the lock: it must end, and not go back into the pool.
            connection.invalidate()
            connection.close()
        if lock is not None:
            lock.close()

    def write(self, blocks: Sequence[BlockData], newest: int) -> Cursor:
        """Take the blocks into account, which follow the cursor; ``newest`` is the chain's newest block."""
        with self._writing() as (rows, cursor):
            undo_from = max(cursor.undo_from, newest - self._undo_blocks + 1)
            for block in blocks:
                self._fold.take(rows, block, undoable=block.header.number >= undo_from)
            last = blocks[-1].header
            return self._advance(rows, Cursor(last.number, last.hash, cursor.epoch, undo_from))

    def rewind(self, ancestor: int) -> Cursor:
        """The blocks above ``ancestor`` have left the chain."""
        with self._writing() as (rows, cursor):
            undo_from = cursor.undo_from
            deep = ancestor + 1 < undo_from
            if deep:
                undo_from = ancestor - self._undo_blocks + 1
                clear(rows)
                cut(rows, ancestor)
                self._fold.again(rows, ancestor, undo_from)
            else:
                rewind(rows, ancestor)
            epoch = cursor.epoch + 1
            row = {"epoch": epoch, "ancestor": ancestor, "old_head": cursor.block, "time": int(time.time())}
            rows.add(schema.reorgs, row | {"deep": deep})
            hashes = _hashes(rows.connection, ancestor, ancestor)
            return self._advance(rows, Cursor(ancestor, hashes.get(ancestor, ""), epoch, undo_from))

    def hashes(self, first: int, last: int) -> dict[int, str]:
        """The hashes of the blocks in the index with these numbers."""
        with self._writing() as (rows, _):
            return _hashes(rows.connection, first, last)

    def _renew(self) -> None:
        """What handlers of another edition made of the events is made anew."""
        with self._writing() as (rows, cursor):
            if rows.connection.scalar(select(schema.origin.c.edition)) == EDITION:
                return
            log.info("index_is_folded_again", block=cursor.block)
            clear(rows)
            self._fold.again(rows, cursor.block, cursor.undo_from)
            rows.connection.execute(schema.origin.update().values(edition=EDITION))

    def _advance(self, rows: Rows, cursor: Cursor) -> Cursor:
        rows.put(schema.cursor, {"id": ONLY, **asdict(cursor)})
        rows.flush()
        rows.connection.execute(schema.undo.delete().where(schema.undo.c.block < cursor.undo_from))
        self._cursor = cursor
        return cursor

    @contextmanager
    def _writing(self) -> Iterator[tuple[Rows, Cursor]]:
        """One transaction."""
        if self._rows is None or self._cursor is None:
            raise DatabaseDown(name_of(self._engine), "it is not open")
        try:
            with reaching(self._engine), self._rows.connection.begin():
                yield self._rows, self._cursor
        except BaseException:
            self.close()
            raise


def tie(connection: Connection, deployment: Deployment) -> Cursor:
    """The index is of this deployment from now on; raises IndexOfAnotherChain when it is of another."""
    found = connection.execute(schema.origin.select()).mappings().first()
    if found is None:
        origin = {
            "id": ONLY,
            "market": deployment.key,
            "genesis": deployment.genesis_hash,
            "chain_id": deployment.chain_id,
            "first_block": deployment.deploy_block,
            "edition": EDITION,
        }
        first = Cursor(deployment.deploy_block - 1, "", 0, deployment.deploy_block)
        connection.execute(schema.origin.insert().values(origin))
        connection.execute(schema.cursor.insert().values(id=ONLY, **asdict(first)))
    elif found["market"] != deployment.key:
        raise IndexOfAnotherChain(name_of(connection.engine), found["market"], deployment.key)
    row = connection.execute(schema.cursor.select()).mappings().one()
    return Cursor(row["block"], row["hash"], row["epoch"], row["undo_from"])


class FileLock:
    """A lock that the system lets go of when the process ends in whatever way."""

    def __init__(self, path: str, index: str) -> None:
        """Raises IndexInUse, which names ``index`` and the process that holds the lock."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        wish = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
        try:
            fcntl.fcntl(self._file, _SET, wish)
        except (BlockingIOError, PermissionError):
            holder = os.read(self._file, 100).decode("utf-8", "replace")
            self.close()
            raise IndexInUse(index, holder or "another process") from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"process {os.getpid()} on {socket.gethostname()}".encode())

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)


def _lock_session(connection: Connection, index: str) -> None:
    """The session holds the server's lock until it ends; raises IndexInUse, which names the one that does."""
    with connection.begin():
        if connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
            return
        holder = connection.execute(
            text(
                "SELECT pid, client_addr FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' "
                "AND granted AND (classid::bigint << 32 | objid::bigint) = :lock"
            ),
            {"lock": _LOCK},
        ).first()
    raise IndexInUse(
        index, f"server process {holder[0]} for {holder[1] or 'this machine'}" if holder else "another"
    )


def _hashes(connection: Connection, first: int, last: int) -> dict[int, str]:
    blocks = schema.blocks.c
    query = select(blocks.number, blocks.hash).where(blocks.number.between(first, last))
    return {row.number: row.hash for row in connection.execute(query)}
