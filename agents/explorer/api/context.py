"""What the application works with: one value, made by who starts it, and read by all its parts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.guard.upstream import Upstream
from agents.market.content import LIMIT, ContentStore
from agents.settings import Settings

PAGE = Path(__file__).resolve().parents[3] / "web" / "dist"
"""Where the page is built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the index is, and whether the node answers. Whoever asks for it gets it from memory, at once."""

    block: int | None = None
    """The newest block of the index; None while there is none."""
    block_hash: str | None = None
    block_time: int | None = None
    """Unix seconds of chain time."""
    epoch: int = 0
    """Grows by one with each reorg."""
    reorgs: int = 0
    chain_head: int | None = None
    """The newest block that the node told of."""
    node_up: bool = True
    node_since: int = 0
    """Unix seconds since when the node has, or has not, answered."""

    @property
    def behind(self) -> int | None:
        """Blocks of the chain that the index does not have; None where that is not known."""
        if self.chain_head is None:
            return None
        return max(0, self.chain_head - (-1 if self.block is None else self.block))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may ask, and how much; sizes are in bytes, rates a second and for each address."""

    names: frozenset[str] = frozenset()
    """Under which the explorer is reached, beside localhost and the addresses of the machine."""
    origins: frozenset[str] = frozenset()
    """Pages elsewhere that may read, each as ``https://name``."""
    rate: float = 300.0
    burst: float = 1200.0
    """Requests; what costs much counts as several."""
    most_upload: int = LIMIT
    uploads: float = 0.5
    uploads_burst: float = 20.0
    upload_rate: float = 16 << 10
    upload_burst: float = 8 << 20
    """Bytes that one address stores."""
    all_uploads_rate: float = 128 << 10
    all_uploads_burst: float = 64 << 20
    """Bytes that all addresses store together."""
    patience: float = 20.0
    """Seconds that a request's body may take."""
    streams: int = 1024
    streams_per_address: int = 128
    heartbeat: float = 15.0
    """Seconds between the comments that keep a stream open."""


@dataclass(slots=True, kw_only=True)
class Context:
    """What the application works with."""

    engine: Engine
    deployment: Deployment
    content: ContentStore
    standing: Callable[[], Standing]
    settings: Settings = field(repr=False)
    policy: Policy = field(default_factory=Policy)
    upstream: Upstream | None = None
    """The node that the page's wallet may ask, on chains of developers only."""
    dev_key: bool = False
    """Whether the page offers the development key."""
    page: Path = PAGE

    @property
    def dev(self) -> bool:
        """Whether the chain is one of developers, whose credits are worth nothing."""
        return self.deployment.chain_id == CHAIN_ID

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads are of one moment; what it would write is lost."""
        with self.engine.connect() as connection:
            yield connection


def context_of(request: Request) -> Context:
    """The context of the application that serves the request."""
    context: Context = request.app.state.context
    return context


async def _here(request: Request) -> Context:
    return context_of(request)


Here = Annotated[Context, Depends(_here)]
"""The type of a route's parameter that is the context: ``def show(here: Here)``."""
