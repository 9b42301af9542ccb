"""The first tables of credits."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _accounts()
    _entries()
    _requesters()
    _token_balances()
    _token_transfers()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("agent", BIG, nullable=True),
        *columns("free locked total debt", BIG, nullable=False),
        sa.Column("creditor", sa.Text(), nullable=True),
        *columns("contributed entries created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index(op.f("ix_accounts_agent"), "accounts", ["agent"], unique=False)
    op.create_index(op.f("ix_accounts_debt"), "accounts", ["debt"], unique=False)
    op.create_index("ix_accounts_lower", "accounts", [sa.literal_column("lower(account)")], unique=False)
    op.create_index("ix_accounts_total", "accounts", ["total", "account"], unique=False)


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        *columns("kind reason", sa.Text(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        *columns("account_from part_from account_to part_to debtor", sa.Text(), nullable=True),
        *columns("task agent from_free from_locked from_debt to_free to_locked to_debt", BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_entries_agent", "entries", ["agent", "seq"], unique=False)
    op.create_index("ix_entries_amount", "entries", ["amount", "seq"], unique=False)
    op.create_index("ix_entries_from", "entries", ["account_from", "seq"], unique=False)
    op.create_index("ix_entries_kind", "entries", ["kind", "seq"], unique=False)
    op.create_index("ix_entries_reason", "entries", ["reason", "seq"], unique=False)
    op.create_index("ix_entries_task", "entries", ["task", "seq"], unique=False)
    op.create_index("ix_entries_time", "entries", ["time"], unique=False)
    op.create_index("ix_entries_to", "entries", ["account_to", "seq"], unique=False)
    op.create_index("ix_entries_tx", "entries", ["tx"], unique=False)


def _requesters() -> None:
    op.create_table(
        "requesters",
        sa.Column("address", sa.Text(), nullable=False),
        *columns("posted settled spent block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )


def _token_balances() -> None:
    op.create_table(
        "token_balances",
        sa.Column("address", sa.Text(), nullable=False),
        *columns("amount block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )


def _token_transfers() -> None:
    op.create_table(
        "token_transfers",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        *columns("kind sender recipient", sa.Text(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_token_transfers_recipient", "token_transfers", ["recipient", "seq"], unique=False)
    op.create_index("ix_token_transfers_sender", "token_transfers", ["sender", "seq"], unique=False)
