"""The first tables."""

from agents.explorer.migrations.first import agent, chain, credit, message, meter, sums, task, text, vote

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    for theme in (agent, chain, credit, message, meter, sums, task, text, vote):
        theme.make()
