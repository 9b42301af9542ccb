"""Messages between accounts and on topics."""

from sqlalchemy import Boolean, Column, Index, Table

from agents.explorer.schema.columns import (
    birth,
    key,
    maybe_number,
    maybe_words,
    metadata,
    number,
    place,
    text_key,
    words,
)

messages = Table(
    "messages",
    metadata,
    key("id"),
    maybe_number("thread"),
    words("sender"),
    maybe_words("recipient"),
    maybe_words("topic"),
    maybe_number("task"),
    number("postage", 0),
    maybe_words("digest"),
    words("payload"),
    *place(),
    Index("ix_messages_thread", "thread", "id"),
    Index("ix_messages_sender", "sender", "id"),
    Index("ix_messages_recipient", "recipient", "id"),
    Index("ix_messages_topic", "topic", "id"),
    Index("ix_messages_task", "task", "id"),
    Index("ix_messages_digest", "digest"),
)
"""Direct messages have a thread and a recipient, public ones a topic; ``payload`` is bytes in hex."""

threads = Table(
    "threads",
    metadata,
    key("id"),
    words("opener"),
    words("other"),
    maybe_number("task"),
    number("messages"),
    number("postage"),
    number("last_message"),
    *birth(),
    *place(),
    Index("ix_threads_last", "last_message"),
    Index("ix_threads_opener", "opener", "last_message"),
    Index("ix_threads_other", "other", "last_message"),
)

postages = Table("postages", metadata, text_key("account"), number("postage"), *place())
"""What each message to the account costs."""

message_blocks = Table(
    "message_blocks",
    metadata,
    text_key("account"),
    text_key("sender"),
    Column("blocked", Boolean, nullable=False),
    *place(),
)
"""Whose messages an account refuses."""
