"""What one process must not forget: a SQLite file that belongs to one process at a time.

Everything that must hold together is written in one transaction, here and in the tables that higher
layers add. A transaction that has returned survives kill -9 and power loss.
"""

import asyncio
import fcntl
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from agents.chain.locks import WalletLocks
from agents.errors import WalletsInUse, WrongChain

SCHEMA = """
CREATE TABLE outbox (
    intent  TEXT PRIMARY KEY,
    wallet  TEXT NOT NULL,
    nonce   INTEGER NOT NULL,
    raw     BLOB NOT NULL,
    hash    TEXT NOT NULL,
    cost    TEXT NOT NULL,                  -- the most it can take from the wallet, in wei
    state   TEXT NOT NULL CHECK (state IN ('pending', 'mined', 'failed')),
    block   INTEGER,                        -- where it was mined, carried out or reverted
    receipt TEXT,                           -- the node's answer, JSON
    error   TEXT                            -- why it failed, JSON
) STRICT;
CREATE INDEX outbox_by_wallet ON outbox (wallet, nonce);
CREATE INDEX outbox_pending ON outbox (wallet, nonce) WHERE state = 'pending';

CREATE TABLE blocks (
    number    INTEGER PRIMARY KEY,
    hash      TEXT NOT NULL,
    parent    TEXT NOT NULL,
    timestamp INTEGER NOT NULL
) STRICT;

CREATE TABLE logs (
    block   INTEGER NOT NULL REFERENCES blocks (number) ON DELETE CASCADE,
    idx     INTEGER NOT NULL,
    tx      TEXT NOT NULL,
    address TEXT NOT NULL,
    topics  BLOB NOT NULL,                  -- 32 bytes each
    data    BLOB NOT NULL,
    PRIMARY KEY (block, idx)
) STRICT, WITHOUT ROWID;
"""


ATTEMPTS = """
CREATE TABLE attempts (                     -- all signed bytes of an intent that needed more than one fee
    hash   TEXT PRIMARY KEY,
    intent TEXT NOT NULL REFERENCES outbox (intent),
    raw    BLOB NOT NULL
) STRICT;
CREATE INDEX attempts_by_intent ON attempts (intent);
ALTER TABLE outbox ADD COLUMN block_hash TEXT;
UPDATE outbox SET block_hash = json_extract(receipt, '$.blockHash') WHERE block IS NOT NULL;
CREATE INDEX outbox_by_block ON outbox (block, block_hash);
"""
CONSUMERS = """
CREATE TABLE consumers (
    name  TEXT PRIMARY KEY,
    block INTEGER NOT NULL,                 -- the place of the first log that was not taken yet
    idx   INTEGER NOT NULL
) STRICT;
"""

TOGETHER = 256
"""Writes in one transaction at most: enough that the disk does not count, few enough that nobody waits long."""

T = TypeVar("T")
Write = Callable[[sqlite3.Connection], Any]


class Store:
    """The open file. All calls come from one thread, and no ``await`` stands inside a transaction."""

    def __init__(self, path: Path, db: sqlite3.Connection, lock: int, *, alone: bool = False) -> None:
        self.path = path
        self._alone = alone
        self.db = db
        self._lock = lock
        self._wallets: WalletLocks | None = None
        self._soon: list[tuple[Write, asyncio.Future[Any]]] = []

    @classmethod
    def open(cls, path: Path, *, alone: bool = False) -> Self:
        """The store at ``path``, made if need be. Raises WalletsInUse when another process has it.

        ``alone`` says that its chain is this process's own: then nobody else can sign for a wallet there.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _locked(path)
        try:
            # Transactions are written out: the module's own would begin in places one does not see.
            db = sqlite3.connect(path, isolation_level=None)
        except sqlite3.Error:
            os.close(lock)
            raise
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
        store = cls(path, db, lock, alone=alone)
        store.migrate("chain-1", SCHEMA)
        store.migrate("chain-2", ATTEMPTS)
        store.migrate("chain-3", CONSUMERS)
        return store

    def close(self) -> None:
        """Close the file and let another process have it and its wallets. A second call does nothing."""
        self.db.close()
        if self._wallets:
            self._wallets.close()
            self._wallets = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[sqlite3.Connection]:
        """All writes in the block are kept, or none; inside another transaction, they belong to that one.

        ``repeatable`` says that the chain can tell all of it again. Then the disk is not waited for: kill -9
        loses nothing, and power loss loses no more than the latest of these.
        """
        if self.db.in_transaction:
            yield self.db
            return
        self.db.execute(f"PRAGMA synchronous = {'NORMAL' if repeatable else 'FULL'}")
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise

    def soon(self, write: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """What ``write`` returns, once all it wrote survives power loss.

        What is handed in during one turn of the loop, up to TOGETHER writes, goes to the disk in one transaction,
        which costs as much as a transaction for one. A write that raises takes back its own changes only, and
        its caller gets the error; one whose caller was cancelled before its turn is not carried out.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if not self._soon:
            loop.call_soon(self._write_all)
        self._soon.append((write, future))
        return future

    def _write_all(self) -> None:
        writes, self._soon = self._soon[:TOGETHER], self._soon[TOGETHER:]
        if self._soon:
            # What is done already goes its way in between.
            asyncio.get_running_loop().call_soon(self._write_all)
        results: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        try:
            with self.transaction() as db:
                for write, future in writes:
                    if not future.cancelled():
                        results.append((future, *_apart(db, write)))
        except Exception as error:  # noqa: BLE001 - handed to each caller
            results = [(future, None, error) for _, future in writes if not future.cancelled()]
        for future, result, failure in results:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def migrate(self, name: str, sql: str) -> None:
        """Run ``sql`` in this file once, ever; ``name`` says which change it is, such as ``market-1``."""
        with self.transaction() as db:
            if self.meta(f"migration:{name}") is not None:
                return
            for statement in _statements(sql):
                db.execute(statement)
            self.set_meta(f"migration:{name}", "done")

    def meta(self, key: str) -> str | None:
        """A value kept under a name, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row["value"])

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value under a name, in place of any earlier one."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def claim(self, wallet: str) -> None:
        """Nobody else on this machine signs for the wallet while this store is open; raises WalletsInUse.

        A store that is tied to no chain claims nothing, nor does one whose chain nobody else can reach.
        """
        if self._alone:
            return
        if self._wallets is None:
            genesis = self.meta("genesis")
            if genesis is None:
                return
            self._wallets = WalletLocks(genesis)
        self._wallets.take(wallet)

    def pin(self, chain_id: int, genesis_hash: str) -> None:
        """Tie the file to one chain; raises WrongChain when it belongs to another.

        Its nonces, receipts and events would be lies there.
        """
        with self.transaction():
            known = self.meta("genesis")
            if known is None:
                self.set_meta("genesis", genesis_hash)
            elif known != genesis_hash:
                raise WrongChain(chain_id, known, genesis_hash)


def _apart(db: sqlite3.Connection, write: Write) -> tuple[Any, Exception | None]:
    """The result of one write among others, or its error and no trace of it."""
    db.execute("SAVEPOINT write")
    try:
        result, failure = write(db), None
    except Exception as error:  # noqa: BLE001 - handed to the caller
        db.execute("ROLLBACK TO write")
        result, failure = None, error
    db.execute("RELEASE write")
    return result, failure


def _locked(path: Path) -> int:
    """A descriptor that holds the lock until it is closed, or the process ends in whatever way."""
    descriptor = os.open(path.with_name(path.name + "-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise WalletsInUse(path.parent) from None
    return descriptor


def _statements(sql: str) -> Iterator[str]:
    """The single statements of a script; ``executescript`` would end the transaction it runs in."""
    statement = ""
    for part in re.split("(?<=;)", sql):
        statement += part
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
