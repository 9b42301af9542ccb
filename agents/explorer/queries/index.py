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

    def all(self, query: Executable) -> list[dict[str, Any]]:
        """All rows, as new dictionaries."""
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def one(self, query: Executable) -> dict[str, Any] | None:
        """The first row, if there is one."""
        row = self.connection.execute(query).mappings().first()
        return None if row is None else dict(row)

    def value(self, query: Executable) -> Any:
        """The first column of the first row; None if there is none."""
        return self.connection.execute(query).scalar()

    def values(self, query: Executable) -> list[Any]:
        """The first column."""
        return list(self.connection.execute(query).scalars())

    def has(self, table: Table, **keys: Any) -> bool:
        """Whether there is such a row."""
        found = select(1).select_from(table).filter_by(**keys).limit(1)
        return self.value(found) is not None

    def head(self) -> Head | None:
        """The newest block; None before there is one."""
        blocks = schema.blocks.c
        newest = select(blocks.number, blocks.hash, blocks.timestamp.label("time"))
        row = self.one(newest.order_by(blocks.number.desc()).limit(1))
        return None if row is None else Head.model_validate(row)
