"""One function an event: a fold of the market's events into rows.

take_in(at, rows)    the event at this place: its links, then its handler
end_block(...)       what is reckoned once a block: buckets, and the check of conservation
"""

from agents.explorer.handlers.registry import HANDLERS, Deed, Handler, Logged, Place, Row, Rows, handles

__all__ = ["HANDLERS", "Deed", "Handler", "Logged", "Place", "Row", "Rows", "handles", "take_in"]


def take_in(at: Place, rows: Rows) -> None:
    """Take one event into account."""
    handler = HANDLERS.get(type(at.logged.event))
    if handler is not None:
        handler(at.logged.event, at, rows)
