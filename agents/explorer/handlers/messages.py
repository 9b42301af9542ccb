"""MessageHub: letters between accounts, and what is said to everyone."""

from typing import Any

from agents.chain.bindings import message_hub
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, tag_text
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows


@handles(message_hub.MessageSent)
def _message_sent(event: message_hub.MessageSent, at: Place, rows: Rows) -> None:
    sender, recipient = schema.account_text(event.from_), schema.account_text(event.to)
    task = event.task_id or None
    letter = {"thread": event.thread_id, "recipient": recipient, "task": task, "postage": event.postage}
    _write(rows, at, event, sender, letter)
    thread = rows.get(schema.threads, (event.thread_id,))
    if thread is None:
        parties = {"id": event.thread_id, "opener": sender, "other": recipient}
        thread = {**parties, "task": task, "messages": 0, "postage": 0, **at.birth}
    sums = {
        "messages": thread["messages"] + 1,
        "postage": thread["postage"] + event.postage,
        "last_message": event.message_id,
    }
    rows.put(schema.threads, {**thread, **sums, **at.columns})
    for account, column in ((sender, "messages_sent"), (recipient, "messages_received")):
        agent = schema.agent_of(account)
        if agent is not None:
            add_to(rows, at, schema.agents, agent, **{column: 1})


@handles(message_hub.MessagePublished)
def _message_published(event: message_hub.MessagePublished, at: Place, rows: Rows) -> None:
    sender = schema.account_text(event.from_)
    _write(rows, at, event, sender, {"topic": tag_text(event.topic)})
    agent = schema.agent_of(sender)
    if agent is not None:
        add_to(rows, at, schema.agents, agent, messages_sent=1)


@handles(message_hub.PostageSet)
def _postage_set(event: message_hub.PostageSet, at: Place, rows: Rows) -> None:
    postage = {"account": schema.account_text(event.account), "postage": event.postage}
    rows.put(schema.postages, {**postage, **at.columns})


@handles(message_hub.BlockSet)
def _block_set(event: message_hub.BlockSet, at: Place, rows: Rows) -> None:
    pair = {"account": schema.account_text(event.account), "sender": schema.account_text(event.sender)}
    rows.put(schema.message_blocks, {**pair, "blocked": event.blocked, **at.columns})


def _write(
    rows: Rows,
    at: Place,
    event: message_hub.MessageSent | message_hub.MessagePublished,
    sender: str,
    columns: dict[str, Any],
) -> None:
    message = {
        "id": event.message_id,
        "sender": sender,
        "digest": schema.hex_text(event.digest) if any(event.digest) else None,
        "payload": schema.hex_text(event.payload),
    }
    rows.put(schema.messages, {**message, **columns, **at.columns})
    count(rows, at, "messages")
