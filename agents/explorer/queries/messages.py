"""Messages and threads."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import MessageRow, Page, Thread, ThreadRow
from agents.explorer.queries.asked import Asked, MessagesAsked, ThreadsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, either, equal
from agents.explorer.queries.span import bounds, first_block, within
from agents.explorer.queries.words import its_document
from agents.explorer.schema import agent_of

HEX_SHOWN, TEXT_SHOWN = 1_024, 4_096
"""Bytes of a payload, and characters of a body, that lists show."""

_messages, _threads = schema.messages.c, schema.threads.c
_agents, _texts = schema.agents.c, schema.texts.c


_EXACT = ("sender", "recipient", "topic", "task", "thread")
_LIST = Listing(
    select(schema.messages, _texts.excerpt.label("excerpt"), _texts.size.label("body")).select_from(
        schema.messages.outerjoin(schema.texts, its_document(_messages.digest))
    ),
    [_messages.id],
    {
        **equal(schema.messages, *_EXACT),
        **within(_messages.block),
        "writer": _messages.sender == bindparam("writer"),
        "reader": _messages.recipient == bindparam("reader"),
    },
)
_THREADS = Listing(
    select(schema.threads), [_threads.last_message, _threads.id], equal(schema.threads, "opener", "other")
)


def list_messages(index: Index, asked: MessagesAsked) -> Page[MessageRow]:
    """Messages that pass the filters."""
    wanted = asked.filters(*_EXACT) | bounds(index, asked, first_block)
    rows, following = _LIST.page(
        index.connection, asked.cut, *either(wanted, asked.account, "writer", "reader")
    )
    return Page(items=message_rows(index, rows), next=following)


def message_rows(index: Index, rows: list[dict[str, Any]]) -> list[MessageRow]:
    """Rows of messages in the API's words."""
    names = names_of(index, [row[side] for row in rows for side in ("sender", "recipient")])
    return [MessageRow.model_validate(_values(row, names)) for row in rows]


def _values(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    payload = bytes.fromhex(row["payload"][2:])
    text = row["excerpt"] if row["digest"] else _readable(payload)
    size = row["body"] if row["digest"] else len(payload)
    return {
        **row,
        "sender_name": names.get(row["sender"]),
        "recipient_name": names.get(row["recipient"] or ""),
        "size": len(payload),
        "payload": f"0x{payload[:HEX_SHOWN].hex()}",
        "text": None if text is None else text[:TEXT_SHOWN],
        "truncated": text is not None and len(text[:TEXT_SHOWN].encode()) < (size or 0),
        "encrypted": bool(payload) and row["recipient"] is not None and text is None,
    }


def _readable(payload: bytes) -> str | None:
    """The payload as text, where it is text. What is encrypted is not."""
    try:
        return payload.decode() or None
    except UnicodeDecodeError:
        return None


def names_of(index: Index, accounts: list[str | None]) -> dict[str, str]:
    """The names of those accounts that are agents'."""
    ids = {agent: account for account in accounts if account and (agent := agent_of(account)) is not None}
    query = select(_agents.id, _agents.name).where(_agents.id.in_(list(ids)), _agents.name.is_not(None))
    return {ids[row["id"]]: row["name"] for row in index.all(query)}


def list_threads(index: Index, asked: ThreadsAsked) -> Page[ThreadRow]:
    """Threads, by their newest messages."""
    rows, following = _THREADS.page(
        index.connection, asked.cut, *either({}, asked.account, "opener", "other")
    )
    names = names_of(index, [row[side] for row in rows for side in ("opener", "other")])
    return Page(items=[ThreadRow.model_validate(_thread(row, names)) for row in rows], next=following)


def _thread(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    named = {f"{side}_name": names.get(row[side]) for side in ("opener", "other")}
    return {**row, **named, "count": row["messages"]}


def thread_page(index: Index, thread: int, asked: Asked) -> Thread:
    """One thread with a page of its messages; raises NotInIndex."""
    row = index.one(select(schema.threads).where(_threads.id == thread))
    if row is None:
        raise NotInIndex("thread", thread)
    rows, following = _LIST.page(index.connection, asked.cut, {"thread": thread})
    values = _thread(row, names_of(index, [row["opener"], row["other"]]))
    return Thread.model_validate({**values, "messages": message_rows(index, rows), "next": following})
