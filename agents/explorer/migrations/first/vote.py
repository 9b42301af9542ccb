"""The first tables of votes."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _delegations()
    _operation_calls()
    _operations()
    _parameters()
    _proposals()
    _roles()
    _votes()
    _voting_locks()
    _voting_power()


def _delegations() -> None:
    op.create_table(
        "delegations",
        *columns("delegator delegate", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("delegator"),
    )


def _operation_calls() -> None:
    op.create_table(
        "operation_calls",
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("index", BIG, autoincrement=False, nullable=False),
        *columns("target value data", sa.Text(), nullable=False),
        sa.Column("executed", sa.Boolean(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("operation", "index"),
    )


def _operations() -> None:
    op.create_table(
        "operations",
        *columns("id status predecessor", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("delay", sa.Text(), nullable=False),
        sa.Column("ready_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _parameters() -> None:
    op.create_table(
        "parameters",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        *columns(
            "log fee_bps bond_percent named_weight min_window max_window seat_fee overdraft_limit",
            BIG,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("seq"),
    )


def _proposals() -> None:
    op.create_table(
        "proposals",
        *columns("id proposer status", sa.Text(), nullable=False),
        *columns("targets values signatures calldatas", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        *columns("vote_start vote_end votes_for votes_against votes_abstain voters", BIG, nullable=False),
        *columns("eta queued_at executed_at canceled_at", BIG, nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proposals_created", "proposals", ["created_block", "id"], unique=False)
    op.create_index(op.f("ix_proposals_proposer"), "proposals", ["proposer"], unique=False)


def _roles() -> None:
    op.create_table(
        "roles",
        *columns("contract role account", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("contract", "role", "account"),
    )


def _votes() -> None:
    op.create_table(
        "votes",
        *columns("proposal voter", sa.Text(), nullable=False),
        *columns("support weight", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("proposal", "voter"),
    )
    op.create_index("ix_votes_voter", "votes", ["voter"], unique=False)


def _voting_locks() -> None:
    op.create_table(
        "voting_locks",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        *columns("amount period votes", BIG, nullable=False),
        *columns("release_at withdrawn_at", BIG, nullable=True),
        sa.Column("withdrawn_to", sa.Text(), nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_voting_locks_owner"), "voting_locks", ["owner"], unique=False)


def _voting_power() -> None:
    op.create_table(
        "voting_power",
        sa.Column("delegate", sa.Text(), nullable=False),
        *columns("votes block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("delegate"),
    )
