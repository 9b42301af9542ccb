"""Sums that are kept as events come in, so that no page has to scan."""

from sqlalchemy import Boolean, Column, Index, Table

from agents.explorer.schema.columns import (
    appended,
    key,
    maybe_number,
    metadata,
    number,
    place,
    text_key,
    words,
)

totals = Table("totals", metadata, text_key("key"), number("value"), *place())
"""Numbers of the whole market by name; ``handlers/totals.py`` says which there are."""

buckets = Table(
    "buckets",
    metadata,
    text_key("kind"),
    key("start"),
    number("transactions", 0),
    number("events", 0),
    number("tasks", 0),
    number("settled", 0),
    number("value", 0),
    number("thinking", 0),
    number("block"),
)
"""What happened in each minute, hour and day of chain time; ``kind`` is its length in words, ``start`` its first
second, ``value`` the prices of the tasks settled in it."""

skill_totals = Table(
    "skill_totals",
    metadata,
    text_key("skill"),
    number("tasks", 0),
    number("open", 0),
    number("settled", 0),
    number("agents", 0),
    number("bids", 0),
    number("value", 0),
    maybe_number("last_price"),
    *place(),
)
"""Supply and demand by skill: ``open`` tasks are not final, ``agents`` are active and claim it."""

skill_prices = Table(
    "skill_prices",
    metadata,
    *appended(),
    words("skill"),
    number("task"),
    number("agent"),
    number("price"),
    number("reserve"),
    number("quality"),
    number("bids"),
    words("mode"),
    Index("ix_skill_prices_skill", "skill", "seq"),
    Index("ix_skill_prices_time", "time"),
)
"""One row for each award, or race won."""

conservation = Table(
    "conservation",
    metadata,
    key("block"),
    number("time"),
    Column("holds", Boolean, nullable=False),
    number("accounts_sum"),
    number("pending_burn"),
    number("held"),
    number("gifts"),
    number("minted"),
    number("destroyed"),
)
"""The books at the end of each block that moved credits: what accounts have and what is burned must be what the Ledger
holds, less what was sent to it without a deposit."""
