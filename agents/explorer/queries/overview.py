"""The market at a glance, from sums that are kept as events come in."""

from sqlalchemy import func, select

from agents.explorer import schema
from agents.explorer.api.models import Conservation, Flow, Flows, Overview, ThroughputPoint
from agents.explorer.queries.index import Index
from agents.explorer.queries.totals import Totals, totals_of
from agents.explorer.sentences import credits_words
from agents.market.domain import TaskState
from agents.money import DECIMALS

SPANS, SPAN = 60, 60
"""Spans of the throughput, and their length in seconds."""
STATES = tuple(state.name.title() for state in TaskState)


def overview(index: Index) -> Overview:
    """The market at its newest block."""
    totals = totals_of(index)
    flows = flows_of(totals)
    return Overview.model_validate(
        {
            "head": index.head(),
            "tasks": {
                "total": totals["tasks"],
                "by_state": {state: totals[f"tasks:{state}"] for state in STATES},
            },
            "agents": {
                "total": totals["agents"],
                "active": totals["agents:active"],
                "indebted": totals["agents:indebted"],
            },
            "credits": {
                **{name: totals[name] for name in ("minted", "destroyed", "pending_burn", "free", "locked")},
                "outside": totals["minted"] - totals["destroyed"] - totals["held"],
            },
            "flows": flows,
            "sankey": sankey_of(totals, flows),
            "bucket": SPAN,
            "throughput": throughput(index),
            "conservation": conservation(index, totals),
        }
    )


def flows_of(totals: Totals) -> Flows:
    """What moved since the beginning."""
    return Flows(
        escrow=totals.flow("Locked:escrow"),
        rewards=totals.flow("Paid:reward"),
        refunds=totals.flow("Unlocked:refund"),
        fees=totals.flow("Paid:fee"),
        bonds=totals.flow("Locked:bond"),
        burned=sum(value for key, value in totals.items() if key.startswith("flow:Burned:")),
        thinking=totals["thinking"],
        compensation=totals.flow("Paid:compensation"),
        stakes=totals.flow("Locked:stake"),
        postage=totals.flow("Paid:postage"),
    )


def sankey_of(totals: Totals, flows: Flows) -> list[Flow]:
    """Where credits went: from the accounts through escrow, bonds and rewards to where they ended."""
    returned, seized = totals.flow("Unlocked:bond"), totals.flow("Paid:bond")
    burned = totals.flow("Burned:bond")
    ended = flows.rewards + flows.fees + flows.refunds + flows.compensation
    of_rewards = min(flows.thinking, flows.rewards)
    edges = (
        ("accounts", "escrow", flows.escrow),
        ("escrow", "rewards", flows.rewards),
        ("escrow", "fees", flows.fees),
        ("escrow", "refunds", flows.refunds),
        ("escrow", "compensation", flows.compensation),
        ("escrow", "open tasks", flows.escrow - ended),
        ("rewards", "thinking", of_rewards),
        ("rewards", "kept by agents", flows.rewards - of_rewards),
        ("accounts", "thinking", flows.thinking - of_rewards),
        ("accounts", "bonds", flows.bonds),
        ("bonds", "bonds returned", returned),
        ("bonds", "bonds to requesters", seized),
        ("bonds", "burned", burned),
        ("bonds", "open bonds", flows.bonds - returned - seized - burned),
        ("accounts", "burned", flows.burned - burned),
        ("accounts", "stakes", flows.stakes),
        ("accounts", "postage", flows.postage),
    )
    return [Flow(source=source, target=target, value=value) for source, target, value in edges if value > 0]


def throughput(index: Index) -> list[ThroughputPoint]:
    """The newest minutes up to the newest block, those without anything too."""
    head = index.head()
    if head is None:
        return []
    last = head.time - head.time % SPAN
    first = last - (SPANS - 1) * SPAN
    buckets = schema.buckets.c
    wanted = (buckets.start, buckets.transactions, buckets.events, buckets.settled, buckets.value)
    query = select(*wanted).where(buckets.kind == "minute", buckets.start >= first)
    found = {row["start"]: row for row in index.all(query)}
    empty = {"transactions": 0, "events": 0, "settled": 0, "value": 0}
    return [
        ThroughputPoint.model_validate({**empty, **found.get(start, {}), "time": start})
        for start in range(first, last + 1, SPAN)
    ]


def conservation(index: Index, totals: Totals) -> Conservation:
    """Whether the books added up at every block in which they changed."""
    rows = schema.conservation.c
    violation = None
    if "violation" in totals:
        row = index.one(select(schema.conservation).where(rows.block == totals["violation"]))
        if row is not None:
            violation = (
                f"block {row['block']}: accounts have {credits_words(row['accounts_sum'], DECIMALS)} and "
                f"{credits_words(row['pending_burn'], DECIMALS)} wait to be destroyed, but the Ledger holds "
                f"{credits_words(row['held'] - row['gifts'], DECIMALS)}"
            )
    return Conservation(
        holds="violation" not in totals,
        block=totals.get("checked"),
        checked=index.value(select(func.count()).select_from(schema.conservation)),
        violation=violation,
    )
