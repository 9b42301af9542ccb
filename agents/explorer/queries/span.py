"""Spans of time as spans of ids: time grows with both, so that lists keep their one order."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, bindparam, select

from agents.explorer import schema
from agents.explorer.queries.asked import Span
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.schema import seq_of

NEVER = MOST_ID
"""Larger than any id."""

_blocks, _tasks = schema.blocks.c, schema.tasks.c
_BLOCK = (
    select(_blocks.number)
    .where(_blocks.timestamp >= bindparam("time"))
    .order_by(_blocks.timestamp, _blocks.number)
    .limit(1)
)
_TASK = (
    select(_tasks.id)
    .where(_tasks.created_time >= bindparam("time"))
    .order_by(_tasks.created_time, _tasks.id)
    .limit(1)
)


def within(column: ColumnElement[int]) -> dict[str, ColumnElement[bool]]:
    """The filters of a list for a span, as spans of this column."""
    return {"since": column >= bindparam("since"), "until": column < bindparam("until")}


def first_block(index: Index, time: int) -> int:
    """The first block of this second or later; NEVER if there is none yet."""
    number = index.value(_BLOCK, time=time)
    return NEVER if number is None else int(number)


def first_task(index: Index, time: int) -> int:
    """The first task of this second or later; NEVER if there is none yet."""
    number = index.value(_TASK, time=time)
    return NEVER if number is None else int(number)


def first_seq(index: Index, time: int) -> int:
    """The number before which all events were earlier than this second; NEVER if there is none yet."""
    block = first_block(index, time)
    return NEVER if block == NEVER else seq_of(block, 0)


def bounds(index: Index, span: Span, first: Callable[[Index, int], int]) -> dict[str, int]:
    """The ids that bound the span, for ``within``; ``first`` is one of the functions above."""
    times = {"since": span.since, "until": span.until}
    return {name: first(index, time) for name, time in times.items() if time is not None}
