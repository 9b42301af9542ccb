"""Lists in pages: where a page ends is told by the sort key of its last row, so nothing is skipped or doubled by what
comes in meanwhile."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from agents.errors import FilterRefused

LIMIT, MOST = 50, 200
"""Rows of a page: as usual, and at most."""
_CURSOR = 512
"""Characters of the longest cursor that is read."""
_INTEGER = 1 << 63

Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which page is asked for: what follows ``cursor``, at most ``limit`` rows, the newest first unless ``asc``."""

    cursor: str | None = None
    limit: int = LIMIT
    order: Order = "desc"


def page_of(
    connection: Connection,
    query: Select[Any],
    keys: Sequence[KeyedColumnElement[Any]],
    cut: Cut,
    name: str = "",
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of one page, and the cursor for what follows, None at the end.

    ``keys`` are columns without nulls, selected under their own names, that order the list; the last breaks all ties.
    ``name`` tells apart lists that are sorted otherwise. Raises FilterRefused for a cursor that is not
    of such a list.
    """
    return page_of_either(connection, [query], keys, cut, name)


def page_of_either(
    connection: Connection,
    queries: Sequence[Select[Any]],
    keys: Sequence[KeyedColumnElement[Any]],
    cut: Cut,
    name: str = "",
) -> tuple[list[dict[str, Any]], str | None]:
    """As ``page_of``, of the rows that any of the queries finds, each once.

    An index serves one side of an "or" in order, not both: so each side is asked for a page.
    """
    behind = None
    if cut.cursor is not None:
        behind = _behind(keys, read_cursor(cut.cursor, keys, name), cut.order)
    ways = [key.desc() if cut.order == "desc" else key.asc() for key in keys]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for query in queries:
        bounded = query if behind is None else query.where(behind)
        for row in connection.execute(bounded.order_by(*ways).limit(cut.limit + 1)).mappings():
            values = dict(row)
            found[tuple(values[str(key.key)] for key in keys)] = values
    order = list(found) if len(queries) == 1 else sorted(found, reverse=cut.order == "desc")
    more = len(order) > cut.limit
    kept = order[: cut.limit]
    return [found[key] for key in kept], cursor_at(kept[-1], name) if more else None


def cursor_at(values: Sequence[Any], name: str = "") -> str:
    """The cursor behind the row with these keys."""
    text = json.dumps([name, *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read_cursor(cursor: str, keys: Sequence[ColumnElement[Any]], name: str = "") -> list[Any]:
    """The keys that a cursor was made of; raises FilterRefused if it is not of such a list."""
    refused = FilterRefused("cursor", "must be the `next` of a page of this list in this order")
    if len(cursor) > _CURSOR:
        raise refused
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise refused from None
    if not isinstance(values, list) or values[:1] != [name] or len(values) != len(keys) + 1:
        raise refused
    for key, value in zip(keys, values[1:], strict=True):
        if not _fits(key.type.python_type, value):
            raise refused
    return values[1:]


def _fits(kind: type, value: object) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INTEGER
    return isinstance(value, str) and "\0" not in value and value.isprintable()


def _behind(keys: Sequence[ColumnElement[Any]], values: Sequence[Any], order: Order) -> ColumnElement[bool]:
    """Rows behind these values."""
    if len(keys) == 1:
        return _beyond(keys[0], values[0], order)
    # Both databases find such a comparison of rows in an index.
    return _beyond(tuple_(*keys), tuple_(*values), order)


def _beyond(key: Any, value: Any, order: Order) -> ColumnElement[bool]:
    beyond: ColumnElement[bool] = key < value if order == "desc" else key > value
    return beyond
