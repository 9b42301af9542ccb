"""Prices and bids over time, supply and demand."""

from statistics import median
from typing import Any

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import (
    BidCurve,
    BidCurves,
    BidPoint,
    PriceBucket,
    Prices,
    SkillSupply,
    Supply,
    SupplyPoint,
)
from agents.explorer.handlers.totals import LENGTHS
from agents.explorer.queries.asked import CurvesAsked, PricesAsked
from agents.explorer.queries.index import Index

NEWEST_PRICES, NEWEST_BIDS, MOST_SKILLS, SPANS = 5_000, 2_000, 100, 240
USUAL_SPANS = 60
STEPS = 10

_prices, _bids = schema.skill_prices.c, schema.bids.c


def prices(index: Index, asked: PricesAsked) -> Prices:
    """What awards cost, in spans of time and by skill."""
    query = select(_prices.time, _prices.skill, _prices.price, _prices.reserve)
    if asked.skill is not None:
        query = query.where(_prices.skill == asked.skill)
    rows = index.all(query.order_by(_prices.seq.desc()).limit(NEWEST_PRICES))
    bucket = asked.bucket or _length(rows)
    spans: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in rows:
        spans.setdefault((row["time"] - row["time"] % bucket, row["skill"]), []).append(row)
    items = [_bucket(time, skill, spans[time, skill]) for time, skill in sorted(spans)]
    return Prices(bucket=bucket, items=items)


def _length(rows: list[dict[str, Any]]) -> int:
    """A length so that there are about USUAL_SPANS spans."""
    return max(1, (rows[0]["time"] - rows[-1]["time"]) // USUAL_SPANS) if rows else 1


def _bucket(time: int, skill: str, rows: list[dict[str, Any]]) -> PriceBucket:
    paid = [row["price"] for row in rows]
    return PriceBucket(
        skill=skill,
        time=time,
        count=len(rows),
        low=min(paid),
        median=int(median(paid)),
        high=max(paid),
        mean_ratio=sum(row["price"] / row["reserve"] for row in rows) / len(rows),
        volume=sum(paid),
    )


def bid_curves(index: Index, asked: CurvesAsked) -> BidCurves:
    """The newest bids whose auctions have ended, and what they say about the chance to win."""
    wanted = (_bids.agent, _bids.task, _bids.nth, _bids.price, _bids.reserve, _bids.quality, _bids.won)
    query = select(*wanted, _bids.created_time.label("time")).where(
        _bids.status.in_(("won", "defaulted", "lost"))
    )
    if asked.skill is not None:
        query = query.where(_bids.skill == asked.skill)
    if asked.agent is not None:
        query = query.where(_bids.agent == asked.agent)
    rows = index.all(query.order_by(_bids.task.desc(), _bids.agent.desc()).limit(NEWEST_BIDS))[::-1]
    points = [BidPoint.model_validate({**row, "ratio": row["price"] / row["reserve"]}) for row in rows]
    return BidCurves(points=points, curve=_curve(points))


def _curve(points: list[BidPoint]) -> list[BidCurve]:
    counts: dict[int, list[int]] = {}
    for point in points:
        # In integers: no price falls between two steps.
        step = min(STEPS - 1, point.price * STEPS // point.reserve)
        count = counts.setdefault(step, [0, 0])
        count[0] += 1
        count[1] += point.won
    return [
        BidCurve(low=step / STEPS, high=(step + 1) / STEPS, bids=bids, won=won, chance=won / bids)
        for step, (bids, won) in sorted(counts.items())
    ]


def supply(index: Index) -> Supply:
    """Who offers and who asks, by skill and over time."""
    totals, tasks = schema.skill_totals.c, schema.tasks.c
    rows = index.all(
        select(schema.skill_totals).order_by(totals.open.desc(), totals.skill).limit(MOST_SKILLS)
    )
    open_value: dict[str, int] = {}
    live = select(tasks.skill, tasks.reserve).where(tasks.state.in_(_LIVE))
    for row in index.all(live.limit(NEWEST_PRICES)):
        open_value[row["skill"]] = open_value.get(row["skill"], 0) + row["reserve"]
    return Supply(
        bucket=LENGTHS["minute"],
        skills=[
            SkillSupply(
                skill=row["skill"],
                agents=row["agents"],
                open_tasks=row["open"],
                open_value=open_value.get(row["skill"], 0),
                bids_per_task=row["bids"] / row["tasks"] if row["tasks"] else None,
            )
            for row in rows
        ],
        points=_points(index),
    )


_LIVE = ("Open", "Awarded", "Submitted", "Rejected", "Disputed", "Ruled", "Defaulted")


def _points(index: Index) -> list[SupplyPoint]:
    """The newest minutes in which there was something."""
    buckets = schema.buckets.c
    query = select(schema.buckets).where(buckets.kind == "minute").order_by(buckets.start.desc())
    rows = index.all(query.limit(SPANS))[::-1]
    return [
        SupplyPoint(
            time=row["start"],
            posted=row["tasks"],
            settled=row["settled"],
            settled_value=row["value"],
            thinking=row["thinking"],
        )
        for row in rows
    ]
