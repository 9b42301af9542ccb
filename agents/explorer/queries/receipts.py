"""Receipts of model calls, from the books of the gateways that ran on this machine."""

from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Text, column

from agents.explorer.api.models import Receipt, Receipts
from agents.explorer.queries.asked import ReceiptsAsked
from agents.explorer.queries.index import MOST_ID
from agents.explorer.queries.pages import cursor_at, read_cursor
from agents.explorer.schema import hex_text
from agents.llm.gateway.receipts import Receipt as Charged
from agents.llm.gateway.records import Records, records_in

_KEYS = (column("book", Text), column("place", BigInteger))
_NAME = "receipts"


def list_receipts(folder: Path, asked: ReceiptsAsked) -> Receipts:
    """Receipts of the books in the folder, book by book, the newest first; raises FilterRefused for a bad cursor."""
    name, place = _start(asked)
    found: list[tuple[str, int, Charged]] = []
    with records_in(folder) as books:
        for book in books:
            if book.file.name < name or len(found) > asked.limit:
                continue
            found += _page(book, place if book.file.name == name else MOST_ID, asked)
        available = bool(books)
    following = None
    if len(found) > asked.limit:
        del found[asked.limit :]
        following = cursor_at(found[-1][:2], _NAME)
    items = [Receipt.model_validate(_values(book, charged)) for book, _, charged in found]
    return Receipts(available=available, items=items, next=following)


def _start(asked: ReceiptsAsked) -> tuple[str, int]:
    if asked.cursor is None:
        return "", MOST_ID
    name, place = read_cursor(asked.cursor, _KEYS, _NAME)
    return name, place


def _page(book: Records, before: int, asked: ReceiptsAsked) -> list[tuple[str, int, Charged]]:
    listed = book.before(before, asked.agent, asked.task, asked.limit + 1)
    return [(book.file.name, place, charged) for place, charged in listed]


def _values(book: str, charged: Charged) -> dict[str, Any]:
    used = charged.usage
    return {
        "book": book,
        "call": charged.call,
        "time": charged.time,
        "agent": charged.agent_id,
        "purpose": charged.purpose,
        "task": charged.task or None,
        "model": charged.model,
        "prompt_tokens": used.prompt_tokens,
        "cached_tokens": used.cached_tokens,
        "completion_tokens": used.completion_tokens,
        "cost": charged.cost,
        "cumulative": charged.cumulative,
        "channel": hex_text(charged.channel_id),
        "number": charged.number,
        "status": charged.status,
        "digest": hex_text(charged.digest),
    }
