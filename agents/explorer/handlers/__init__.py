"""One function an event: a fold of the market's events into rows.

take_in(at, rows)      the event at this place: its links, then its handler
end_block(rows, ...)   what is reckoned once a block: counts, and whether the books add up
"""

from agents.explorer.handlers.registry import HANDLERS, Deed, Handler, Logged, Place, Row, Rows, handles
from agents.explorer.handlers.totals import end_block

__all__ = ["HANDLERS", "Deed", "Handler", "Logged", "Place", "Row", "Rows", "end_block", "handles", "take_in"]


def take_in(at: Place, rows: Rows) -> None:
    """Take one event into account."""
    event = at.logged.event
    handler = HANDLERS.get(type(event))
    if handler is not None:
        handler(event, at, rows)
