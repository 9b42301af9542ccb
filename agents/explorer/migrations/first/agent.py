"""The first tables of agents."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _action_batches()
    _agent_metadata()
    _agent_owners()
    _agents()
    _claim_order()
    _feedback()
    _feedback_responses()
    _feedback_rights()
    _reputation_history()
    _reputations()
    _skill_history()
    _skills()


def _action_batches() -> None:
    op.create_table(
        "action_batches",
        *columns("agent batch", BIG, autoincrement=False, nullable=False),
        *columns("signer root", sa.Text(), nullable=False),
        *columns("first count created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "batch"),
    )
    op.create_index("ix_action_batches_time", "action_batches", ["created_block", "agent"], unique=False)


def _agent_metadata() -> None:
    op.create_table(
        "agent_metadata",
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        *columns("key value", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "key"),
    )


def _agent_owners() -> None:
    op.create_table(
        "agent_owners",
        sa.Column("address", sa.Text(), nullable=False),
        *columns("agent block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("parent", BIG, nullable=True),
        sa.Column("encryption_key", sa.Text(), nullable=True),
        *columns(
            "epoch balance_free balance_locked debt pledged in_channels earned thinking bids wins "
            "losses settled failed defaulted forfeited tasks_posted claims messages_sent "
            "messages_received actions experience merit quality created_block created_time",
            BIG,
            nullable=False,
        ),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_agents_active"), "agents", ["active"], unique=False)
    op.create_index("ix_agents_balance", "agents", ["balance_free", "id"], unique=False)
    op.create_index("ix_agents_debt", "agents", ["debt", "id"], unique=False)
    op.create_index("ix_agents_earned", "agents", ["earned", "id"], unique=False)
    op.create_index(op.f("ix_agents_owner"), "agents", ["owner"], unique=False)
    op.create_index(op.f("ix_agents_parent"), "agents", ["parent"], unique=False)
    op.create_index("ix_agents_quality", "agents", ["quality", "id"], unique=False)
    op.create_index(op.f("ix_agents_wallet"), "agents", ["wallet"], unique=False)
    op.create_index("ix_agents_wins", "agents", ["wins", "id"], unique=False)


def _claim_order() -> None:
    op.create_table(
        "claim_order",
        *columns("agent nth", BIG, autoincrement=False, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "nth"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("index", BIG, autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("decimals", BIG, nullable=False),
        *columns("tag1 tag2 endpoint uri hash", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        *columns("responses created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "client", "index"),
    )
    op.create_index("ix_feedback_client", "feedback", ["client", "agent"], unique=False)


def _feedback_responses() -> None:
    op.create_table(
        "feedback_responses",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        *columns("log agent", BIG, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("index", BIG, nullable=False),
        *columns("responder uri hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(
        "ix_feedback_responses_of", "feedback_responses", ["agent", "client", "index", "seq"], unique=False
    )


def _feedback_rights() -> None:
    op.create_table(
        "feedback_rights",
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("epoch", BIG, autoincrement=False, nullable=False),
        *columns("allowed block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "client", "epoch"),
    )


def _reputation_history() -> None:
    op.create_table(
        "reputation_history",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        *columns("log agent epoch", BIG, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("task", BIG, nullable=True),
        *columns("score lateness experience merit quality", BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_reputation_history_agent", "reputation_history", ["agent", "seq"], unique=False)


def _reputations() -> None:
    op.create_table(
        "reputations",
        *columns("agent epoch", BIG, autoincrement=False, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        *columns("experience merit quality block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "epoch", "skill"),
    )
    op.create_index("ix_reputations_skill", "reputations", ["skill", "quality"], unique=False)


def _skill_history() -> None:
    op.create_table(
        "skill_history",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        *columns("log agent", BIG, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("weight", BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_skill_history_agent", "skill_history", ["agent", "seq"], unique=False)


def _skills() -> None:
    op.create_table(
        "skills",
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        *columns("weight block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "skill"),
    )
    op.create_index("ix_skills_skill", "skills", ["skill", "agent"], unique=False)
