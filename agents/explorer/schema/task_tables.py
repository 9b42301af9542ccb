"""Tasks, bids, races, and the evaluator pool's cases."""

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

tasks = Table(
    "tasks",
    metadata,
    key("id"),
    words("requester"),
    words("skill"),
    words("mode"),
    words("state"),
    words("round"),
    number("reserve"),
    words("evaluator"),
    number("passing_score"),
    words("specification", index=True),
    words("seal"),
    maybe_number("parent", index=True),
    # the terms that it keeps
    number("fee_bps"),
    number("bond_percent"),
    number("seat_fee"),
    number("weight"),
    number("bond"),
    number("deposit"),
    # windows and deadlines, in seconds of chain time
    number("bidding_end"),
    number("reveal_end"),
    number("delivery_window"),
    number("review_window"),
    maybe_number("deadline"),
    # the award
    maybe_number("agent"),
    number("price", 0),
    maybe_number("awarded_at"),
    maybe_number("promised_at"),
    number("commitments", 0),
    number("bids_revealed", 0),
    Column("taken_over", Boolean, nullable=False, default=False),
    Column("defaulted", Boolean, nullable=False, default=False),
    # the work and what was made of it
    maybe_number("submitted_at"),
    maybe_words("result", index=True),
    maybe_number("lateness"),
    maybe_number("evaluated_at"),
    maybe_number("score"),
    maybe_words("scored_by"),
    maybe_number("rejected_at"),
    maybe_number("disputed_at"),
    maybe_words("work"),
    maybe_number("convened_at"),
    maybe_number("unsealed_at"),
    maybe_words("secret"),
    maybe_number("ruled_at"),
    maybe_number("appealed_at"),
    maybe_words("appellant"),
    maybe_number("defaulted_at"),
    # the end
    Column("silent", Boolean, nullable=False, default=False),
    number("fee", 0),
    number("paid", 0),
    number("compensated", 0),
    number("refunded", 0),
    maybe_number("settled_at"),
    maybe_number("ended_at"),
    *birth(),
    *place(),
    Index("ix_tasks_state", "state", "id"),
    Index("ix_tasks_state_skill", "state", "skill", "id"),
    Index("ix_tasks_skill", "skill", "id"),
    Index("ix_tasks_mode", "mode", "id"),
    Index("ix_tasks_requester", "requester", "id"),
    Index("ix_tasks_agent", "agent", "id"),
    Index("ix_tasks_evaluator", "evaluator", "id"),
    Index("ix_tasks_reserve", "reserve", "id"),
    Index("ix_tasks_created", "created_time", "id"),
)
"""States, modes and rounds have the contract's names: Open, SealedSecondPrice, None. ``paid`` is what the worker got
of the price; ``scored_by`` is an address or "panel"; ``seat_fee`` is in thousandths of a credit. ``commitments`` are
sealed bids, or a race's entries, and ``bids_revealed`` bids that can be read, or entries shown."""

bids = Table(
    "bids",
    metadata,
    key("task"),
    key("agent"),
    number("nth"),
    words("status"),
    words("skill"),
    number("reserve"),
    number("quality"),
    maybe_words("digest"),
    maybe_number("committed_at"),
    number("replaced", 0),
    maybe_number("price"),
    maybe_number("promised"),
    maybe_number("revealed_at"),
    maybe_words("tie_break"),
    number("bond"),
    Column("forfeited", Boolean, nullable=False, default=False),
    Column("won", Boolean, nullable=False, default=False),
    maybe_number("price_paid"),
    *birth(),
    *place(),
    Index("ix_bids_agent", "agent", "task"),
    Index("ix_bids_skill", "skill", "task"),
)
"""``nth`` counts the agent's bids on different tasks from 1. ``status`` is sealed, revealed, won, lost, forfeited or
defaulted; ``won`` says that the task was awarded to it once, and stays so after a default. ``tie_break`` is 16 hex
digits; the lower wins."""

bid_order = Table("bid_order", metadata, key("task"), key("nth"), number("agent"), *place())
"""Who revealed bids on a task, in the order of their first reveal, from 0."""

races = Table(
    "races",
    metadata,
    key("task"),
    number("bond"),
    number("fee"),
    number("entries", 0),
    maybe_number("head"),
    maybe_number("head_deadline"),
    maybe_words("case"),
    maybe_words("secret"),
    maybe_number("winner"),
    *place(),
)
"""``head`` is the agent whose entry is being judged."""

race_entries = Table(
    "race_entries",
    metadata,
    key("task"),
    key("agent"),
    words("status"),
    words("digest"),
    number("replaced", 0),
    maybe_words("result"),
    maybe_number("score"),
    maybe_words("case"),
    number("locked"),
    *birth(),
    *place(),
    Index("ix_race_entries_agent", "agent", "task"),
)
"""``status`` is sealed, shown, passed, failed, won, withdrawn or forfeited; ``locked`` is what it locks still."""

cases = Table(
    "cases",
    metadata,
    text_key("client"),
    text_key("case"),
    maybe_number("task", index=True),
    words("status"),
    number("size"),
    number("fee"),
    number("round", 0),
    number("window"),
    words("entropy"),
    maybe_words("secret"),
    maybe_number("entrant"),
    maybe_number("draw_block"),
    maybe_number("commit_end"),
    maybe_number("reveal_end"),
    maybe_number("tallied"),
    maybe_number("revealed"),
    Column("decided", Boolean),
    maybe_number("score"),
    maybe_number("closed_at"),
    *birth(),
    *place(),
)
"""``status`` is sealed, drawing, scoring, decided or undecided; ``tallied`` is the round whose scores were counted
last, ``entrant`` the agent whose entry of a race it is about."""

panel_votes = Table(
    "panel_votes",
    metadata,
    text_key("client"),
    text_key("case"),
    key("round"),
    key("seat"),
    words("holder", index=True),
    maybe_words("digest"),
    maybe_number("committed_at"),
    maybe_number("score"),
    maybe_number("revealed_at"),
    number("paid", 0),
    number("slashed", 0),
    *birth(),
    *place(),
)
"""A seat in a panel: drawn, and what it did."""

seats = Table(
    "seats",
    metadata,
    key("id"),
    words("holder", index=True),
    number("stake"),
    number("earned", 0),
    number("slashed", 0),
    maybe_number("leaving_end"),
    *birth(),
    *place(),
)
"""The pool's seats that are taken, by number, which another may have later; ``stake`` is what is left of it."""
