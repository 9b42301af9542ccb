"""Governance: proposals, votes, what the timelock holds, locks, roles, and the parameters that votes set."""

from sqlalchemy import JSON, Boolean, Column, Index, Table

from agents.explorer.schema.columns import (
    appended,
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

proposals = Table(
    "proposals",
    metadata,
    text_key("id"),
    words("proposer", index=True),
    words("status"),
    Column("targets", JSON, nullable=False),
    Column("values", JSON, nullable=False),
    Column("signatures", JSON, nullable=False),
    Column("calldatas", JSON, nullable=False),
    words("description"),
    number("vote_start"),
    number("vote_end"),
    number("votes_for", 0),
    number("votes_against", 0),
    number("votes_abstain", 0),
    number("voters", 0),
    maybe_number("eta"),
    maybe_number("queued_at"),
    maybe_number("executed_at"),
    maybe_number("canceled_at"),
    maybe_words("operation"),
    *birth(),
    *place(),
    Index("ix_proposals_created", "created_block", "id"),
)
"""``status`` is what events tell: created, queued, executed or canceled; whether votes are being taken follows from
the time. ``operation`` is its id in the timelock."""

votes = Table(
    "votes",
    metadata,
    text_key("proposal"),
    text_key("voter"),
    number("support"),
    number("weight"),
    words("reason"),
    *place(),
    Index("ix_votes_voter", "voter"),
)
"""``support`` is 0 against, 1 for, 2 abstain; ``reason`` is the voter's text."""

operations = Table(
    "operations",
    metadata,
    text_key("id"),
    words("status"),
    words("predecessor"),
    maybe_words("salt"),
    words("delay"),
    number("ready_at"),
    maybe_number("ended_at"),
    *birth(),
    *place(),
)
"""What the timelock holds: scheduled, executed or canceled; ``delay`` is seconds, in decimal."""

operation_calls = Table(
    "operation_calls",
    metadata,
    text_key("operation"),
    key("index"),
    words("target"),
    words("value"),
    words("data"),
    Column("executed", Boolean, nullable=False, default=False),
    *place(),
)
"""``value`` is wei in decimal."""

voting_locks = Table(
    "voting_locks",
    metadata,
    key("id"),
    words("owner", index=True),
    number("amount"),
    number("period"),
    number("votes"),
    maybe_number("release_at"),
    maybe_number("withdrawn_at"),
    maybe_words("withdrawn_to"),
    *birth(),
    *place(),
)

delegations = Table("delegations", metadata, text_key("delegator"), words("delegate"), *place())

voting_power = Table("voting_power", metadata, text_key("delegate"), number("votes"), *place())

roles = Table(
    "roles",
    metadata,
    text_key("contract"),
    text_key("role"),
    text_key("account"),
    Column("held", Boolean, nullable=False),
    *place(),
)
"""Who may do what: grants and revocations of the token, the parameters and the timelock."""

parameters = Table(
    "parameters",
    metadata,
    *appended(),
    number("fee_bps"),
    number("bond_percent"),
    number("named_weight"),
    number("min_window"),
    number("max_window"),
    number("seat_fee"),
    number("overdraft_limit"),
)
"""Every set of parameters there was; the newest holds."""
