"""The transactions of our wallets on disk: what was signed is here before any node has seen it.

An intent is the caller's name for something to be done once, such as ``commit:7:3``. It has one
transaction for ever: pending, then mined or failed.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from agents.chain.store import Store
from agents.errors import RpcError


@dataclass(frozen=True, slots=True)
class Entry:
    """One intent and its transaction."""

    intent: str
    wallet: str
    nonce: int
    raw: bytes
    hash: str
    cost: int
    """The most that it can take from the wallet, in wei."""
    state: Literal["pending", "mined", "failed"] = "pending"
    receipt: Mapping[str, Any] | None = None
    error: RpcError | None = None
    """The node's words for why it failed."""

    @classmethod
    def read(cls, row: sqlite3.Row) -> Self:
        """The entry in a row of the table."""
        error = row["error"] and json.loads(row["error"])
        return cls(
            intent=row["intent"],
            wallet=row["wallet"],
            nonce=row["nonce"],
            raw=row["raw"],
            hash=row["hash"],
            cost=int(row["cost"]),
            state=row["state"],
            receipt=row["receipt"] and json.loads(row["receipt"]),
            error=error and RpcError(error["code"], error["message"], bytes.fromhex(error["data"])),
        )


class Outbox:
    """The table of entries in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def get(self, intent: str) -> Entry | None:
        """The entry of an intent, or None when nothing was ever signed for it."""
        row = self._db.execute("SELECT * FROM outbox WHERE intent = ?", (intent,)).fetchone()
        return None if row is None else Entry.read(row)

    def pending(self, wallet: str | None = None) -> list[Entry]:
        """What is not known to be in a block, of one wallet or of all, in the order of nonces."""
        rows = self._db.execute(
            "SELECT * FROM outbox WHERE state = 'pending' AND wallet = coalesce(?, wallet) "
            "ORDER BY wallet, nonce",
            (wallet,),
        )
        return [Entry.read(row) for row in rows]

    def committed(self, wallet: str) -> int:
        """The most, in wei, that all pending transactions of a wallet can take from it."""
        query = "SELECT cost FROM outbox WHERE state = 'pending' AND wallet = ?"
        return sum(int(row["cost"]) for row in self._db.execute(query, (wallet,)))

    def next_nonce(self, wallet: str) -> int:
        """One above the highest nonce that is used or may be used yet; 0 for a new wallet.

        A transaction that failed without a block never used its nonce.
        """
        query = (
            "SELECT max(nonce) + 1 FROM outbox WHERE wallet = ? AND (state != 'failed' OR block IS NOT NULL)"
        )
        return int(self._db.execute(query, (wallet,)).fetchone()[0] or 0)

    def add(self, entry: Entry, extra: Callable[[sqlite3.Connection], None] | None) -> None:
        """Keep a new entry, and whatever ``extra`` writes, both or neither."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO outbox (intent, wallet, nonce, raw, hash, cost, state) "
                "VALUES (?, ?, ?, ?, ?, ?, 'pending')",
                (entry.intent, entry.wallet, entry.nonce, entry.raw, entry.hash, str(entry.cost)),
            )
            if extra:
                extra(db)

    def mined(self, entry: Entry, receipt: Mapping[str, Any], error: RpcError | None = None) -> None:
        """The transaction is in a block: carried out, or reverted for the reason given."""
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "UPDATE outbox SET state = ?, block = ?, receipt = ?, error = ? WHERE intent = ?",
                (
                    "failed" if error else "mined",
                    int(receipt["blockNumber"], 16),
                    json.dumps(receipt),
                    _kept(error),
                    entry.intent,
                ),
            )

    def drop(self, entry: Entry, error: RpcError) -> None:
        """The transaction is in no block and never will be; its nonce is free, or another's."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE outbox SET state = 'failed', error = ? WHERE intent = ?", (_kept(error), entry.intent)
            )

    def reopen(self, above: int) -> int:
        """Everything mined above a block is pending again; how many. Their blocks have left the chain."""
        with self._store.transaction() as db:
            cursor = db.execute(
                "UPDATE outbox SET state = 'pending', block = NULL, receipt = NULL, error = NULL "
                "WHERE block > ?",
                (above,),
            )
        return cursor.rowcount


def _kept(error: RpcError | None) -> str | None:
    if error is None:
        return None
    return json.dumps({"code": error.code, "message": error.message, "data": (error.data or b"").hex()})
