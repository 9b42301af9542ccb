"""The panels that were asked about a task: one for each time that members were drawn for a case."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select

from agents.explorer import schema
from agents.explorer.api.models import Panel
from agents.explorer.queries.index import Index

MOST_SEATS = 500

Row = Mapping[str, Any]
_cases = schema.cases.c
_CASES = (
    select(schema.cases).where(_cases.task == bindparam("task")).order_by(_cases.created_block, _cases.case)
)


def panels_of(index: Index, task: int) -> list[Panel]:
    """All of a task's panels: two questions however many there are."""
    cases = index.all(_CASES, task=task)
    if not cases:
        return []
    votes, keys = schema.panel_votes.c, [case["case"] for case in cases]
    query = select(schema.panel_votes).where(votes.case.in_(keys)).order_by(votes.round, votes.seat)
    seats = index.all(query.limit(MOST_SEATS))
    return [
        panel
        for case in cases
        for panel in rounds_of(
            case, [seat for seat in seats if (seat["client"], seat["case"]) == (case["client"], case["case"])]
        )
    ]


def rounds_of(case: Row, seats: Sequence[Row]) -> list[Panel]:
    """A case's panels in order. Its row tells of the last one alone, its seats, ordered by round, of all."""
    drawn = {number: list(members) for number, members in groupby(seats, key=lambda seat: seat["round"])}
    last = drawn.pop(case["round"], [])
    ends = {} if last else {"commit_end": None, "reveal_end": None}
    return [
        *(_panel(case, members, _outcome(number, members)) for number, members in drawn.items()),
        _panel(case, last, ends),
    ]


def _panel(case: Row, members: Sequence[Row], more: Row) -> Panel:
    seats = [{**seat, "committed": seat["digest"] is not None} for seat in members]
    return Panel.model_validate({**case, **more, "drawn": bool(members), "seats": seats})


def _outcome(number: int, members: Sequence[Row]) -> dict[str, Any]:
    """What became of a panel that another followed. Its members shared what others lost, and the fee of a verdict."""
    fee = max(0, sum(seat["paid"] - seat["slashed"] for seat in members))
    scores = sorted(seat["score"] for seat in members if seat["score"] is not None)
    return {
        "round": number,
        "size": len(members),
        "fee": fee,
        "commit_end": None,
        "reveal_end": None,
        "decided": fee > 0,
        "score": scores[len(scores) // 2] if fee else None,
    }
