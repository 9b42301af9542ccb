"""The panels that were asked about a task: one for each draw of each of its cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import Panel, PanelSeat
from agents.explorer.queries.index import Index

MOST_SEATS, MOST_STEPS = 500, 2_000
STEPS = ("CaseConvened", "CaseReconvened", "DrawFixed", "PanelDrawn", "PanelTallied", "CaseClosed")
"""The events that say what became of a case. Its row has only its newest panel."""

Row = Mapping[str, Any]


def panels_of(index: Index, task: int) -> list[Panel]:
    """The task's panels in their order, with their seats: three questions however many there are."""
    cases = schema.cases.c
    query = select(cases.client, cases.case).where(cases.task == task)
    rows = index.all(query.order_by(cases.created_block, cases.case))
    if not rows:
        return []
    steps, seats = _steps(index, rows), _seats(index, rows)
    return [
        Panel.model_validate({**row, **panel, "seats": seats[row["client"], row["case"], panel["round"]]})
        for row in rows
        for panel in _told(steps[f"{row['client']}/{row['case']}"])
    ]


def _steps(index: Index, cases: Iterable[Row]) -> Mapping[str, list[dict[str, Any]]]:
    events, links = schema.events.c, schema.links.c
    keys = [f"{case['client']}/{case['case']}" for case in cases]
    query = (
        select(links.key, events.name, events.arguments)
        .join_from(schema.links, schema.events, events.seq == links.seq)
        .where(links.kind == "case", links.key.in_(keys), events.name.in_(STEPS))
    )
    found = defaultdict(list)
    for row in index.all(query.order_by(events.seq).limit(MOST_STEPS)):
        found[row["key"]].append(row)
    return found


def _seats(index: Index, cases: Iterable[Row]) -> Mapping[tuple[str, str, int], list[PanelSeat]]:
    votes = schema.panel_votes.c
    query = select(schema.panel_votes).where(votes.case.in_([case["case"] for case in cases]))
    found = defaultdict(list)
    for row in index.all(query.order_by(votes.round, votes.seat).limit(MOST_SEATS)):
        seat = PanelSeat.model_validate({**row, "committed": row["digest"] is not None})
        found[row["client"], row["case"], row["round"]].append(seat)
    return found


def _told(steps: Iterable[Row]) -> list[dict[str, Any]]:
    """The panels of one case as its events tell of them."""
    panels: list[dict[str, Any]] = []
    asked: dict[str, Any] = {}
    for step in steps:
        name, told = step["name"], step["arguments"]
        if name in ("CaseConvened", "CaseReconvened"):
            asked = {"size": int(told["size"]), "fee": int(told["fee"])}
            panels.append(_undrawn(asked))
        elif name == "DrawFixed":
            # Where there was no quorum, another panel is drawn; where none was drawn, the same is drawn anew.
            if panels[-1]["drawn"]:
                panels.append(_undrawn(asked))
            panels[-1]["round"] = int(told["round"])
        elif name == "PanelDrawn":
            ends = {"commit_end": int(told["commitEnd"]), "reveal_end": int(told["revealEnd"])}
            panels[-1] |= {"drawn": True, **ends}
        elif name == "PanelTallied":
            panels[-1]["decided"] = False
        elif name == "CaseClosed":
            decided = told["decided"]
            panels[-1] |= {"decided": decided, "score": int(told["score"]) if decided else None}
    return panels


def _undrawn(asked: Row) -> dict[str, Any]:
    unknown = {"drawn": False, "commit_end": None, "reveal_end": None, "decided": None, "score": None}
    return {**asked, **unknown, "round": 0}
