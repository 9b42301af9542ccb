"""The first tables of sums."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _buckets()
    _conservation()
    _skill_prices()
    _skill_totals()
    _totals()


def _buckets() -> None:
    op.create_table(
        "buckets",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start", BIG, autoincrement=False, nullable=False),
        *columns("transactions events tasks settled value thinking block", BIG, nullable=False),
        sa.PrimaryKeyConstraint("kind", "start"),
    )


def _conservation() -> None:
    op.create_table(
        "conservation",
        sa.Column("block", BIG, autoincrement=False, nullable=False),
        sa.Column("time", BIG, nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        *columns("accounts_sum pending_burn held gifts minted destroyed", BIG, nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )


def _skill_prices() -> None:
    op.create_table(
        "skill_prices",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        *columns("task agent price reserve quality bids", BIG, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_skill_prices_skill", "skill_prices", ["skill", "seq"], unique=False)
    op.create_index("ix_skill_prices_time", "skill_prices", ["time"], unique=False)


def _skill_totals() -> None:
    op.create_table(
        "skill_totals",
        sa.Column("skill", sa.Text(), nullable=False),
        *columns("tasks open settled agents bids value", BIG, nullable=False),
        sa.Column("last_price", BIG, nullable=True),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("skill"),
    )


def _totals() -> None:
    op.create_table(
        "totals",
        sa.Column("key", sa.Text(), nullable=False),
        *columns("value block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
