"""Messages and threads."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import MessageRow, Page, Thread, ThreadRow
from agents.explorer.queries.asked import Asked, MessagesAsked, ThreadsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import page_of, page_of_either
from agents.explorer.queries.span import by_block
from agents.explorer.schema import agent_of

HEX_SHOWN, TEXT_SHOWN = 1_024, 4_096
"""Bytes of a payload, and characters of a body, that lists show."""

_messages, _threads = schema.messages.c, schema.threads.c
_agents, _texts = schema.agents.c, schema.texts.c


def _select_messages() -> Select[Any]:
    body = and_(_texts.kind == "document", _texts.key == _messages.digest)
    joined = schema.messages.outerjoin(schema.texts, body)
    return select(schema.messages, _texts.excerpt.label("excerpt"), _texts.size.label("body")).select_from(
        joined
    )


def list_messages(index: Index, asked: MessagesAsked) -> Page[MessageRow]:
    """Messages that pass the filters."""
    query = by_block(index, _select_messages(), _messages.block, asked)
    for name in ("sender", "recipient", "topic", "task", "thread"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_messages[name] == value)
    sides = [query]
    if asked.account is not None:
        sides = [query.where(side == asked.account) for side in (_messages.sender, _messages.recipient)]
    rows, following = page_of_either(index.connection, sides, [_messages.id], asked.cut)
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
    sides = [select(schema.threads)]
    if asked.account is not None:
        sides = [sides[0].where(side == asked.account) for side in (_threads.opener, _threads.other)]
    rows, following = page_of_either(index.connection, sides, [_threads.last_message, _threads.id], asked.cut)
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
    query = _select_messages().where(_messages.thread == thread)
    rows, following = page_of(index.connection, query, [_messages.id], asked.cut)
    values = _thread(row, names_of(index, [row["opener"], row["other"]]))
    return Thread.model_validate({**values, "messages": message_rows(index, rows), "next": following})
