"""TaskManager: from the posting of a task to its end."""

from typing import Any

from agents.chain.bindings import task_manager
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, change, existing, tag_text, tally
from agents.explorer.handlers.registry import Place, Row, handles
from agents.explorer.handlers.skills import count_skill, note_price
from agents.explorer.handlers.totals import count, count_bucket
from agents.explorer.rows import Rows
from agents.market.domain import AwardMode, MarketTerms, Round, TaskState

PANEL = "panel"
"""Who scored a task, where it was not one evaluator."""


def title(member: TaskState | AwardMode | Round) -> str:
    """The contract's name of it: ``SealedSecondPrice``."""
    return "".join(word.capitalize() for word in member.name.split("_"))


FINAL = frozenset(title(state) for state in TaskState if state.is_final)
"""The states in which nothing more can happen."""


def enter(rows: Rows, at: Place, task_id: int, state: TaskState, **changes: Any) -> Row:
    """The task is in this state from here on; returns it as it was."""
    task, now = existing(rows, schema.tasks, task_id), title(state)
    if task["state"] != now:
        count(rows, at, f"tasks:{task['state']}", -1)
        count(rows, at, f"tasks:{now}")
        if state.is_final:
            count_skill(rows, at, task["skill"], open=-1)
            changes |= {"ended_at": at.timestamp}
    change(rows, at, schema.tasks, task_id, state=now, **changes)
    return task


@handles(task_manager.TaskCreated)
def _task_created(event: task_manager.TaskCreated, at: Place, rows: Rows) -> None:
    params, skill = event.params, tag_text(event.skill)
    terms = MarketTerms(event.fee_bps, event.bond_percent, event.seat_fee)
    by_pool = params.evaluator == at.deed.contracts["EvaluatorPool"]
    bidding_end = at.timestamp + params.bidding_window
    task = {
        "id": event.task_id,
        "requester": event.requester,
        "skill": skill,
        "mode": title(AwardMode(params.mode)),
        "state": title(TaskState.OPEN),
        "round": title(Round.NONE),
        "reserve": params.reserve,
        "evaluator": params.evaluator,
        "passing_score": params.passing_score,
        "specification": schema.hex_text(params.specification),
        "seal": schema.hex_text(params.seal),
        "parent": params.parent_id or None,
        "fee_bps": event.fee_bps,
        "bond_percent": event.bond_percent,
        "seat_fee": event.seat_fee,
        "weight": event.weight,
        "bond": terms.bond(params.reserve),
        "deposit": terms.deposit(params.reserve, by_pool),
        "bidding_end": bidding_end,
        "reveal_end": bidding_end + params.reveal_window,
        "delivery_window": params.delivery_window,
        "review_window": params.review_window,
    }
    rows.put(schema.tasks, {**task, **at.birth, **at.columns})
    count(rows, at, "tasks")
    count(rows, at, f"tasks:{title(TaskState.OPEN)}")
    count_bucket(rows, at.block, at.timestamp, tasks=1)
    count_skill(rows, at, skill, tasks=1, open=1)
    _count_requester(rows, at, event.requester, posted=1)
    poster = rows.get(schema.agent_owners, (event.requester,))
    if poster is not None:
        add_to(rows, at, schema.agents, poster["agent"], tasks_posted=1)


@handles(task_manager.TaskCancelled)
def _task_cancelled(event: task_manager.TaskCancelled, at: Place, rows: Rows) -> None:
    enter(rows, at, event.task_id, TaskState.CANCELLED)


@handles(task_manager.TaskExpired)
def _task_expired(event: task_manager.TaskExpired, at: Place, rows: Rows) -> None:
    enter(rows, at, event.task_id, TaskState.EXPIRED)


@handles(task_manager.TaskAwarded)
def _task_awarded(event: task_manager.TaskAwarded, at: Place, rows: Rows) -> None:
    task = enter(
        rows,
        at,
        event.task_id,
        TaskState.AWARDED,
        agent=event.agent_id,
        price=event.price,
        awarded_at=at.timestamp,
        promised_at=event.promised_at,
        deadline=event.deadline,
        defaulted=False,
    )
    add_to(rows, at, schema.agents, event.agent_id, wins=1)
    _close_bids(rows, at, task, event)
    note_price(rows, at, task, event.agent_id, event.price)


def _close_bids(rows: Rows, at: Place, task: Row, event: task_manager.TaskAwarded) -> None:
    """One bid has won, and the others have lost: all of them at the first award, one of them back at a take-over."""
    for nth in range(0 if task["mode"] == title(AwardMode.RACE) else task["bids_revealed"]):
        agent = existing(rows, schema.bid_order, event.task_id, nth)["agent"]
        if agent == event.agent_id:
            if task["taken_over"]:
                add_to(rows, at, schema.agents, agent, losses=-1)
            won = {"status": "won", "won": True, "price_paid": event.price}
            change(rows, at, schema.bids, event.task_id, agent, **won)
        elif not task["taken_over"]:
            add_to(rows, at, schema.agents, agent, losses=1)
            change(rows, at, schema.bids, event.task_id, agent, status="lost")


@handles(task_manager.ResultSubmitted)
def _result_submitted(event: task_manager.ResultSubmitted, at: Place, rows: Rows) -> None:
    enter(
        rows,
        at,
        event.task_id,
        TaskState.SUBMITTED,
        result=schema.hex_text(event.result),
        lateness=event.lateness,
        submitted_at=at.timestamp,
        deadline=event.review_end,
    )


@handles(task_manager.TaskEvaluated)
def _task_evaluated(event: task_manager.TaskEvaluated, at: Place, rows: Rows) -> None:
    scored = {"score": event.score, "scored_by": event.evaluator, "evaluated_at": at.timestamp}
    change(rows, at, schema.tasks, event.task_id, **scored)


@handles(task_manager.TaskRejected)
def _task_rejected(event: task_manager.TaskRejected, at: Place, rows: Rows) -> None:
    enter(rows, at, event.task_id, TaskState.REJECTED, rejected_at=at.timestamp, deadline=event.dispute_end)


@handles(task_manager.TaskSettled)
def _task_settled(event: task_manager.TaskSettled, at: Place, rows: Rows) -> None:
    paid = event.price - event.fee
    ended = {"silent": event.silent, "fee": event.fee, "paid": paid, "settled_at": at.timestamp}
    task = enter(rows, at, event.task_id, TaskState.SETTLED, **ended)
    add_to(rows, at, schema.agents, event.agent_id, settled=1, earned=paid)
    count(rows, at, "value", event.price)
    count_bucket(rows, at.block, at.timestamp, settled=1, value=event.price)
    count_skill(rows, at, task["skill"], settled=1, value=event.price)
    _count_requester(rows, at, task["requester"], settled=1, spent=event.price)


@handles(task_manager.WorkerCompensated)
def _worker_compensated(event: task_manager.WorkerCompensated, at: Place, rows: Rows) -> None:
    task = existing(rows, schema.tasks, event.task_id)
    add_to(rows, at, schema.tasks, event.task_id, compensated=event.amount)
    add_to(rows, at, schema.agents, event.agent_id, earned=event.amount)
    _count_requester(rows, at, task["requester"], spent=event.amount)


@handles(task_manager.TaskRefunded)
def _task_refunded(event: task_manager.TaskRefunded, at: Place, rows: Rows) -> None:
    # Cancelled and expired tasks are refunded too, and stay what they are.
    task = existing(rows, schema.tasks, event.task_id)
    if task["state"] in FINAL:
        return
    enter(rows, at, event.task_id, TaskState.REFUNDED)
    if not task["defaulted"]:
        add_to(rows, at, schema.agents, task["agent"], failed=1)


@handles(task_manager.TaskDefaulted)
def _task_defaulted(event: task_manager.TaskDefaulted, at: Place, rows: Rows) -> None:
    late = {"defaulted": True, "defaulted_at": at.timestamp, "deadline": event.take_over_end}
    enter(rows, at, event.task_id, TaskState.DEFAULTED, **late)
    # Its bid was the best, and it is paid nothing for it.
    change(rows, at, schema.bids, event.task_id, event.agent_id, status="defaulted", price_paid=None)
    add_to(rows, at, schema.agents, event.agent_id, defaulted=1)


@handles(task_manager.TaskDisputed)
def _task_disputed(event: task_manager.TaskDisputed, at: Place, rows: Rows) -> None:
    shown = {"disputed_at": at.timestamp, "deadline": event.unseal_end, "work": schema.hex_text(event.work)}
    enter(rows, at, event.task_id, TaskState.DISPUTED, **shown)


@handles(task_manager.PanelConvened)
def _panel_convened(event: task_manager.PanelConvened, at: Place, rows: Rows) -> None:
    convened = {"round": title(Round.CONVENED), "convened_at": at.timestamp}
    change(rows, at, schema.tasks, event.task_id, **convened)


@handles(task_manager.SecretShown)
def _secret_shown(event: task_manager.SecretShown, at: Place, rows: Rows) -> None:
    shown = {
        "round": title(Round.UNSEALED),
        "unsealed_at": at.timestamp,
        "secret": schema.hex_text(event.secret),
    }
    change(rows, at, schema.tasks, event.task_id, **shown)


@handles(task_manager.TaskRuled)
def _task_ruled(event: task_manager.TaskRuled, at: Place, rows: Rows) -> None:
    ruled = {"score": event.score, "scored_by": PANEL, "ruled_at": at.timestamp}
    if event.appeal_end:
        enter(rows, at, event.task_id, TaskState.RULED, deadline=event.appeal_end, **ruled)
    else:
        change(rows, at, schema.tasks, event.task_id, **ruled)


@handles(task_manager.TaskAppealed)
def _task_appealed(event: task_manager.TaskAppealed, at: Place, rows: Rows) -> None:
    appealed = {"round": title(Round.APPEAL), "appealed_at": at.timestamp, "appellant": event.appellant}
    enter(rows, at, event.task_id, TaskState.DISPUTED, **appealed)


def _count_requester(rows: Rows, at: Place, address: str, **amounts: int) -> None:
    tally(rows, at, schema.requesters, {"address": address}, **amounts)
