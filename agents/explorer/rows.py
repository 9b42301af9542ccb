"""The only way in which the index is written: rows by their keys, kept in memory and written in bulk.

Near the head of the chain, what a block changes is noted with what stood there before, so that the block
can be taken back.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table

from agents.explorer import schema
from agents.explorer.statements import Key, Row, Statements, statements_of

MOST_KEPT = 50_000
"""Rows of one table that stay in memory after they were written."""


class _Kept:
    """The rows of one table that are in memory."""

    def __init__(self, statements: Statements, *, whole: bool) -> None:
        self.statements = statements
        self.rows: dict[Key, Row | None] = {}
        """None stands for a row that is known not to exist."""
        self.changed: dict[Key, None] = {}
        self.added: list[Row] = []
        self.whole = whole
        """Whether every row of the table is in memory, so that what is not there does not exist."""


class Rows:
    """The rows of one index, seen and changed through one connection, whose transactions are the caller's.

    Nothing reaches the database before ``flush``. After a transaction that was rolled back, make another.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._cursor = connection.connection.cursor()
        self._kept: dict[str, _Kept] = {}
        self._block = 0
        self._noting = False
        self._noted: dict[tuple[str, Key], Row | None] = {}

    def open_block(self, number: int, *, undoable: bool) -> None:
        """What is changed from here on belongs to this block; ``undoable`` blocks can be taken back."""
        self.close_block()
        self._block, self._noting = number, undoable

    def close_block(self) -> None:
        """The block is complete."""
        for (table, key), row in self._noted.items():
            image = {"block": self._block, "table": table, "key": json.dumps(key), "image": row}
            self.add(schema.undo, image)
        self._noted.clear()
        self._noting = False

    def get(self, table: Table, key: Key) -> Row | None:
        """The row with this primary key; not to be changed."""
        kept = self._of(table)
        if key in kept.rows:
            return kept.rows[key]
        row = None if kept.whole else kept.statements.read(self._cursor, key)
        kept.rows[key] = row
        return row

    def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """The row with the primary key among ``values`` is as they say; what they do not name has its default."""
        statements = self._of(table).statements
        row = statements.row(values)
        self._set(table, statements.key(row), row)

    def update(self, table: Table, key: Key, **changes: Any) -> None:
        """The row has these values; raises LookupError when there is no such row."""
        row = self.get(table, key)
        if row is None:
            raise LookupError(f"{table.name} has no row {key}")
        changed = row | changes
        if len(changed) != len(row):
            raise LookupError(f"{table.name} has no column {', '.join(changes.keys() - row.keys())}")
        self._set(table, key, changed)

    def add(self, table: Table, values: Mapping[str, Any]) -> None:
        """One more row of a table to which rows are only ever added; ``get`` does not know of it."""
        kept = self._of(table)
        kept.added.append(kept.statements.row(values))

    def delete(self, table: Table, key: Key) -> None:
        """There is no row with this key."""
        self._set(table, key, None)

    def flush(self) -> None:
        """All changes are in the database's transaction."""
        self.close_block()
        for kept in self._kept.values():
            statements = kept.statements
            statements.insert(self._cursor, kept.added)
            there = [row for key in kept.changed if (row := kept.rows[key]) is not None]
            statements.write(self._cursor, there)
            statements.delete(self._cursor, [key for key in kept.changed if kept.rows[key] is None])
            kept.added.clear()
            kept.changed.clear()
            if len(kept.rows) > MOST_KEPT:
                kept.rows.clear()
                kept.whole = False

    def forget(self) -> None:
        """Nothing is in memory any more: the tables were changed by other means."""
        self._kept.clear()
        self._noted.clear()
        self._noting = False

    def _set(self, table: Table, key: Key, row: Row | None) -> None:
        if self._noting and (table.name, key) not in self._noted:
            self._noted[table.name, key] = self.get(table, key)
        kept = self._of(table)
        kept.rows[key] = row
        kept.changed[key] = None

    def _of(self, table: Table) -> _Kept:
        kept = self._kept.get(table.name)
        if kept is None:
            statements = statements_of(table, self.connection.dialect)
            kept = self._kept[table.name] = _Kept(statements, whole=statements.is_empty(self._cursor))
        return kept


def rewind(rows: Rows, ancestor: int) -> None:
    """The tables are as they were after block ``ancestor``, so far as the blocks above it were undoable.

    Nothing may be waiting for ``flush``.
    """
    rows.forget()
    cursor = rows.connection.connection.cursor()
    images = statements_of(schema.undo, rows.connection.dialect).above(cursor, "block", ancestor)
    before: dict[tuple[str, str], Row | None] = {}
    for image in sorted(images, key=lambda one: -int(one["block"])):
        # What stood there before the lowest of the blocks comes last.
        before[image["table"], image["key"]] = image["image"]
    for (name, key), row in before.items():
        table = schema.metadata.tables[name]
        if row is None:
            rows.delete(table, tuple(json.loads(key)))
        else:
            rows.put(table, row)
    rows.flush()
    cut(rows, ancestor)


def cut(rows: Rows, ancestor: int) -> None:
    """There are no blocks above ``ancestor`` in the tables to which rows are only ever added."""
    cursor = rows.connection.connection.cursor()
    for table in (*schema.RAW, *schema.APPENDED, schema.undo):
        column, last = _order(table, ancestor)
        statements_of(table, rows.connection.dialect).cut(cursor, column, last)
    rows.forget()


def clear(rows: Rows) -> None:
    """There is nothing in the tables that are folded from events."""
    cursor = rows.connection.connection.cursor()
    for table in (*schema.FOLDED, *schema.APPENDED, schema.undo):
        statements_of(table, rows.connection.dialect).clear(cursor)
    rows.forget()


def _order(table: Table, block: int) -> tuple[str, int]:
    """The column that orders a table's rows by blocks, and the highest value of it that ``block`` can have."""
    if "seq" in table.columns:
        return "seq", schema.seq_of(block + 1, 0) - 1
    return ("number" if table is schema.blocks else "block"), block
