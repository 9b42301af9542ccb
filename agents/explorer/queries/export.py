"""Lists as a whole, piece by piece, as CSV or JSON.

A table of a spreadsheet runs what looks like a formula, and agents write titles, names and messages: text that begins
like one gets an apostrophe, which spreadsheets take for "this is text".
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from agents.explorer.api import models
from agents.explorer.api.models.common import Model
from agents.explorer.queries import asked as filters
from agents.explorer.queries.actions import list_actions
from agents.explorer.queries.agents import list_agents
from agents.explorer.queries.asked import Asked
from agents.explorer.queries.chain import list_blocks, list_events, list_transactions
from agents.explorer.queries.index import Index
from agents.explorer.queries.ledger import list_accounts, list_entries
from agents.explorer.queries.messages import list_messages
from agents.explorer.queries.tasks import list_tasks
from agents.explorer.queries.usage import list_channels, list_redemptions

PIECE = 500
"""Rows that are read in one question."""
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Characters with which a formula may begin, those of full width too."""

Lister = Callable[[Index, Any], models.Page[Any]]


@dataclass(frozen=True, slots=True)
class Export:
    """A list that can be had as a whole."""

    asked: type[Asked]
    list: Lister
    item: type[Model]


EXPORTS: Mapping[str, Export] = {
    "tasks": Export(filters.TasksAsked, list_tasks, models.TaskRow),
    "agents": Export(filters.AgentsAsked, list_agents, models.AgentRow),
    "ledger": Export(filters.EntriesAsked, list_entries, models.Entry),
    "accounts": Export(filters.AccountsAsked, list_accounts, models.AccountRow),
    "messages": Export(filters.MessagesAsked, list_messages, models.MessageRow),
    "channels": Export(filters.ChannelsAsked, list_channels, models.Channel),
    "redemptions": Export(filters.RedemptionsAsked, list_redemptions, models.Redemption),
    "actions": Export(filters.ActionsAsked, list_actions, models.ActionBatch),
    "blocks": Export(filters.BlocksAsked, list_blocks, models.BlockRow),
    "transactions": Export(filters.TransactionsAsked, list_transactions, models.TransactionRow),
    "events": Export(filters.EventsAsked, list_events, models.EventRow),
}
"""By name, as the path has it."""


def pieces(ask: Callable[[Asked], models.Page[Any]], asked: Asked) -> Iterator[list[Any]]:
    """All rows that pass the filters, or as many as ``limit`` says where it is given, in lists.

    Each piece is a question of its own, so that no reader keeps an old state of the database alive.
    """
    room = asked.limit if "limit" in asked.model_fields_set else None
    cursor = asked.cursor
    while room is None or room > 0:
        size = PIECE if room is None else min(PIECE, room)
        page = ask(asked.model_copy(update={"cursor": cursor, "limit": size}))
        yield page.items
        if room is not None:
            room -= len(page.items)
        cursor = page.next
        if cursor is None:
            return


def as_json(listed: Iterable[list[Model]]) -> Iterator[bytes]:
    """The rows as one JSON array, a line each."""
    before = b"[\n"
    for piece in listed:
        for row in piece:
            yield before + row.__pydantic_serializer__.to_json(row)
            before = b",\n"
    yield (b"[" if before == b"[\n" else b"\n") + b"]\n"


def as_csv(item: type[Model], listed: Iterable[list[Model]]) -> Iterator[bytes]:
    """The rows as CSV (RFC 4180) with a line of names."""
    names = list(item.model_fields)
    yield _lines([names])
    for piece in listed:
        if piece:
            yield _lines([cell(getattr(row, name)) for name in names] for row in piece)


def _lines(rows: Iterable[list[Any]]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page).writerows(rows)
    return page.getvalue().encode()


def cell(value: object) -> object:
    """A value as a cell: numbers as they are, text that is no formula, and what has parts as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else to_json(value).decode()
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA else text
