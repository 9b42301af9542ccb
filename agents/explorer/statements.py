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


_encoded = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
FEW = 20
"""Rows for which a stream is not worth its beginning and its end."""


class Statements:
    """How one table is written and read by its primary key in one kind of database.

    The methods take a cursor of the driver; what fails is the driver's own error.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self.table = table
        names = [column.name for column in table.columns]
        keys = [column.name for column in table.primary_key]
        self.key: Callable[[Mapping[str, Any]], Key] = _getter(keys)
        """The primary key among a row's values."""
        self._names, self._values = names, _getter(names)
        self._defaults: Row = {column.name: _default(column.default) for column in table.columns}
        self._documents = [at for at, one in enumerate(table.columns) if isinstance(one.type, JSON)]
        self._readers = _readers(table, dialect)

        quote, mark = dialect.identifier_preparer.quote, "?" if dialect.paramstyle == "qmark" else "%s"
        self._quoted = name = quote(table.name)
        self._columns = columns = ", ".join(map(quote, names))
        is_key = " AND ".join(f"{quote(key)} = {mark}" for key in keys)
        changes = ", ".join(f"{quote(one)} = excluded.{quote(one)}" for one in names if one not in keys)
        conflict = f"ON CONFLICT ({', '.join(map(quote, keys))}) DO"
        self._upsert = f"{conflict} {f'UPDATE SET {changes}' if changes else 'NOTHING'}"
        # Nothing but names of our own tables goes into these texts.
        self._clear = f"DELETE FROM {name}"  # noqa: S608
        self._delete = f"{self._clear} WHERE {is_key}"
        self._cut = f"{self._clear} WHERE {{}} > {mark}"
        self._select = f"SELECT {columns} FROM {name}"  # noqa: S608
        self._one = f"{self._select} WHERE {is_key}"
        self._above = f"{self._select} WHERE {{}} > {mark}"
        self._insert = f"INSERT INTO {name} ({columns}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
        self._write = f"{self._insert} {self._upsert}"

    def row(self, values: Mapping[str, Any]) -> Row:
        """All columns, those that are not among ``values`` with their defaults; raises LookupError for others."""
        row = {**self._defaults, **values}
        if len(row) != len(self._defaults):
            unknown = ", ".join(sorted(values.keys() - self._defaults.keys()))
            raise LookupError(f"{self.table.name} has no column {unknown}")
        return row

    def is_empty(self, cursor: Any) -> bool:
        """Whether the table has no rows."""
        cursor.execute(f"{self._select} LIMIT 1")
        return cursor.fetchone() is None

    def read(self, cursor: Any, key: Key) -> Row | None:
        """The row with this key."""
        cursor.execute(self._one, key)
        found = cursor.fetchone()
        return None if found is None else self._read(found)

    def above(self, cursor: Any, column: str, value: int) -> list[Row]:
        """The rows whose column is greater than ``value``."""
        cursor.execute(self._above.format(column), (value,))
        return [self._read(one) for one in cursor.fetchall()]

    def insert(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows whose keys are new."""
        if rows:
            cursor.executemany(self._insert, [self._written(row) for row in rows])

    def write(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with the same keys."""
        if rows:
            cursor.executemany(self._write, [self._written(row) for row in rows])

    def delete(self, cursor: Any, keys: Sequence[Key]) -> None:
        """Delete the rows with these keys."""
        if keys:
            cursor.executemany(self._delete, keys)

    def cut(self, cursor: Any, column: str, value: int) -> None:
        """Delete the rows whose column is greater than ``value``."""
        cursor.execute(self._cut.format(column), (value,))

    def clear(self, cursor: Any) -> None:
        """Delete all rows."""
        cursor.execute(self._clear)

    def _written(self, row: Row) -> Key:
        values = self._values(row)
        if not self._documents:
            return values
        listed = list(values)
        for at in self._documents:
            if listed[at] is not None:
                listed[at] = _encoded(listed[at])
        return tuple(listed)

    def _read(self, found: Sequence[Any]) -> Row:
        row = dict(zip(self._names, found, strict=True))
        for name, convert in self._readers:
            if row[name] is not None:
                row[name] = convert(row[name])
        return row


class CopyStatements(Statements):
    """As PostgreSQL takes many rows several times as fast: in one stream."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        super().__init__(table, dialect)
        self._waiting = dialect.identifier_preparer.quote(f"new_{table.name}")
        self._has_waiting = False

    def insert(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows whose keys are new."""
        if len(rows) < FEW:
            super().insert(cursor, rows)
        else:
            self._stream(cursor, self._quoted, rows)

    def write(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with the same keys."""
        if len(rows) < FEW:
            super().write(cursor, rows)
            return
        if not self._has_waiting:
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {self._waiting} (LIKE {self._quoted})")
            self._has_waiting = True
        self._stream(cursor, self._waiting, rows)
        chosen = f"SELECT {self._columns} FROM {self._waiting}"  # noqa: S608 - names of our own tables
        cursor.execute(f"INSERT INTO {self._quoted} ({self._columns}) {chosen} {self._upsert}")
        cursor.execute(f"TRUNCATE {self._waiting}")

    def _stream(self, cursor: Any, name: str, rows: Sequence[Row]) -> None:
        with cursor.copy(f"COPY {name} ({self._columns}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(self._written(row))


def statements_of(table: Table, dialect: Dialect) -> Statements:
    """The statements that suit the kind of database."""
    return (CopyStatements if dialect.name == "postgresql" else Statements)(table, dialect)


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Key]:
    """What takes the values with these names out of a row, as a tuple also where it is one."""
    if len(names) > 1:
        several: Callable[[Mapping[str, Any]], Key] = itemgetter(*names)
        return several
    (only,) = names
    return lambda row: (row[only],)


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
