"""The few statements that rows are read and written with, in the driver's own words: an index is written in bulk, and
whatever is done for each value costs as much as the rest together.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Boolean, Dialect, Table

Key = tuple[Any, ...]
Row = dict[str, Any]
Convert = Callable[[Any], Any]


class Statements:
    """How one table is written and read by its primary key in one kind of database.

    The methods take a cursor of the driver; what fails is the driver's own error.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self.table = table
        self._mark = "?" if dialect.paramstyle == "qmark" else "%s"
        quote = dialect.identifier_preparer.quote
        self._name = quote(table.name)
        names = [column.name for column in table.columns]
        self._defaults: Row = {column.name: _default(column.default) for column in table.columns}
        self._values = _getter(names)
        self.key: Callable[[Mapping[str, Any]], Key] = _getter([one.name for one in table.primary_key])
        """The primary key among a row's values."""
        self._documents = [at for at, one in enumerate(table.columns) if isinstance(one.type, JSON)]
        self._names = names
        self._readers = _readers(table, dialect)
        self._quoted = [quote(name) for name in names]
        self._is_key = f"({', '.join(quote(one.name) for one in table.primary_key)})"
        self._where = " AND ".join(f"{quote(one.name)} = {self._mark}" for one in table.primary_key)
        keys = {one.name for one in table.primary_key}
        self._rest = [quote(name) for name in names if name not in keys]

    def row(self, values: Mapping[str, Any]) -> Row:
        """All columns, those that are not among ``values`` with their defaults; raises LookupError for others."""
        row = self._defaults | values
        if len(row) != len(self._defaults):
            unknown = ", ".join(sorted(values.keys() - self._defaults.keys()))
            raise LookupError(f"{self.table.name} has no column {unknown}")
        return row

    def is_empty(self, cursor: Any) -> bool:
        """Whether the table has no rows."""
        cursor.execute(f"SELECT 1 FROM {self._name} LIMIT 1")
        return cursor.fetchone() is None

    def read(self, cursor: Any, key: Key) -> Row | None:
        """The row with this key."""
        cursor.execute(f"SELECT {', '.join(self._quoted)} FROM {self._name} WHERE {self._where}", key)
        found = cursor.fetchone()
        return None if found is None else self._read(found)

    def above(self, cursor: Any, column: str, value: int) -> list[Row]:
        """The rows whose column is greater than ``value``."""
        cursor.execute(
            f"SELECT {', '.join(self._quoted)} FROM {self._name} WHERE {column} > {self._mark}", (value,)
        )
        return [self._read(one) for one in cursor.fetchall()]

    def insert(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows whose keys are new."""
        self._many(cursor, f"INSERT INTO {self._name} ({', '.join(self._quoted)}) VALUES", rows, "")

    def write(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with the same keys."""
        changes = ", ".join(f"{name} = excluded.{name}" for name in self._rest)
        action = f"DO UPDATE SET {changes}" if changes else "DO NOTHING"
        into = f"INSERT INTO {self._name} ({', '.join(self._quoted)}) VALUES"
        self._many(cursor, into, rows, f" ON CONFLICT {self._is_key} {action}")

    def delete(self, cursor: Any, keys: Sequence[Key]) -> None:
        """Delete the rows with these keys."""
        if keys:
            cursor.executemany(f"DELETE FROM {self._name} WHERE {self._where}", keys)

    def cut(self, cursor: Any, column: str, value: int) -> None:
        """Delete the rows whose column is greater than ``value``."""
        cursor.execute(f"DELETE FROM {self._name} WHERE {column} > {self._mark}", (value,))

    def clear(self, cursor: Any) -> None:
        """Delete all rows."""
        cursor.execute(f"DELETE FROM {self._name}")

    def _many(self, cursor: Any, before: str, rows: Sequence[Row], after: str) -> None:
        if rows:
            marks = ", ".join([self._mark] * len(self._names))
            cursor.executemany(f"{before} ({marks}){after}", [self._written(row) for row in rows])

    def _written(self, row: Row) -> Key:
        values = self._values(row)
        if not self._documents:
            return values
        listed = list(values)
        for at in self._documents:
            if listed[at] is not None:
                listed[at] = json.dumps(listed[at])
        return tuple(listed)

    def _read(self, found: Sequence[Any]) -> Row:
        row = dict(zip(self._names, found, strict=True))
        for name, convert in self._readers:
            if row[name] is not None:
                row[name] = convert(row[name])
        return row


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Key]:
    """What takes the values with these names out of a row, as a tuple also where it is one."""
    if len(names) > 1:
        return itemgetter(*names)
    (name,) = names
    return lambda row: (row[name],)


def _default(default: Any) -> Any:
    return default.arg if default is not None and default.is_scalar else None


def _readers(table: Table, dialect: Dialect) -> list[tuple[str, Convert]]:
    """What SQLite gives back in another type than it was given; the driver of PostgreSQL gives all as it was."""
    if dialect.name != "sqlite":
        return []
    kinds: tuple[tuple[type[Any], Convert], ...] = ((JSON, json.loads), (Boolean, bool))
    return [
        (column.name, convert)
        for column in table.columns
        for kind, convert in kinds
        if isinstance(column.type, kind)
    ]
