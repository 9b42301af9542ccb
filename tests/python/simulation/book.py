"""What a party has decided, in its store: each decision is there before anything is done about it."""

import json
from dataclasses import dataclass, field
from typing import Any

from agents.chain.store import Store

_SCHEMA = """
CREATE TABLE decisions (
    intent TEXT PRIMARY KEY, what TEXT NOT NULL, wallet INTEGER NOT NULL, details TEXT NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something to be done once."""

    intent: str
    what: str
    wallet: int
    """Which of the party's wallets does it."""
    details: dict[str, Any] = field(hash=False)
    dropped: bool = False
    """It was refused or made no sense any more, and nothing was signed for it."""


class Book:
    """All decisions of one party."""

    def __init__(self, store: Store) -> None:
        store.migrate("decisions-1", _SCHEMA)
        self._store = store
        self.decisions = {one.intent: one for one in read(store.db)}

    def put(self, decision: Decision) -> None:
        """Decide."""
        if decision.intent in self.decisions:
            return
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO decisions (intent, what, wallet, details) VALUES (?, ?, ?, ?)",
                (decision.intent, decision.what, decision.wallet, json.dumps(decision.details)),
            )
        self.decisions[decision.intent] = decision

    def drop(self, decision: Decision) -> None:
        """Think better of it. Nothing may have been signed for it."""
        with self._store.transaction() as db:
            db.execute("UPDATE decisions SET dropped = 1 WHERE intent = ?", (decision.intent,))
        self.decisions[decision.intent] = Decision(
            decision.intent, decision.what, decision.wallet, decision.details, dropped=True
        )


def read(db) -> list[Decision]:
    """The decisions in a store's file, in the order in which they were taken."""
    rows = db.execute("SELECT intent, what, wallet, details, dropped FROM decisions ORDER BY rowid")
    return [
        Decision(intent, what, wallet, json.loads(details), bool(dropped))
        for intent, what, wallet, details, dropped in rows
    ]
