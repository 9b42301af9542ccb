"""Tasks of one state and one skill are found in their order, however rare they are among the others."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index for them."""
    op.create_index("ix_tasks_state_skill", "tasks", ["state", "skill", "id"])
