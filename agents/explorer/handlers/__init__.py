"""One function an event: a fold of the market's events into rows.

take_in(at, rows)      the event at this place: its links, then its handler
end_block(rows, ...)   what is reckoned once a block: counts, and whether the books add up
"""

from agents.explorer import schema
from agents.explorer.handlers import (
    actions,
    auction,
    governance,
    identities,
    incentives,
    ledger,
    messages,
    pool,
    races,
    tasks,
    thinking,
    token,
    votes,
)
from agents.explorer.handlers.kinds import KINDS, SILENT
from agents.explorer.handlers.links import links_of
from agents.explorer.handlers.registry import HANDLERS, Deed, Logged, Place, handles
from agents.explorer.handlers.totals import end_block
from agents.explorer.rows import Rows

MODULES = (
    actions,
    auction,
    governance,
    identities,
    incentives,
    ledger,
    messages,
    pool,
    races,
    tasks,
    thinking,
    token,
    votes,
)
"""Each registers what it handles."""

__all__ = [
    "HANDLERS",
    "KINDS",
    "SILENT",
    "Deed",
    "Logged",
    "Place",
    "end_block",
    "handles",
    "take_in",
]


def take_in(at: Place, rows: Rows) -> None:
    """Take one event into account."""
    for kind, key in links_of(at, rows):
        rows.add(schema.links, {"kind": kind, "key": key, "seq": at.seq})
    event = at.logged.event
    handler = HANDLERS.get(type(event))
    if handler is not None:
        handler(event, at, rows)
