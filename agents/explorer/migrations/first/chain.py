"""The first tables of the chain."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _blocks()
    _cursor()
    _events()
    _links()
    _origin()
    _reorgs()
    _transactions()
    _undo()


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        *columns("hash parent", sa.Text(), nullable=False),
        *columns("timestamp transactions_total transactions events base_fee", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index(op.f("ix_blocks_timestamp"), "blocks", ["timestamp"], unique=False)


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("block", BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        *columns("epoch undo_from", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block log", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("timestamp", BIG, nullable=False),
        *columns("address contract name", sa.Text(), nullable=False),
        *columns("arguments topics", sa.JSON(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_events_kind", "events", ["contract", "name", "seq"], unique=False)
    op.create_index("ix_events_name", "events", ["name", "seq"], unique=False)
    op.create_index(op.f("ix_events_tx"), "events", ["tx"], unique=False)


def _links() -> None:
    op.create_table(
        "links",
        *columns("kind key", sa.Text(), nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_seq", "links", ["seq"], unique=False)


def _origin() -> None:
    op.create_table(
        "origin",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *columns("market genesis", sa.Text(), nullable=False),
        *columns("chain_id first_block", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _reorgs() -> None:
    op.create_table(
        "reorgs",
        sa.Column("epoch", BIG, autoincrement=False, nullable=False),
        *columns("ancestor old_head time", BIG, nullable=False),
        sa.Column("deep", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
    )


def _transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("hash", sa.Text(), nullable=False),
        *columns("block position timestamp", BIG, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        *columns("to contract function", sa.Text(), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=True),
        *columns("value input", sa.Text(), nullable=False),
        *columns("nonce gas gas_used", BIG, nullable=False),
        sa.Column("fee", sa.Text(), nullable=False),
        sa.Column("status", BIG, nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(
        "ix_transactions_contract", "transactions", ["contract", "block", "position"], unique=False
    )
    op.create_index(
        "ix_transactions_failed",
        "transactions",
        ["block", "position"],
        unique=False,
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index(
        "ix_transactions_function", "transactions", ["function", "block", "position"], unique=False
    )
    op.create_index("ix_transactions_place", "transactions", ["block", "position"], unique=True)
    op.create_index("ix_transactions_sender", "transactions", ["sender", "block"], unique=False)


def _undo() -> None:
    op.create_table(
        "undo",
        sa.Column("block", BIG, autoincrement=False, nullable=False),
        *columns("table key", sa.Text(), nullable=False),
        sa.Column("image", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("block", "table", "key"),
    )
