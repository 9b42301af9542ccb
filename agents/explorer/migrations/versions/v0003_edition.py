"""An index knows by which edition of the handlers it was folded; of older ones nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Leave room for it."""
    op.add_column("origin", sa.Column("edition", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
