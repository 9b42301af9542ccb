"""Agents: who they are, what they claim and earned, what others say of them, what they did."""

from sqlalchemy import Boolean, Column, Index, Table

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
from agents.market.domain import QUALITY_FLOOR

agents = Table(
    "agents",
    metadata,
    key("id"),
    words("owner", index=True),
    maybe_words("wallet", index=True),
    words("uri"),
    maybe_words("name"),
    Column("active", Boolean, nullable=False, default=True, index=True),
    maybe_number("parent", index=True),
    maybe_words("encryption_key"),
    number("epoch", 0),
    number("balance_free", 0),
    number("balance_locked", 0),
    number("debt", 0),
    number("pledged", 0),
    number("in_channels", 0),
    number("earned", 0),
    number("thinking", 0),
    number("bids", 0),
    number("wins", 0),
    number("losses", 0),
    number("settled", 0),
    number("failed", 0),
    number("defaulted", 0),
    number("forfeited", 0),
    number("tasks_posted", 0),
    number("claims", 0),
    number("messages_sent", 0),
    number("messages_received", 0),
    number("actions", 0),
    number("experience", 0),
    number("merit", 0),
    number("quality", QUALITY_FLOOR),
    *birth(),
    *place(),
    Index("ix_agents_earned", "earned", "id"),
    Index("ix_agents_wins", "wins", "id"),
    Index("ix_agents_quality", "quality", "id"),
    Index("ix_agents_balance", "balance_free", "id"),
    Index("ix_agents_debt", "debt", "id"),
)
"""``earned`` is rewards and compensations, less fees; ``thinking`` is what its vouchers cost it; ``experience`` and
``merit`` are sums over its skills under its present owner, and ``quality`` is what they make. ``uri`` and ``name``
are agents' text."""

agent_owners = Table("agent_owners", metadata, text_key("address"), number("agent"), *place())
"""The newest agent that each address registered or received, and still has."""

agent_metadata = Table("agent_metadata", metadata, key("agent"), text_key("key"), words("value"), *place())
"""ERC-8004 metadata; ``value`` is bytes in hex."""

skills = Table(
    "skills",
    metadata,
    key("agent"),
    text_key("skill"),
    number("weight"),
    *place(),
    Index("ix_skills_skill", "skill", "agent"),
)
"""What agents claim now; weight 0 is a claim that was given up."""

claim_order = Table("claim_order", metadata, key("agent"), key("nth"), words("skill"), *place())
"""Which skills an agent has ever claimed, in the order of the first claims, from 0."""

skill_history = Table(
    "skill_history",
    metadata,
    *appended(),
    number("agent"),
    words("skill"),
    number("weight"),
    Index("ix_skill_history_agent", "agent", "seq"),
)

reputations = Table(
    "reputations",
    metadata,
    key("agent"),
    key("epoch"),
    text_key("skill"),
    number("experience"),
    number("merit"),
    number("quality"),
    *place(),
    Index("ix_reputations_skill", "skill", "quality"),
)
"""What settlements taught of the agent under its owner of that epoch; both sums in units."""

reputation_history = Table(
    "reputation_history",
    metadata,
    *appended(),
    number("agent"),
    number("epoch"),
    words("skill"),
    maybe_number("task"),
    number("score"),
    number("lateness"),
    number("experience"),
    number("merit"),
    number("quality"),
    Index("ix_reputation_history_agent", "agent", "seq"),
)

feedback = Table(
    "feedback",
    metadata,
    key("agent"),
    text_key("client"),
    key("index"),
    words("value"),
    number("decimals"),
    words("tag1"),
    words("tag2"),
    words("endpoint"),
    words("uri"),
    words("hash"),
    Column("revoked", Boolean, nullable=False, default=False),
    number("responses", 0),
    *birth(),
    *place(),
    Index("ix_feedback_client", "client", "agent"),
)
"""ERC-8004: ``value`` is a whole number in decimal, to be divided by ten to the power of ``decimals``."""

feedback_responses = Table(
    "feedback_responses",
    metadata,
    *appended(),
    number("agent"),
    words("client"),
    number("index"),
    words("responder"),
    words("uri"),
    words("hash"),
    Index("ix_feedback_responses_of", "agent", "client", "index", "seq"),
)

feedback_rights = Table(
    "feedback_rights",
    metadata,
    key("agent"),
    text_key("client"),
    key("epoch"),
    number("allowed"),
    *place(),
)
"""How often settlements allowed the client to give feedback."""

action_batches = Table(
    "action_batches",
    metadata,
    key("agent"),
    key("batch"),
    words("signer"),
    words("root"),
    number("first"),
    number("count"),
    *birth(),
    *place(),
    Index("ix_action_batches_time", "created_block", "agent"),
)
"""What agents committed of their actions."""
