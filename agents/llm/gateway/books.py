"""What the gateway must not forget: a receipt for each call that was charged, and each channel's newest voucher.

A call is charged by one transaction that writes its receipt, what the channel has cost with it, and the voucher for
that where the signer is at hand. So whatever ends the process, a call was charged with all of this or not at all.
"""

import sqlite3
from collections.abc import Callable, Iterator

from agents.chain.store import Store
from agents.errors.tokens import Usage
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.records import ModelSpending, Records
from agents.llm.gateway.tree import Tree
from agents.llm.gateway.vouchers import Signer, Voucher

SCHEMA = """
CREATE TABLE charged_calls (
    id         INTEGER PRIMARY KEY,         -- in the order in which they were charged
    channel    BLOB NOT NULL,
    number     INTEGER NOT NULL,            -- of the channel's receipts, from 1 on
    agent      INTEGER NOT NULL,
    task       INTEGER NOT NULL,            -- 0 for none
    model      TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    prompt     INTEGER NOT NULL,
    cached     INTEGER NOT NULL,
    completion INTEGER NOT NULL,
    cost       INTEGER NOT NULL,            -- units
    cumulative INTEGER NOT NULL,
    request    BLOB NOT NULL,               -- SHA-256
    response   BLOB NOT NULL,               -- SHA-256
    status     INTEGER NOT NULL,
    time       INTEGER NOT NULL,            -- of the chain
    nodes      BLOB NOT NULL,               -- of the Merkle tree, that this receipt completes
    UNIQUE (channel, number)
) STRICT;
CREATE INDEX charged_calls_by_agent ON charged_calls (agent, task);

CREATE TABLE channels (
    id        BLOB PRIMARY KEY,
    agent     INTEGER NOT NULL,
    signer    TEXT NOT NULL,
    receipts  INTEGER NOT NULL,
    settled   INTEGER NOT NULL,             -- what it has cost in all, in units
    vouched   INTEGER NOT NULL,             -- what the newest voucher is for
    root      BLOB NOT NULL,                -- and its receipts' root
    signature BLOB NOT NULL                 -- 64 bytes; none while there is no voucher
) STRICT, WITHOUT ROWID;
"""

SPENT = """
CREATE TABLE spent (                        -- what the receipts of each agent and model add up to
    agent      INTEGER NOT NULL,
    model      TEXT NOT NULL,
    calls      INTEGER NOT NULL,
    prompt     INTEGER NOT NULL,
    cached     INTEGER NOT NULL,
    completion INTEGER NOT NULL,
    cost       INTEGER NOT NULL,            -- units
    PRIMARY KEY (agent, model)
) STRICT, WITHOUT ROWID;
INSERT INTO spent SELECT agent, model, count(*), sum(prompt), sum(cached), sum(completion), sum(cost)
    FROM charged_calls GROUP BY agent, model;
"""


CARRIED = """
-- Units that the agent has not paid in this channel, and pays in a later one.
ALTER TABLE channels ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
CREATE INDEX channels_by_agent ON channels (agent);
"""


class OutOfOrder(Exception):
    """A receipt was not written, since the one before it was not."""


class Book:
    """One channel's running account, in units."""

    __slots__ = (
        *("agent_id", "carried", "channel_id", "flying", "in_doubt", "key", "reserved", "settled", "signer"),
        *("tree", "voucher", "writing"),
    )

    def __init__(self, channel_id: bytes, agent_id: int, signer: str) -> None:
        self.channel_id, self.agent_id, self.signer = channel_id, agent_id, signer
        self.key: Signer | None = None
        """The signer itself, where it is at hand."""
        self.settled = 0
        """What the channel has cost, what was carried into it included."""
        self.carried = 0
        """What of that was carried on into a later channel."""
        self.tree = Tree()
        """Of its receipts."""
        self.voucher: Voucher | None = None
        """The newest that is held."""
        self.reserved = self.flying = 0
        """What calls in flight may come to, and how many there are."""
        self.writing = 0
        """How many of its receipts are on their way to the disk."""
        self.in_doubt = False
        """Whether one of them did not get there, so that the disk knows better than this."""

    @property
    def vouched(self) -> int:
        """What the newest voucher is for."""
        return 0 if self.voucher is None else self.voucher.cumulative


class Books(Records):
    """The tables in one store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.path, store.db)
        store.migrate("gateway-1", SCHEMA)
        store.migrate("gateway-2", SPENT)
        store.migrate("gateway-3", CARRIED)

    def read(self, book: Book) -> None:
        """Bring the book to what the disk knows of its channel."""
        row = self._db.execute("SELECT * FROM channels WHERE id = ?", (book.channel_id,)).fetchone()
        book.settled, book.carried, book.voucher, book.tree = 0, 0, None, Tree()
        if row is not None:
            book.settled, book.carried, book.voucher = row["settled"], row["carried"], _voucher(row)
            book.tree = Tree.read(row["receipts"], self.nodes(book.channel_id))

    def of_agent(self, agent_id: int) -> list[Book]:
        """A book for each channel on which the agent has thought; ``read`` fills it."""
        query = "SELECT id, agent, signer FROM channels WHERE agent = ?"
        return [Book(*row) for row in self._db.execute(query, (agent_id,))]

    def standing(self, channel_id: bytes) -> tuple[int, Tree]:
        """What a channel has cost in all, and the tree of its receipts."""
        book = Book(channel_id, 0, "")
        self.read(book)
        return book.settled, book.tree

    def vouchers(self) -> Iterator[Voucher]:
        """The newest of each channel of which one is held."""
        for row in self._db.execute("SELECT * FROM channels WHERE vouched > 0 ORDER BY agent, id"):
            voucher = _voucher(row)
            if voucher is not None:
                yield voucher

    def by_model(self, agent_id: int) -> list[ModelSpending]:
        """What the agent's calls have cost so far, by model."""
        rows = self._db.execute(
            "SELECT model, calls, prompt, completion, cached, cost FROM spent WHERE agent = ? ORDER BY model",
            (agent_id,),
        )
        return [ModelSpending(row[0], row[1], Usage(*row[2:5]), row[5]) for row in rows]

    def charge(
        self, receipt: Receipt, nodes: bytes, signer: str, voucher: Voucher | None
    ) -> Callable[[sqlite3.Connection], None]:
        """What writes a receipt, its channel's new sum, and the newest voucher."""

        def write(db: sqlite3.Connection) -> None:
            _write_channel(db, receipt, signer, voucher)
            db.execute(
                "INSERT INTO charged_calls VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(receipt.channel_id, receipt.number, receipt.agent_id, receipt.task),
                    *(receipt.model, receipt.purpose, receipt.usage.prompt_tokens),
                    *(receipt.usage.cached_tokens, receipt.usage.completion_tokens),
                    *(receipt.cost, receipt.cumulative, receipt.request, receipt.response),
                    *(receipt.status, receipt.time, nodes),
                ),
            )
            db.execute(_SPEND, (receipt.agent_id, receipt.model, *_counts(receipt.usage), receipt.cost))

        return write

    def carry(self, old: Book, new: Book, units: int) -> Callable[[sqlite3.Connection], None]:
        """What writes that so much of what one channel has cost is paid in another."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("UPDATE channels SET carried = carried + ? WHERE id = ?", (units, old.channel_id))
            _make_channel(db, new.channel_id, new.agent_id, new.signer)
            db.execute("UPDATE channels SET settled = settled + ? WHERE id = ?", (units, new.channel_id))

        return write

    def hold(self, voucher: Voucher) -> Callable[[sqlite3.Connection], None]:
        """What writes a voucher that came from its signer."""

        def write(db: sqlite3.Connection) -> None:
            db.execute(
                "UPDATE channels SET vouched = ?, root = ?, signature = ? WHERE id = ? AND vouched < ?",
                (
                    *(voucher.cumulative, voucher.receipts_root, voucher.signature),
                    *(voucher.channel_id, voucher.cumulative),
                ),
            )

        return write


_SPEND = """
INSERT INTO spent VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT (agent, model) DO UPDATE SET
    calls = calls + 1, prompt = prompt + excluded.prompt, cached = cached + excluded.cached,
    completion = completion + excluded.completion, cost = cost + excluded.cost
"""


def _counts(usage: Usage) -> tuple[int, int, int]:
    return usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens


def _write_channel(db: sqlite3.Connection, receipt: Receipt, signer: str, voucher: Voucher | None) -> None:
    held: tuple[int, bytes, bytes] = (0, b"", b"")
    if voucher is not None:
        held = (voucher.cumulative, voucher.receipts_root, voucher.signature)
    if receipt.number == 1:
        _make_channel(db, receipt.channel_id, receipt.agent_id, signer)
    cursor = db.execute(
        "UPDATE channels SET receipts = ?, settled = ?, vouched = ?, root = ?, signature = ? "
        "WHERE id = ? AND receipts = ?",
        (receipt.number, receipt.cumulative, *held, receipt.channel_id, receipt.number - 1),
    )
    if cursor.rowcount != 1:
        raise OutOfOrder(receipt.call)


def _make_channel(db: sqlite3.Connection, channel_id: bytes, agent_id: int, signer: str) -> None:
    """A channel that has cost nothing yet, if it is not there."""
    db.execute(
        "INSERT OR IGNORE INTO channels (id, agent, signer, receipts, settled, vouched, root, signature) "
        "VALUES (?, ?, ?, 0, 0, 0, x'', x'')",
        (channel_id, agent_id, signer),
    )


def _voucher(row: sqlite3.Row) -> Voucher | None:
    if not row["vouched"]:
        return None
    return Voucher(row["id"], row["agent"], row["signer"], row["vouched"], row["root"], row["signature"])
