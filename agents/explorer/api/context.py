"""What the application works with: one value, made by who starts it, and read by all its parts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.explorer.api.audits import Audits
from agents.explorer.api.broadcast import Broadcast
from agents.explorer.api.files import Files
from agents.explorer.api.limits import Clock, Limits
from agents.explorer.api.memory import Memory
from agents.explorer.api.metrics import Metrics
from agents.explorer.api.models import Head, Terms
from agents.explorer.api.policy import Policy
from agents.explorer.api.standing import Standing
from agents.explorer.library import Librarian
from agents.market.content import ContentStore
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.explorer.api.rpc import Node

PAGE = Path(__file__).resolve().parents[3] / "web" / "dist"
"""Where the page is built."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was last read from the index, for when it cannot be read."""

    head: Head | None = None
    terms: Terms | None = None


@dataclass(slots=True, kw_only=True)
class Context:
    """What the application works with."""

    engine: Engine
    deployment: Deployment
    content: ContentStore
    standing: Callable[[], Standing]
    settings: Settings = field(repr=False)
    policy: Policy = field(default_factory=Policy)
    node: "Node | None" = None
    """What the page's wallet may ask, on chains of developers only."""
    dev_key: bool = False
    """Whether the page offers the development key."""
    is_writer: Callable[[], bool] = lambda: False
    """Whether it is this process that writes the index, so that it may keep texts beside it."""
    page: Path = PAGE
    clock: Clock = time.monotonic
    known: Known = field(default_factory=Known)
    limits: Limits = field(init=False)
    metrics: Metrics = field(init=False)
    files: Files = field(init=False)
    memory: Memory = field(init=False)
    audits: Audits = field(init=False)
    library: Librarian = field(init=False)
    broadcast: Broadcast = field(init=False)

    def __post_init__(self) -> None:
        self.limits = Limits(self.policy, self.clock)
        self.metrics = Metrics(lambda: self.standing(), lambda: self.limits.streams)
        self.files = Files(self.page)
        self.memory = Memory(self.clock)
        self.audits = Audits(self.settings.provider, self.deployment, self.clock)
        self.library = Librarian(self.engine, self.content, lambda: self.is_writer())
        self.broadcast = Broadcast(
            self.reading,
            lambda: self.standing(),
            self.metrics.database_errors.inc,
            heartbeat=self.policy.heartbeat,
            most_bytes=self.policy.stream_bytes,
        )

    @property
    def dev(self) -> bool:
        """Whether the chain is one of developers, whose credits are worth nothing."""
        return self.deployment.chain_id == CHAIN_ID

    @property
    def books(self) -> Path:
        """The folder in which gateways of this machine keep their books."""
        return self.settings.home / self.deployment.key

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads are of one moment; what it would write is lost."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # In SQLite every transaction sees one moment.
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection


def context_of(request: Request) -> Context:
    """The context of the application that serves the request."""
    context: Context = request.app.state.context
    return context


async def _here(request: Request) -> Context:
    return context_of(request)


Here = Annotated[Context, Depends(_here)]
"""The type of a route's parameter that is the context: ``def show(here: Here)``."""
