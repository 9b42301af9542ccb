"""The first tables of thinking."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _channels()
    _credit_lines()
    _pledges()
    _redemptions()
    _usage_hours()


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent", BIG, nullable=False),
        *columns("signer provider", sa.Text(), nullable=False),
        *columns("epoch owner_epoch deposit paid_in redeemed", BIG, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        *columns("redemptions owed lost rest skipped exit_end", BIG, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_channels_agent", "channels", ["agent", "id"], unique=False)
    op.create_index(op.f("ix_channels_open"), "channels", ["open"], unique=False)
    op.create_index("ix_channels_provider", "channels", ["provider", "id"], unique=False)


def _credit_lines() -> None:
    op.create_table(
        "credit_lines",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        *columns("owner_epoch block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("provider", "agent"),
    )
    op.create_index("ix_credit_lines_agent", "credit_lines", ["agent"], unique=False)


def _pledges() -> None:
    op.create_table(
        "pledges",
        sa.Column("agent", BIG, autoincrement=False, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("release_at", BIG, nullable=True),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent"),
    )


def _redemptions() -> None:
    op.create_table(
        "redemptions",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent", BIG, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        *columns("cumulative amount paid owed lost", BIG, nullable=False),
        sa.Column("receipts_root", sa.Text(), nullable=False),
        sa.Column("thinking", BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_redemptions_agent", "redemptions", ["agent", "seq"], unique=False)
    op.create_index("ix_redemptions_channel", "redemptions", ["channel", "seq"], unique=False)
    op.create_index("ix_redemptions_provider", "redemptions", ["provider", "seq"], unique=False)


def _usage_hours() -> None:
    op.create_table(
        "usage_hours",
        *columns("agent start", BIG, autoincrement=False, nullable=False),
        *columns("redemptions amount block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("agent", "start"),
    )
    op.create_index("ix_usage_hours_start", "usage_hours", ["start", "agent"], unique=False)
