"""Lists in pages: where a page ends is told by the sort key of its last row, so nothing is skipped or doubled by what
comes in meanwhile."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, bindparam, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from agents.errors import FilterRefused
from agents.explorer.queries.index import rows_of

LIMIT, MOST = 50, 200
"""Rows of a page: as usual, and at most."""
MOST_STATEMENTS = 128
"""Of one list that are kept."""
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


class Listing:
    """A list of rows that can be asked for in pages, with filters.

    Its statements are made once for each set of filters, and kept: to make one takes several times as long as to run
    it.
    """

    def __init__(
        self,
        query: Select[Any],
        keys: Sequence[KeyedColumnElement[Any]],
        filters: Mapping[str, ColumnElement[bool]] | None = None,
        name: str = "",
    ) -> None:
        """``keys`` are columns without nulls, selected under their own names, that order the list; the last breaks all
        ties. ``filters`` are conditions by name, each with a parameter of its name, or with none. ``name`` tells
        apart lists that are sorted otherwise."""
        self._query, self._keys, self._filters, self._name = query, keys, filters or {}, name
        self._statement = lru_cache(MOST_STATEMENTS)(self._made)

    def page(
        self, connection: Connection, cut: Cut, *ways: Mapping[str, Any]
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The rows of one page, and the cursor for what follows, None at the end.

        Each of ``ways`` has filters with their values; a row is listed once if it passes all filters of any way. An
        index serves one side of an "or" in order, not both: so each way is asked for a page. Raises FilterRefused for
        a cursor that is not of such a list.
        """
        place = [] if cut.cursor is None else read_cursor(cut.cursor, self._keys, self._name)
        values: dict[str, Any] = {f"{_KEY}{at}": value for at, value in enumerate(place)}
        values[_MOST] = cut.limit + 1
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for way in ways or ({},):
            statement = self._statement(frozenset(way), cut.order, bool(place))
            for row in rows_of(connection, statement, **values, **way):
                found[tuple([row[key.key] for key in self._keys])] = row
        order = list(found) if len(ways) < 2 else sorted(found, reverse=cut.order == "desc")
        more = len(order) > cut.limit
        kept = order[: cut.limit]
        return [found[key] for key in kept], cursor_at(kept[-1], self._name) if more else None

    def _made(self, names: frozenset[str], order: Order, goes_on: bool) -> Select[Any]:
        query = self._query.where(*(self._filters[name] for name in sorted(names)))
        if goes_on:
            query = query.where(_behind(self._keys, order))
        ways = [key.desc() if order == "desc" else key.asc() for key in self._keys]
        return query.order_by(*ways).limit(bindparam(_MOST, type_=Integer()))


_KEY, _MOST = "_key", "_most"
"""Parameters: where the page before ended, and how many rows are wanted."""


def equal(table: Table, *names: str) -> dict[str, ColumnElement[bool]]:
    """Filters by columns: each must have the value that is asked for."""
    return {name: table.c[name] == bindparam(name) for name in names}


def either(wanted: Mapping[str, Any], value: Any, *sides: str) -> list[Mapping[str, Any]]:
    """The ways in which a row that passes the filters ``wanted`` can have the value on one of its sides, which are
    filters too; where no value is asked for, the one way."""
    return [wanted] if value is None else [{**wanted, side: value} for side in sides]


def _behind(keys: Sequence[ColumnElement[Any]], order: Order) -> ColumnElement[bool]:
    """Rows behind the end of the page before."""
    ends = [bindparam(f"{_KEY}{at}", type_=key.type) for at, key in enumerate(keys)]
    # Both databases find a comparison of rows in an index.
    here, there = (keys[0], ends[0]) if len(keys) == 1 else (tuple_(*keys), tuple_(*ends))
    behind: ColumnElement[bool] = here < there if order == "desc" else here > there
    return behind


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
