"""Supply, demand and prices by skill."""

from agents.explorer import schema
from agents.explorer.handlers.common import tally
from agents.explorer.handlers.registry import Place, Row
from agents.explorer.rows import Rows
from agents.market.domain import QUALITY_FLOOR


def count_skill(rows: Rows, at: Place, skill: str, **amounts: int) -> None:
    """Add to the skill's sums."""
    tally(rows, at, schema.skill_totals, {"skill": skill}, **amounts)


def note_price(rows: Rows, at: Place, task: Row, agent: int, price: int) -> None:
    """The task was awarded at this price."""
    rows.add(
        schema.skill_prices,
        {
            "seq": at.seq,
            "skill": task["skill"],
            "task": task["id"],
            "agent": agent,
            "price": price,
            "reserve": task["reserve"],
            "quality": _quality(rows, task, agent),
            "bids": task["bids_revealed"],
            "mode": task["mode"],
            **at.columns,
        },
    )
    before = rows.get(schema.skill_totals, (task["skill"],)) or {"skill": task["skill"]}
    rows.put(schema.skill_totals, {**before, "last_price": price, **at.columns})


def _quality(rows: Rows, task: Row, agent: int) -> int:
    """With which the agent bid; in a race, which it has."""
    bid = rows.get(schema.bids, (task["id"], agent))
    if bid is not None:
        return int(bid["quality"])
    worker = rows.get(schema.agents, (agent,))
    record = None
    if worker is not None:
        record = rows.get(schema.reputations, (agent, worker["epoch"], task["skill"]))
    return QUALITY_FLOOR if record is None else int(record["quality"])
