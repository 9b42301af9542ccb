"""The first tables of tasks."""

import sqlalchemy as sa
from alembic import op

from agents.explorer.migrations.first.columns import columns

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make() -> None:
    """Make them."""
    _bid_order()
    _bids()
    _cases()
    _panel_votes()
    _race_entries()
    _races()
    _seats()
    _tasks()


def _bid_order() -> None:
    op.create_table(
        "bid_order",
        *columns("task nth", BIG, autoincrement=False, nullable=False),
        *columns("agent block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("task", "nth"),
    )


def _bids() -> None:
    op.create_table(
        "bids",
        *columns("task agent", BIG, autoincrement=False, nullable=False),
        sa.Column("nth", BIG, nullable=False),
        *columns("status skill", sa.Text(), nullable=False),
        *columns("reserve quality", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("committed_at", BIG, nullable=True),
        sa.Column("replaced", BIG, nullable=False),
        *columns("price promised revealed_at", BIG, nullable=True),
        sa.Column("tie_break", sa.Text(), nullable=True),
        sa.Column("bond", BIG, nullable=False),
        *columns("forfeited won", sa.Boolean(), nullable=False),
        sa.Column("price_paid", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("task", "agent"),
    )
    op.create_index("ix_bids_agent", "bids", ["agent", "task"], unique=False)
    op.create_index("ix_bids_skill", "bids", ["skill", "task"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        *columns("client case", sa.Text(), nullable=False),
        sa.Column("task", BIG, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        *columns("size fee round window", BIG, nullable=False),
        sa.Column("entropy", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        *columns("entrant draw_block commit_end reveal_end tallied revealed", BIG, nullable=True),
        sa.Column("decided", sa.Boolean(), nullable=True),
        *columns("score closed_at", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", "case"),
    )
    op.create_index(op.f("ix_cases_task"), "cases", ["task"], unique=False)


def _panel_votes() -> None:
    op.create_table(
        "panel_votes",
        *columns("client case", sa.Text(), nullable=False),
        *columns("round seat", BIG, autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        *columns("committed_at score revealed_at", BIG, nullable=True),
        *columns("paid slashed created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", "case", "round", "seat"),
    )
    op.create_index(op.f("ix_panel_votes_holder"), "panel_votes", ["holder"], unique=False)


def _race_entries() -> None:
    op.create_table(
        "race_entries",
        *columns("task agent", BIG, autoincrement=False, nullable=False),
        *columns("status digest", sa.Text(), nullable=False),
        sa.Column("replaced", BIG, nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("score", BIG, nullable=True),
        sa.Column("case", sa.Text(), nullable=True),
        *columns("locked created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("task", "agent"),
    )
    op.create_index("ix_race_entries_agent", "race_entries", ["agent", "task"], unique=False)


def _races() -> None:
    op.create_table(
        "races",
        sa.Column("task", BIG, autoincrement=False, nullable=False),
        *columns("bond fee entries", BIG, nullable=False),
        *columns("head head_deadline", BIG, nullable=True),
        *columns("case secret", sa.Text(), nullable=True),
        sa.Column("winner", BIG, nullable=True),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("task"),
    )


def _seats() -> None:
    op.create_table(
        "seats",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        *columns("stake earned slashed", BIG, nullable=False),
        sa.Column("leaving_end", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_seats_holder"), "seats", ["holder"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *columns("requester skill mode state round", sa.Text(), nullable=False),
        sa.Column("reserve", BIG, nullable=False),
        sa.Column("evaluator", sa.Text(), nullable=False),
        sa.Column("passing_score", BIG, nullable=False),
        *columns("specification seal", sa.Text(), nullable=False),
        sa.Column("parent", BIG, nullable=True),
        *columns(
            "fee_bps bond_percent seat_fee weight bond deposit bidding_end reveal_end delivery_window "
            "review_window",
            BIG,
            nullable=False,
        ),
        *columns("deadline agent", BIG, nullable=True),
        sa.Column("price", BIG, nullable=False),
        *columns("awarded_at promised_at", BIG, nullable=True),
        *columns("commitments bids_revealed", BIG, nullable=False),
        *columns("taken_over defaulted", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", BIG, nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        *columns("lateness evaluated_at score", BIG, nullable=True),
        sa.Column("scored_by", sa.Text(), nullable=True),
        *columns("rejected_at disputed_at", BIG, nullable=True),
        sa.Column("work", sa.Text(), nullable=True),
        *columns("convened_at unsealed_at", BIG, nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        *columns("ruled_at appealed_at", BIG, nullable=True),
        sa.Column("appellant", sa.Text(), nullable=True),
        sa.Column("defaulted_at", BIG, nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        *columns("fee paid compensated refunded", BIG, nullable=False),
        *columns("settled_at ended_at", BIG, nullable=True),
        *columns("created_block created_time", BIG, nullable=False),
        sa.Column("created_tx", sa.Text(), nullable=False),
        *columns("block time", BIG, nullable=False),
        sa.Column("tx", sa.Text(), nullable=False),
        sa.Column("log", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tasks_agent", "tasks", ["agent", "id"], unique=False)
    op.create_index("ix_tasks_created", "tasks", ["created_time", "id"], unique=False)
    op.create_index("ix_tasks_evaluator", "tasks", ["evaluator", "id"], unique=False)
    op.create_index("ix_tasks_mode", "tasks", ["mode", "id"], unique=False)
    op.create_index(op.f("ix_tasks_parent"), "tasks", ["parent"], unique=False)
    op.create_index("ix_tasks_requester", "tasks", ["requester", "id"], unique=False)
    op.create_index("ix_tasks_reserve", "tasks", ["reserve", "id"], unique=False)
    op.create_index(op.f("ix_tasks_result"), "tasks", ["result"], unique=False)
    op.create_index("ix_tasks_skill", "tasks", ["skill", "id"], unique=False)
    op.create_index(op.f("ix_tasks_specification"), "tasks", ["specification"], unique=False)
    op.create_index("ix_tasks_state", "tasks", ["state", "id"], unique=False)
