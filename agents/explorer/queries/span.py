"""Spans of time as spans of ids: time grows with both, so that lists keep their one order."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from agents.explorer import schema
from agents.explorer.queries.asked import Span
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.schema import seq_of

NEVER = MOST_ID
"""Larger than any id."""


def first_block(index: Index, time: int) -> int:
    """The first block of this second or later; NEVER if there is none yet."""
    blocks = schema.blocks.c
    found = select(blocks.number).where(blocks.timestamp >= time).order_by(blocks.timestamp, blocks.number)
    number = index.value(found.limit(1))
    return NEVER if number is None else int(number)


def first_task(index: Index, time: int) -> int:
    """The first task of this second or later; NEVER if there is none yet."""
    tasks = schema.tasks.c
    found = select(tasks.id).where(tasks.created_time >= time).order_by(tasks.created_time, tasks.id)
    number = index.value(found.limit(1))
    return NEVER if number is None else int(number)


def by_block(index: Index, query: Select[Any], number: ColumnElement[int], span: Span) -> Select[Any]:
    """Rows whose block is in the span."""
    if span.since is not None:
        query = query.where(number >= first_block(index, span.since))
    if span.until is not None:
        query = query.where(number < first_block(index, span.until))
    return query


def by_seq(index: Index, query: Select[Any], seq: ColumnElement[int], span: Span) -> Select[Any]:
    """Rows whose event is in the span."""
    if span.since is not None:
        query = query.where(seq >= _seq(first_block(index, span.since)))
    if span.until is not None:
        query = query.where(seq < _seq(first_block(index, span.until)))
    return query


def by_task(index: Index, query: Select[Any], task: ColumnElement[int], span: Span) -> Select[Any]:
    """Tasks that were created in the span."""
    if span.since is not None:
        query = query.where(task >= first_task(index, span.since))
    if span.until is not None:
        query = query.where(task < first_task(index, span.until))
    return query


def _seq(block: int) -> int:
    return NEVER if block == NEVER else seq_of(block, 0)
