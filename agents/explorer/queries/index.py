"""What a question is asked of: a connection, and the names of the market's contracts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Table, select

from agents.chain.deployment import Deployment
from agents.explorer import schema
from agents.explorer.api.models import Head

MOST_ID = (1 << 63) - 1
"""The largest number that a table holds."""


def rows_of(connection: Connection, query: Executable, **values: Any) -> list[dict[str, Any]]:
    """All rows, as new dictionaries; ``values`` are the query's parameters."""
    found = connection.execute(query, values)
    # What SQLAlchemy makes of a row to be read by name costs more than to find it.
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


@dataclass(frozen=True, slots=True)
class Index:
    """The index as one connection sees it. Whoever wants all answers of one moment gives it one transaction."""

    connection: Connection
    deployment: Deployment

    @property
    def contracts(self) -> Mapping[str, str]:
        """The market's contracts: name by address."""
        return self.deployment.names

    @property
    def pool(self) -> str:
        """The address of the EvaluatorPool."""
        return str(self.deployment.pool.address)

    def all(self, query: Executable, **values: Any) -> list[dict[str, Any]]:
        """All rows, as new dictionaries; ``values`` are the query's parameters."""
        return rows_of(self.connection, query, **values)

    def one(self, query: Executable, **values: Any) -> dict[str, Any] | None:
        """The first row, if there is one."""
        found = self.connection.execute(query, values)
        row = found.first()
        return None if row is None else dict(zip(found.keys(), row, strict=True))

    def value(self, query: Executable, **values: Any) -> Any:
        """The first column of the first row; None if there is none."""
        return self.connection.execute(query, values).scalar()

    def values(self, query: Executable, **values: Any) -> list[Any]:
        """The first column."""
        return list(self.connection.execute(query, values).scalars())

    def has(self, table: Table, **keys: Any) -> bool:
        """Whether there is such a row."""
        found = select(1).select_from(table).filter_by(**keys).limit(1)
        return self.value(found) is not None

    def head(self) -> Head | None:
        """The newest block; None before there is one."""
        row = self.one(_NEWEST)
        return None if row is None else Head.model_validate(row)


_blocks = schema.blocks.c
_NEWEST = (
    select(_blocks.number, _blocks.hash, _blocks.timestamp.label("time"))
    .order_by(_blocks.number.desc())
    .limit(1)
)
