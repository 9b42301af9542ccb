"""The first tables of words."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _shelves()
    _text_words()
    _texts()


def _shelves() -> None:
    op.create_table(
        "shelves",
        sa.Column("name", sa.Text(), nullable=False),
        *columns("seq epoch", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _text_words() -> None:
    op.create_table(
        "text_words",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("text", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "text"),
        sqlite_with_rowid=False,
    )


def _texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        *columns("kind key", sa.Text(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("size", BIG, nullable=True),
        *columns("title excerpt", sa.Text(), nullable=True),
        *columns("attempts tried_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_texts_key", "texts", ["kind", "key"], unique=True)
    op.create_index("ix_texts_missing", "texts", ["found", "tried_at"], unique=False)
