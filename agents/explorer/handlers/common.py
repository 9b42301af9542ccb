"""Small things that several handlers need."""

from hashlib import sha256
from typing import Any

from sqlalchemy import Table

from agents.explorer import schema
from agents.explorer.handlers.registry import Place, Row
from agents.explorer.rows import Rows
from agents.market.domain import skill_name

ZERO_ADDRESS = "0x" + "00" * 20
LARGEST = (1 << 63) - 1
"""What a column of 64 bits can hold."""
LONGEST_KEY = 200
"""Characters."""


def existing(rows: Rows, table: Table, *key: Any) -> Row:
    """The row, which an earlier event must have made; raises LookupError."""
    row = rows.get(table, key)
    if row is None:
        raise LookupError(f"{table.name} has no row {key}: an event before this one is missing")
    return row


def change(rows: Rows, at: Place, table: Table, *key: Any, **changes: Any) -> None:
    """Change columns of a row, and say where."""
    rows.update(table, key, **changes, **at.columns)


def add_to(rows: Rows, at: Place, table: Table, *key: Any, **amounts: int) -> None:
    """Add to numbers in a row that exists."""
    row = existing(rows, table, *key)
    change(rows, at, table, *key, **{name: row[name] + amount for name, amount in amounts.items()})


def tally(rows: Rows, at: Place, table: Table, key: Row, **amounts: int) -> None:
    """Add to numbers in the row with this primary key; where there is none, one begins with them."""
    before = rows.get(table, tuple(key.values())) or key
    sums = {name: before.get(name, 0) + amount for name, amount in amounts.items()}
    rows.put(table, {**before, **sums, **at.columns})


def tag_text(tag: bytes) -> str:
    """A skill or a topic, as the tables keep it."""
    return schema.plain_text(skill_name(tag))


def key_text(text: str) -> str:
    """Text that somebody chose as a key: what is too long for an index ends in its hash."""
    if len(text) > LONGEST_KEY:
        return f"{schema.plain_text(text[:LONGEST_KEY])}… {sha256(text.encode()).hexdigest()}"
    return schema.plain_text(text)


def bounded(number: int) -> int:
    """A number that a contract does not bound, as far as a column can hold it."""
    return min(number, LARGEST)
