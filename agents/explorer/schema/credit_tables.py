"""Credits: accounts, every movement once, and the token outside the Ledger."""

from sqlalchemy import Index, Table, func

from agents.explorer.schema.columns import (
    appended,
    birth,
    maybe_number,
    maybe_words,
    metadata,
    number,
    place,
    text_key,
    words,
)

accounts = Table(
    "accounts",
    metadata,
    text_key("account"),
    maybe_number("agent", index=True),
    number("free", 0),
    number("locked", 0),
    number("total", 0),
    number("debt", 0, index=True),
    maybe_words("creditor"),
    number("contributed", 0),
    number("entries", 0),
    *birth(),
    *place(),
    Index("ix_accounts_total", "total", "account"),
)
Index("ix_accounts_lower", func.lower(accounts.c.account))

"""``total`` is free and locked; ``contributed`` is what was deposited less what was withdrawn."""

entries = Table(
    "entries",
    metadata,
    *appended(),
    words("kind"),
    words("reason"),
    number("amount"),
    maybe_words("account_from"),
    maybe_words("part_from"),
    maybe_words("account_to"),
    maybe_words("part_to"),
    maybe_words("debtor"),
    maybe_number("task"),
    maybe_number("agent"),
    maybe_number("from_free"),
    maybe_number("from_locked"),
    maybe_number("from_debt"),
    maybe_number("to_free"),
    maybe_number("to_locked"),
    maybe_number("to_debt"),
    Index("ix_entries_from", "account_from", "seq"),
    Index("ix_entries_to", "account_to", "seq"),
    Index("ix_entries_task", "task", "seq"),
    Index("ix_entries_agent", "agent", "seq"),
    Index("ix_entries_reason", "reason", "seq"),
    Index("ix_entries_kind", "kind", "seq"),
    Index("ix_entries_tx", "tx"),
    Index("ix_entries_amount", "amount", "seq"),
    Index("ix_entries_time", "time"),
)
"""One row for each movement. ``kind`` is the Ledger's event, or Minted, Sent or Destroyed of tokens; parts are free,
locked, outside (tokens), burn (burned, and not destroyed yet), destroyed and debt, which is no money. ``from_…`` and
``to_…`` are the two accounts' parts after it: a statement of one account needs nothing else."""

token_transfers = Table(
    "token_transfers",
    metadata,
    *appended(),
    words("kind"),
    words("sender"),
    words("recipient"),
    number("amount"),
    Index("ix_token_transfers_sender", "sender", "seq"),
    Index("ix_token_transfers_recipient", "recipient", "seq"),
)
"""``kind`` is mint, burn or transfer."""

token_balances = Table("token_balances", metadata, text_key("address"), number("amount"), *place())
"""Tokens by holder; the Ledger's own are all that it holds."""

requesters = Table(
    "requesters",
    metadata,
    text_key("address"),
    number("posted", 0),
    number("settled", 0),
    number("spent", 0),
    *place(),
)
"""Who posts tasks; ``spent`` is what their workers and the market were paid of it."""
