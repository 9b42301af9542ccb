"""How far each consumer of the store's events has come, moved on in the transaction that keeps what it made of them.

A consumer that writes its state and its cursor together takes each event once, whatever crashes, and finds
after any absence where it stopped. A cursor costs nothing while nothing is done with the events: one that is
behind by blocks without anything of interest may stay there.
"""

import sqlite3
from typing import NamedTuple

from agents.chain.store import Store


class Place(NamedTuple):
    """Between two logs of the chain: before log ``log`` of ``block``."""

    block: int
    log: int = 0


class Consumers:
    """The cursors in one store."""

    def __init__(self, store: Store) -> None:
        self._db = store.db

    def place(self, name: str) -> Place | None:
        """Where the consumer stopped, or None when it never took anything."""
        row = self._db.execute("SELECT block, idx FROM consumers WHERE name = ?", (name,)).fetchone()
        return None if row is None else Place(*row)

    def places(self) -> dict[str, Place]:
        """Where each consumer stopped: one query for all."""
        return {
            row["name"]: Place(row["block"], row["idx"])
            for row in self._db.execute("SELECT * FROM consumers")
        }

    def advance(self, db: sqlite3.Connection, name: str, place: Place) -> None:
        """The consumer has taken all before ``place``, within the transaction that keeps what it made of it."""
        db.execute("INSERT OR REPLACE INTO consumers VALUES (?, ?, ?)", (name, *place))


def rewind(db: sqlite3.Connection, ancestor: int) -> None:
    """The blocks above ``ancestor`` have left the chain: whoever took something of them takes what replaces it."""
    db.execute("UPDATE consumers SET block = ?, idx = 0 WHERE block > ?", (ancestor + 1, ancestor))
