"""The chain as it was read, and what the index needs to go on and to go back."""

from sqlalchemy import JSON, Boolean, Column, Index, Table, Text

from agents.explorer.schema.columns import (
    Big,
    key,
    maybe_number,
    maybe_words,
    metadata,
    number,
    text_key,
    words,
)

blocks = Table(
    "blocks",
    metadata,
    key("number"),
    Column("hash", Text, nullable=False, unique=True),
    words("parent"),
    number("timestamp", index=True),
    number("transactions_total"),
    number("transactions"),
    number("events"),
    number("base_fee"),
)
"""``transactions`` are those that touched the market's contracts."""

transactions = Table(
    "transactions",
    metadata,
    text_key("hash"),
    number("block"),
    number("position"),
    number("timestamp"),
    words("sender"),
    maybe_words("to"),
    maybe_words("contract"),
    maybe_words("function"),
    Column("arguments", JSON),
    words("value"),
    words("input"),
    number("nonce"),
    number("gas"),
    number("gas_used"),
    words("fee"),
    Column("status", Big, nullable=False),
    Column("error", JSON),
    Index("ix_transactions_place", "block", "position", unique=True),
    Index("ix_transactions_sender", "sender", "block"),
    Index("ix_transactions_contract", "contract", "block", "position"),
    Index("ix_transactions_function", "function", "block", "position"),
)
Index(
    "ix_transactions_failed",
    transactions.c.block,
    transactions.c.position,
    sqlite_where=transactions.c.status == 0,
    postgresql_where=transactions.c.status == 0,
)

"""``value`` and ``fee`` are wei in decimal; ``to`` is missing where a contract was made."""

events = Table(
    "events",
    metadata,
    key("seq"),
    number("block"),
    number("log"),
    words("tx", index=True),
    number("timestamp"),
    words("address"),
    words("contract"),
    words("name"),
    Column("arguments", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    words("data"),
    Index("ix_events_kind", "contract", "name", "seq"),
    Index("ix_events_name", "name", "seq"),
)
"""``topics`` and ``data`` are the log itself, from which everything can be folded again."""

links = Table(
    "links",
    metadata,
    text_key("kind"),
    text_key("key"),
    key("seq"),
    Index("ix_links_seq", "seq"),
    sqlite_with_rowid=False,
)
"""What an event touches: kinds task, agent, account, message, thread, channel, proposal, case, skill. An agent's
account is linked as its agent; ``account`` is for addresses, with their checksum. Keys are text: "5"."""

undo = Table(
    "undo",
    metadata,
    key("block"),
    text_key("table"),
    text_key("key"),
    Column("image", JSON),
)
"""Rows as they were before the block first changed them; no image where there was no row."""

cursor = Table(
    "cursor",
    metadata,
    key("id"),
    number("block"),
    words("hash"),
    number("epoch"),
    number("undo_from"),
)
"""One row, id 1: the newest block that was taken in, how many reorgs there were, and the block from which on all can
be taken back by ``undo``."""

origin = Table(
    "origin",
    metadata,
    key("id"),
    words("market"),
    words("genesis"),
    number("chain_id"),
    number("first_block"),
    maybe_number("edition"),
)
"""One row, id 1: the market that the index is of, by its deployment's key, and the edition of the handlers that folded
it."""

reorgs = Table(
    "reorgs",
    metadata,
    key("epoch"),
    number("ancestor"),
    number("old_head"),
    number("time"),
    Column("deep", Boolean, nullable=False, default=False),
)
