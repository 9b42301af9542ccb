"""Thinking: channels, what was redeemed of them, and what secures debts."""

from sqlalchemy import Boolean, Column, Index, Table

from agents.explorer.schema.columns import (
    appended,
    birth,
    key,
    maybe_number,
    metadata,
    number,
    place,
    text_key,
    words,
)

channels = Table(
    "channels",
    metadata,
    text_key("id"),
    number("agent"),
    words("signer"),
    words("provider"),
    number("epoch"),
    number("owner_epoch"),
    number("deposit"),
    number("paid_in"),
    number("redeemed", 0),
    words("root"),
    number("redemptions", 0),
    number("owed", 0),
    number("lost", 0),
    number("rest", 0),
    number("skipped", 0),
    number("exit_end", 0),
    Column("open", Boolean, nullable=False, default=True, index=True),
    maybe_number("closed_at"),
    *birth(),
    *place(),
    Index("ix_channels_agent", "agent", "id"),
    Index("ix_channels_provider", "provider", "id"),
)
"""``deposit`` is what is left in it, ``redeemed`` what it has cost in all, ``rest`` what went back at the end."""

redemptions = Table(
    "redemptions",
    metadata,
    *appended(),
    words("channel"),
    number("agent"),
    words("provider"),
    number("cumulative"),
    number("amount"),
    number("paid"),
    number("owed"),
    number("lost"),
    words("receipts_root"),
    number("thinking"),
    Index("ix_redemptions_channel", "channel", "seq"),
    Index("ix_redemptions_agent", "agent", "seq"),
    Index("ix_redemptions_provider", "provider", "seq"),
)
"""``amount`` is paid, owed and lost together; ``thinking`` is the agent's total cost after it."""

usage_hours = Table(
    "usage_hours",
    metadata,
    key("agent"),
    key("start"),
    number("redemptions"),
    number("amount"),
    *place(),
    Index("ix_usage_hours_start", "start", "agent"),
)
"""What each agent's thinking cost it, by the hour of chain time in which it was redeemed."""

pledges = Table("pledges", metadata, key("agent"), number("amount"), maybe_number("release_at"), *place())

credit_lines = Table(
    "credit_lines",
    metadata,
    text_key("provider"),
    key("agent"),
    words("amount"),
    number("owner_epoch"),
    *place(),
    Index("ix_credit_lines_agent", "agent"),
)
"""``amount`` is decimal text: a provider may grant any."""
