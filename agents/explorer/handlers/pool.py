"""EvaluatorPool: seats, the cases that panels hear, and what their members did and got."""

from typing import Any

from agents.chain.bindings import evaluator_pool
from agents.explorer import schema
from agents.explorer.handlers.clues import case_of
from agents.explorer.handlers.common import add_to, change, existing
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows

# Seats


@handles(evaluator_pool.SeatTaken)
def _seat_taken(event: evaluator_pool.SeatTaken, at: Place, rows: Rows) -> None:
    seat = {"id": event.seat, "holder": event.holder, "stake": event.stake}
    rows.put(schema.seats, {**seat, **at.birth, **at.columns})
    count(rows, at, "staked", event.stake)


@handles(evaluator_pool.SeatLeaving)
def _seat_leaving(event: evaluator_pool.SeatLeaving, at: Place, rows: Rows) -> None:
    change(rows, at, schema.seats, event.seat, leaving_end=event.end)


@handles(evaluator_pool.SeatLeft)
def _seat_left(event: evaluator_pool.SeatLeft, at: Place, rows: Rows) -> None:
    rows.delete(schema.seats, (event.seat,))
    count(rows, at, "staked", -event.stake)


@handles(evaluator_pool.SeatMoved)
def _seat_moved(event: evaluator_pool.SeatMoved, at: Place, rows: Rows) -> None:
    seat = existing(rows, schema.seats, event.from_)
    rows.delete(schema.seats, (event.from_,))
    rows.put(schema.seats, {**seat, "id": event.to, **at.columns})


# Cases


@handles(evaluator_pool.CaseConvened)
def _case_convened(event: evaluator_pool.CaseConvened, at: Place, rows: Rows) -> None:
    task, entrant = case_of(at.deed, event.client, event.case_id)
    rows.put(
        schema.cases,
        {
            "client": event.client,
            "case": str(event.case_id),
            "task": task,
            "entrant": entrant,
            "status": "sealed",
            "size": event.size,
            "fee": event.fee,
            "window": event.window,
            "entropy": schema.hex_text(event.entropy),
            **at.birth,
            **at.columns,
        },
    )


@handles(evaluator_pool.CaseUnsealed)
def _case_unsealed(event: evaluator_pool.CaseUnsealed, at: Place, rows: Rows) -> None:
    _change(rows, at, event, secret=schema.hex_text(event.secret))


@handles(evaluator_pool.CaseReconvened)
def _case_reconvened(event: evaluator_pool.CaseReconvened, at: Place, rows: Rows) -> None:
    anew = {"decided": None, "score": None, "closed_at": None}
    _change(rows, at, event, size=event.size, fee=event.fee, **anew)


@handles(evaluator_pool.DrawFixed)
def _draw_fixed(event: evaluator_pool.DrawFixed, at: Place, rows: Rows) -> None:
    _change(rows, at, event, status="drawing", round=event.round, draw_block=event.draw_block)


@handles(evaluator_pool.PanelDrawn)
def _panel_drawn(event: evaluator_pool.PanelDrawn, at: Place, rows: Rows) -> None:
    ends = {"commit_end": event.commit_end, "reveal_end": event.reveal_end}
    _change(rows, at, event, status="scoring", round=event.round, **ends)
    for seat, holder in zip(event.seats, event.holders, strict=True):
        member = {"client": event.client, "case": str(event.case_id), "round": event.round, "seat": seat}
        rows.put(schema.panel_votes, {**member, "holder": holder, **at.birth, **at.columns})


@handles(evaluator_pool.ScoreCommitted)
def _score_committed(event: evaluator_pool.ScoreCommitted, at: Place, rows: Rows) -> None:
    sealed = {"digest": f"0x{event.digest:052x}", "committed_at": at.timestamp}
    change(rows, at, schema.panel_votes, *_key(event), event.round, event.seat, **sealed)


@handles(evaluator_pool.ScoreRevealed)
def _score_revealed(event: evaluator_pool.ScoreRevealed, at: Place, rows: Rows) -> None:
    shown = {"score": event.score, "revealed_at": at.timestamp}
    change(rows, at, schema.panel_votes, *_key(event), event.round, event.seat, **shown)


@handles(evaluator_pool.PanelTallied)
def _panel_tallied(event: evaluator_pool.PanelTallied, at: Place, rows: Rows) -> None:
    _change(rows, at, event, tallied=event.round, revealed=event.revealed)


@handles(evaluator_pool.CaseClosed)
def _case_closed(event: evaluator_pool.CaseClosed, at: Place, rows: Rows) -> None:
    verdict = {"decided": event.decided, "closed_at": at.timestamp}
    if event.decided:
        verdict["score"] = event.score
    _change(rows, at, event, status="decided" if event.decided else "undecided", **verdict)


@handles(evaluator_pool.EvaluatorPaid)
def _evaluator_paid(event: evaluator_pool.EvaluatorPaid, at: Place, rows: Rows) -> None:
    add_to(rows, at, schema.seats, event.seat, earned=event.amount)
    add_to(rows, at, schema.panel_votes, *_member(rows, event), paid=event.amount)


@handles(evaluator_pool.EvaluatorSlashed)
def _evaluator_slashed(event: evaluator_pool.EvaluatorSlashed, at: Place, rows: Rows) -> None:
    add_to(rows, at, schema.seats, event.seat, stake=-event.amount, slashed=event.amount)
    add_to(rows, at, schema.panel_votes, *_member(rows, event), slashed=event.amount)
    count(rows, at, "staked", -event.amount)


def _key(event: Any) -> tuple[str, str]:
    return event.client, str(event.case_id)


def _change(rows: Rows, at: Place, event: Any, **changes: Any) -> None:
    change(rows, at, schema.cases, *_key(event), **changes)


def _member(
    rows: Rows, event: evaluator_pool.EvaluatorPaid | evaluator_pool.EvaluatorSlashed
) -> tuple[Any, ...]:
    """The seat in the panel whose scores were counted last: where there was no quorum, the next round has begun."""
    return *_key(event), existing(rows, schema.cases, *_key(event))["tallied"], event.seat
