"""The explorer's tables. Import this module, and say ``schema.tasks``."""

from sqlalchemy import Table

from agents.explorer.schema.agent_tables import (
    action_batches,
    agent_metadata,
    agent_owners,
    agents,
    claim_order,
    feedback,
    feedback_responses,
    feedback_rights,
    reputation_history,
    reputations,
    skill_history,
    skills,
)
from agents.explorer.schema.chain_tables import (
    blocks,
    cursor,
    events,
    links,
    origin,
    reorgs,
    transactions,
    undo,
)
from agents.explorer.schema.columns import (
    account_text,
    agent_account,
    agent_of,
    hex_text,
    metadata,
    place_of,
    plain_text,
    seq_of,
)
from agents.explorer.schema.credit_tables import (
    accounts,
    entries,
    requesters,
    token_balances,
    token_transfers,
)
from agents.explorer.schema.message_tables import message_blocks, messages, postages, threads
from agents.explorer.schema.meter_tables import channels, credit_lines, pledges, redemptions, usage_hours
from agents.explorer.schema.sum_tables import buckets, conservation, skill_prices, skill_totals, totals
from agents.explorer.schema.task_tables import (
    bid_order,
    bids,
    cases,
    panel_votes,
    race_entries,
    races,
    seats,
    tasks,
)
from agents.explorer.schema.text_tables import shelves, text_words, texts
from agents.explorer.schema.vote_tables import (
    delegations,
    operation_calls,
    operations,
    parameters,
    proposals,
    roles,
    votes,
    voting_locks,
    voting_power,
)

RAW: tuple[Table, ...] = (blocks, transactions, events)
"""What was read. A reorg deletes what is after the ancestor, by block."""

APPENDED: tuple[Table, ...] = (
    links,
    entries,
    token_transfers,
    skill_history,
    reputation_history,
    feedback_responses,
    redemptions,
    parameters,
    skill_prices,
)
"""One row an event, with its ``seq``. A reorg deletes what is after the ancestor."""

OWN: tuple[Table, ...] = (origin, undo, cursor, reorgs)
"""What the index keeps about itself."""

KNOWN: tuple[Table, ...] = (texts, text_words, shelves)
"""What is known of documents; no fold of events, and no matter of reorgs."""

FOLDED: tuple[Table, ...] = tuple(
    table for table in metadata.sorted_tables if table not in {*RAW, *APPENDED, *OWN, *KNOWN}
)
"""Rows that change; what they were goes to ``undo``."""

__all__ = [
    "APPENDED",
    "FOLDED",
    "KNOWN",
    "OWN",
    "RAW",
    "account_text",
    "accounts",
    "action_batches",
    "agent_account",
    "agent_metadata",
    "agent_of",
    "agent_owners",
    "agents",
    "bid_order",
    "bids",
    "blocks",
    "buckets",
    "cases",
    "channels",
    "claim_order",
    "conservation",
    "credit_lines",
    "cursor",
    "delegations",
    "entries",
    "events",
    "feedback",
    "feedback_responses",
    "feedback_rights",
    "hex_text",
    "links",
    "message_blocks",
    "messages",
    "metadata",
    "operation_calls",
    "operations",
    "origin",
    "panel_votes",
    "parameters",
    "place_of",
    "plain_text",
    "pledges",
    "postages",
    "proposals",
    "race_entries",
    "races",
    "redemptions",
    "reorgs",
    "reputation_history",
    "reputations",
    "requesters",
    "roles",
    "seats",
    "seq_of",
    "shelves",
    "skill_history",
    "skill_prices",
    "skill_totals",
    "skills",
    "tasks",
    "text_words",
    "texts",
    "threads",
    "token_balances",
    "token_transfers",
    "totals",
    "transactions",
    "undo",
    "usage_hours",
    "votes",
    "voting_locks",
    "voting_power",
]
