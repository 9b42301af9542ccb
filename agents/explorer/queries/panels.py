"""The panels that were asked about a task: one for each draw of each of its cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from agents.explorer import schema
from agents.explorer.api.models import Panel, PanelSeat
from agents.explorer.queries.index import Index

MOST_SEATS, MOST_STEPS = 500, 2_000
STEPS = ("CaseConvened", "CaseReconvened", "DrawFixed", "PanelDrawn", "PanelTallied", "CaseClosed")
"""The events that say what became of a case. Its row has only its newest panel."""

Row = Mapping[str, Any]

_cases, _votes, _events, _links = schema.cases.c, schema.panel_votes.c, schema.events.c, schema.links.c

_CASES = (
    select(_cases.client, _cases.case, _cases.entrant)
    .where(_cases.task == bindparam("task"))
    .order_by(_cases.created_block, _cases.case)
)
_STEPS = (
    select(_links.key, _events.name, _events.arguments)
    .join_from(schema.links, schema.events, _events.seq == _links.seq)
    .where(_links.kind == "case", _links.key.in_(bindparam("keys", expanding=True)), _events.name.in_(STEPS))
    .order_by(_events.seq)
    .limit(MOST_STEPS)
)
_SEATS = (
    select(schema.panel_votes)
    .where(_votes.case.in_(bindparam("cases", expanding=True)))
    .order_by(_votes.round, _votes.seat)
    .limit(MOST_SEATS)
)


def panels_of(index: Index, task: int) -> list[Panel]:
    """The task's panels in their order, with their seats: three questions however many there are."""
    rows = index.all(_CASES, task=task)
    if not rows:
        return []
    steps, seats = _steps(index, rows), _seats(index, rows)
    return [
        Panel.model_validate({**row, **panel, "seats": seats[row["client"], row["case"], panel["round"]]})
        for row in rows
        for panel in _told(steps[f"{row['client']}/{row['case']}"])
    ]


def _steps(index: Index, cases: Iterable[Row]) -> Mapping[str, list[dict[str, Any]]]:
    keys = [f"{case['client']}/{case['case']}" for case in cases]
    found = defaultdict(list)
    for row in index.all(_STEPS, keys=keys):
        found[row["key"]].append(row)
    return found


def _seats(index: Index, cases: Iterable[Row]) -> Mapping[tuple[str, str, int], list[PanelSeat]]:
    found = defaultdict(list)
    for row in index.all(_SEATS, cases=[case["case"] for case in cases]):
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
