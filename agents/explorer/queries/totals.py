"""The market's sums by name, as ``agents.explorer.handlers.totals`` keeps them."""

from collections.abc import Mapping

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.queries.index import Index


class Totals(dict[str, int]):
    """Sums by name; what was never counted is 0."""

    def __missing__(self, key: str) -> int:
        return 0

    def flow(self, *names: str) -> int:
        """Units that moved, over entries of these kinds and reasons: ``Paid:reward``."""
        return sum(self[f"flow:{name}"] for name in names)

    def by_reason(self, prefix: str) -> Mapping[str, int]:
        """What is counted under ``prefix:<kind>:<reason>``, by reason."""
        found: dict[str, int] = {}
        for key, value in self.items():
            if key.startswith(f"{prefix}:"):
                reason = key.rsplit(":", 1)[1]
                found[reason] = found.get(reason, 0) + value
        return found


def totals_of(index: Index) -> Totals:
    """All sums; there are some hundred of them."""
    totals = schema.totals.c
    return Totals({row["key"]: row["value"] for row in index.all(select(totals.key, totals.value))})
