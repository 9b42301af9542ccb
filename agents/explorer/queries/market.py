"""The market by skill, and who earns."""

from statistics import median
from typing import Any

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import Inequality, Leader, LorenzPoint, Market, SkillMarket
from agents.explorer.queries.index import Index

MOST_SKILLS, MOST_LEADERS, NEWEST = 100, 50, 200
MOST_AGENTS = 100_000
"""Agents among whom inequality is measured."""
POINTS = 100

_agents = schema.agents.c


def market(index: Index) -> Market:
    """The market at its newest block."""
    earned, balances = _spread(index)
    return Market(
        skills=skills(index),
        leaderboard=leaderboard(index),
        earnings=inequality(earned),
        balances=inequality(balances),
    )


def skills(index: Index) -> list[SkillMarket]:
    """Skills by what their tasks paid."""
    totals = schema.skill_totals.c
    query = select(schema.skill_totals).order_by(totals.value.desc(), totals.skill).limit(MOST_SKILLS)
    return [SkillMarket.model_validate({**row, **_prices(index, row)}) for row in index.all(query)]


def _prices(index: Index, row: dict[str, Any]) -> dict[str, Any]:
    """Of the skill's newest awards."""
    prices = schema.skill_prices.c
    query = select(prices.price, prices.reserve, prices.bids).where(prices.skill == row["skill"])
    newest = index.all(query.order_by(prices.seq.desc()).limit(NEWEST))
    if not newest:
        unknown = {"median_price": None, "median_ratio": None, "mean_bids": None}
        return {**unknown, "volume": row["value"]}
    return {
        "median_price": int(median(one["price"] for one in newest)),
        "median_ratio": median(one["price"] / one["reserve"] for one in newest),
        "mean_bids": sum(one["bids"] for one in newest) / len(newest),
        "volume": row["value"],
    }


def leaderboard(index: Index) -> list[Leader]:
    """Agents by what they earned less what they thought."""
    profit = _agents.earned - _agents.thinking
    active = select(schema.agents, profit.label("profit")).where(_agents.bids > 0)
    rows = index.all(active.order_by(profit.desc(), _agents.id).limit(MOST_LEADERS))
    return [
        Leader.model_validate({**row, "rank": rank, "agent": row["id"]})
        for rank, row in enumerate(rows, start=1)
    ]


def _spread(index: Index) -> tuple[list[int], list[int]]:
    """What those who bid have earned, and what all agents have."""
    total = (_agents.balance_free + _agents.balance_locked).label("total")
    query = select(_agents.bids, _agents.earned, total).order_by(_agents.id).limit(MOST_AGENTS)
    rows = index.connection.execute(query).all()
    return [row.earned for row in rows if row.bids], [row.total for row in rows]


def inequality(amounts: list[int]) -> Inequality:
    """Gini's coefficient and Lorenz's curve of amounts, none of which counts as less than 0."""
    ordered = sorted(max(0, amount) for amount in amounts)
    count, whole = len(ordered), sum(ordered)
    if not whole:
        return Inequality(agents=count, gini=None, lorenz=[])
    weighted = sum(rank * amount for rank, amount in enumerate(ordered, start=1))
    # All integers until here: exact whatever the amounts.
    gini = (2 * weighted - (count + 1) * whole) / (count * whole)
    return Inequality(agents=count, gini=gini, lorenz=_lorenz(ordered, whole))


def _lorenz(ordered: list[int], whole: int) -> list[LorenzPoint]:
    count = len(ordered)
    wanted = {round(step * count / POINTS) for step in range(POINTS + 1)}
    points, held = [], 0
    for place in range(count + 1):
        if place in wanted:
            points.append(LorenzPoint(share=place / count, held=held / whole))
        held += ordered[place] if place < count else 0
    return points
