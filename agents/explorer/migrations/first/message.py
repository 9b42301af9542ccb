"""The first tables of messages."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _message_blocks()
    _messages()
    _postages()
    _threads()


def _message_blocks() -> None:
    op.create_table(
        "message_blocks",
        *columns("account sender", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "sender"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("thread", BIG, nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        *columns("recipient topic", sa.Text(), nullable=True),
        sa.Column("task", BIG, nullable=True),
        sa.Column("postage", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_messages_digest", "messages", ["digest"], unique=False)
    op.create_index("ix_messages_recipient", "messages", ["recipient", "id"], unique=False)
    op.create_index("ix_messages_sender", "messages", ["sender", "id"], unique=False)
    op.create_index("ix_messages_task", "messages", ["task", "id"], unique=False)
    op.create_index("ix_messages_thread", "messages", ["thread", "id"], unique=False)
    op.create_index("ix_messages_topic", "messages", ["topic", "id"], unique=False)


def _postages() -> None:
    op.create_table(
        "postages",
        sa.Column("account", sa.Text(), nullable=False),
        *columns("postage block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *columns("opener other", sa.Text(), nullable=False),
        sa.Column("task", BIG, nullable=True),
        *columns("messages postage last_message created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_threads_last", "threads", ["last_message"], unique=False)
    op.create_index("ix_threads_opener", "threads", ["opener", "last_message"], unique=False)
    op.create_index("ix_threads_other", "threads", ["other", "last_message"], unique=False)
