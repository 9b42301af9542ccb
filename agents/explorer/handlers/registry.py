"""Which function takes in which event, and what it is given: the place of the event, and the rows.

A handler is a pure step of a fold: what it writes follows from the event, its place and the rows alone. The place
knows all events of its transaction, since what a movement of credits was for is told by its neighbours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from agents.chain.abi import Event
from agents.explorer.rows import Rows
from agents.explorer.schema import seq_of

E = TypeVar("E", bound=Event)

Row = Mapping[str, Any]
Handler = Callable[[Any, "Place", Rows], None]

HANDLERS: dict[type[Event], Handler] = {}
"""By kind of event."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One event of a transaction."""

    log: int
    contract: str
    """The contract's name: ``TaskManager``."""
    address: str
    event: Event


@dataclass(frozen=True, slots=True, eq=False)
class Deed:
    """A transaction, with all of its events of the market in their order."""

    hash: str
    events: Sequence[Logged]
    contracts: Mapping[str, str]
    """The addresses of the market's contracts by their names."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What was found out about it, once for all of its events."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands; ``index`` is its own place in the transaction's events."""

    block: int
    timestamp: int
    deed: Deed
    index: int

    @property
    def tx(self) -> str:
        """The transaction's hash."""
        return self.deed.hash

    @property
    def logged(self) -> Logged:
        """The event itself, with its contract."""
        return self.deed.events[self.index]

    @property
    def log(self) -> int:
        """Its index in the block."""
        return self.logged.log

    @property
    def contract(self) -> str:
        """The name of the contract that it is of."""
        return self.logged.contract

    @property
    def seq(self) -> int:
        """The number that orders all events."""
        return seq_of(self.block, self.log)

    @property
    def columns(self) -> dict[str, Any]:
        """As every derived row keeps it."""
        return {"block": self.block, "time": self.timestamp, "tx": self.tx, "log": self.log}

    @property
    def birth(self) -> dict[str, Any]:
        """As a new entity keeps it, beside ``columns``."""
        return {"created_block": self.block, "created_time": self.timestamp, "created_tx": self.tx}


def handles(kind: type[E]) -> Callable[[Callable[[E, Place, Rows], None]], Callable[[E, Place, Rows], None]]:
    """Register a function as the one that takes in events of this kind."""

    def register(handler: Callable[[E, Place, Rows], None]) -> Callable[[E, Place, Rows], None]:
        if kind in HANDLERS:
            raise ValueError(f"two handlers for {kind.__module__}.{kind.__name__}")
        HANDLERS[kind] = handler
        return handler

    return register
