"""The transactions of our wallets on disk: what was signed is here before any node has seen it.

An intent is the caller's name for something to be done once, such as ``commit:7:3``. It has one nonce for
ever, and is pending, then mined or failed. Where a higher fee was needed there are several attempts, all of
that nonce, so that the chain takes one of them at most.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from agents.chain.store import Store
from agents.errors import RpcError

_PENDING = "state = 'pending', block = NULL, block_hash = NULL, receipt = NULL, error = NULL"


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
    others: tuple[str, ...] = ()
    """The hashes of the other attempts, if there are any: each may be mined in this one's place."""

    @property
    def hashes(self) -> tuple[str, ...]:
        """Of all attempts."""
        return (self.hash, *self.others)

    @classmethod
    def read(cls, row: sqlite3.Row, others: tuple[str, ...] = ()) -> Self:
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
            others=others,
        )


class Outbox:
    """The table of entries in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def get(self, intent: str) -> Entry | None:
        """The entry of an intent, or None when nothing was ever signed for it."""
        row = self._db.execute("SELECT * FROM outbox WHERE intent = ?", (intent,)).fetchone()
        return None if row is None else self._read(row)

    def pending(self, wallet: str | None = None) -> list[Entry]:
        """What is not known to be in a block, of one wallet or of all, in the order of nonces."""
        # Two queries, as with one the database finds no index for either.
        query = "SELECT * FROM outbox WHERE state = 'pending' {} ORDER BY wallet, nonce"
        if wallet is None:
            rows = self._db.execute(query.format(""))
        else:
            rows = self._db.execute(query.format("AND wallet = ?"), (wallet,))
        return [self._read(row) for row in rows.fetchall()]

    def _read(self, row: sqlite3.Row) -> Entry:
        if row["state"] != "pending":
            return Entry.read(row)
        query = "SELECT hash FROM attempts WHERE intent = ? AND hash != ? ORDER BY rowid DESC"
        others = self._db.execute(query, (row["intent"], row["hash"]))
        return Entry.read(row, tuple(one["hash"] for one in others))

    def next_nonce(self, wallet: str) -> int:
        """One above the highest nonce that is used or may be used yet; 0 for a new wallet.

        A transaction that failed without a block never used its nonce.
        """
        query = (
            "SELECT max(nonce) + 1 FROM outbox WHERE wallet = ? AND (state != 'failed' OR block IS NOT NULL)"
        )
        return int(self._db.execute(query, (wallet,)).fetchone()[0] or 0)

    def add(self, db: sqlite3.Connection, entry: Entry) -> None:
        """Write a new entry within a transaction of the caller."""
        db.execute(
            "INSERT INTO outbox (intent, wallet, nonce, raw, hash, cost, state) "
            "VALUES (?, ?, ?, ?, ?, ?, 'pending')",
            (entry.intent, entry.wallet, entry.nonce, entry.raw, entry.hash, str(entry.cost)),
        )

    def replace(self, db: sqlite3.Connection, old: Entry, new: Entry) -> None:
        """Write a new attempt of the same nonce within a transaction of the caller; the old one may still win."""
        # All of them stand there: the entry itself is of the latest, or of the one that was mined.
        attempts = [(one.hash, one.intent, one.raw) for one in (old, new)]
        db.executemany("INSERT OR IGNORE INTO attempts VALUES (?, ?, ?)", attempts)
        db.execute(
            "UPDATE outbox SET raw = ?, hash = ?, cost = ? WHERE intent = ?",
            (new.raw, new.hash, str(new.cost), new.intent),
        )

    def mined(self, settled: Iterable[Entry]) -> None:
        """These are in blocks: carried out, or reverted for the reasons given. The chain can tell it again."""
        with self._store.transaction(repeatable=True) as db:
            for entry in settled:
                assert entry.receipt is not None, "what is mined has a receipt"
                db.execute(
                    "UPDATE outbox SET state = ?, block = ?, block_hash = ?, receipt = ?, error = ?, hash = ?, "
                    "raw = ? WHERE intent = ?",
                    (
                        entry.state,
                        int(entry.receipt["blockNumber"], 16),
                        entry.receipt.get("blockHash"),
                        json.dumps(entry.receipt),
                        _kept(entry.error),
                        entry.hash,
                        entry.raw,
                        entry.intent,
                    ),
                )

    def with_receipt(self, entry: Entry, receipt: Mapping[str, Any], error: RpcError | None) -> Entry:
        """The entry with what became of it: the attempt that was mined, and where, or why it was reverted."""
        raw, tx_hash = entry.raw, receipt["transactionHash"]
        if tx_hash != entry.hash:
            row = self._db.execute("SELECT raw FROM attempts WHERE hash = ?", (tx_hash,)).fetchone()
            raw = bytes(row["raw"])
        # The bloom is a fifth of a receipt and says nothing that its logs do not.
        kept = {name: value for name, value in receipt.items() if name != "logsBloom"}
        state: Literal["mined", "failed"] = "failed" if error else "mined"
        return replace(entry, raw=raw, hash=tx_hash, state=state, receipt=kept, error=error)

    def blocks(self, depth: int) -> list[tuple[int, str]]:
        """Number and hash of each of the newest ``depth`` blocks that hold something of ours, as far as we know."""
        rows = self._db.execute(
            "SELECT DISTINCT block, block_hash FROM outbox WHERE block IS NOT NULL ORDER BY block DESC LIMIT ?",
            (depth,),
        )
        return [(row[0], row[1]) for row in rows]

    def retract(self, blocks: Iterable[tuple[int, str]]) -> None:
        """What was mined in these blocks is pending again. They have left the chain."""
        with self._store.transaction() as db:
            db.executemany(
                f"UPDATE outbox SET {_PENDING} WHERE block = ? AND block_hash = ?",  # noqa: S608 - our own words
                blocks,
            )

    def retract_nonces(self, wallet: str, nonces: range) -> bool:
        """What the wallet had mined with these nonces is pending again; whether there was anything."""
        with self._store.transaction() as db:
            cursor = db.execute(
                f"UPDATE outbox SET {_PENDING} "  # noqa: S608 - our own words
                "WHERE wallet = ? AND nonce BETWEEN ? AND ? AND block IS NOT NULL",
                (wallet, nonces.start, nonces.stop - 1),
            )
        return cursor.rowcount > 0

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
                f"UPDATE outbox SET {_PENDING} WHERE block > ?",  # noqa: S608 - our own words
                (above,),
            )
        return cursor.rowcount


def _kept(error: RpcError | None) -> str | None:
    if error is None:
        return None
    return json.dumps({"code": error.code, "message": error.message, "data": (error.data or b"").hex()})
