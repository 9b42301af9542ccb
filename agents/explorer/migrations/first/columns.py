"""Several columns of one kind in one line."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine


def columns(names: str, kind: TypeEngine[Any], **more: Any) -> list[sa.Column[Any]]:
    """A column of this kind for each of the names, which spaces separate."""
    return [sa.Column(name, kind, **more) for name in names.split()]
