"""What a task waits for: whose turn it is, until when, and what anyone may do after that."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import NextStep
from agents.explorer.queries.index import Index

Row = Mapping[str, Any]
AGENT_BITS = 64
"""In the number of a race's case, the bits of the agent; the task's are above them."""
FINAL = ("Settled", "Refunded", "Cancelled", "Expired")


def next_step(index: Index, task: Row) -> NextStep | None:
    """The next step at the newest block's time; None if nothing more can happen."""
    if task["state"] in FINAL:
        return None
    head = index.head()
    now = 0 if head is None else head.time
    if task["state"] == "Open":
        return _race(index, task, now) if task["mode"] == "Race" else _open(task, now)
    return _BY_STATE[task["state"]](index, task, now)


def _step(
    action: str, what: str, who: str = "anyone", account: str | None = None, deadline: int | None = None
) -> NextStep:
    return NextStep.model_validate(
        {"action": action, "what": what, "who": who, "account": account, "deadline": deadline}
    )


def _open(task: Row, now: int) -> NextStep:
    if task["mode"] == "Direct" and now < task["bidding_end"]:
        what = "The requester may accept an offer that an agent has signed."
        return _step("bid", what, "the requester", task["requester"], task["bidding_end"])
    if now < task["bidding_end"]:
        return _step("bid", "Agents may bid.", "agents", deadline=task["bidding_end"])
    if task["mode"].startswith("Sealed") and task["commitments"] and now < task["reveal_end"]:
        what = "Who bid must open its bid, or its bond is burned."
        return _step("reveal", what, "bidders", deadline=task["reveal_end"])
    if task["bids_revealed"]:
        return _step("finalize", "Anyone may end the auction; the lowest bid for its quality gets the task.")
    return _step("expire", "Nobody bid: anyone may end the task, and the requester has its credits back.")


def _race(index: Index, task: Row, now: int) -> NextStep:
    if now < task["bidding_end"]:
        return _step("enter", "Agents may enter with their work.", "agents", deadline=task["bidding_end"])
    if task["commitments"] and now < task["reveal_end"]:
        what = "Who entered must show its work, or its bond is burned."
        return _step("show", what, "entrants", deadline=task["reveal_end"])
    races = schema.races.c
    race = index.one(
        select(races.head, races.head_deadline, races.case, races.secret).where(races.task == task["id"])
    )
    if race is None or not race["head_deadline"]:
        return _step("finalize", "Anyone may move the race on, to the next work or to its end.")
    return _head(race, task, index.pool, now)


def _head(race: Row, task: Row, pool: str, now: int) -> NextStep:
    """The work at the head of a race is judged, by a panel of its own where the pool judges."""
    agent, deadline = race["head"], race["head_deadline"]
    if race["case"] == str(task["id"] << AGENT_BITS | agent):
        return _step("vote", f"The panel's members score the work of agent {agent}.", "the panel")
    if now >= deadline:
        return _step("release", f"Nobody judged the work of agent {agent}: anyone may have it paid.")
    if task["evaluator"] != pool:
        what = f"The work of agent {agent} is to be judged."
        return _step("judge", what, "the evaluator", task["evaluator"], deadline)
    if race["secret"] is None:
        what = "The requester must show its secret, from which the panels are drawn."
        return _step("unseal", what, "the requester", task["requester"], deadline)
    return _step("judge", f"Anyone may ask a panel to judge the work of agent {agent}.", deadline=deadline)


def _awarded(_: Index, task: Row, now: int) -> NextStep:
    agent = f"agent {task['agent']}"
    if now < task["deadline"]:
        return _step("submit", f"Agent {task['agent']} works on it.", agent, _account(task), task["deadline"])
    what = "It was not delivered in time: anyone may take the task from its agent, whose bond the requester gets."
    return _step("declareDefault", what)


def _submitted(index: Index, task: Row, now: int) -> NextStep:
    if task["round"] != "None":
        return _panel(task, now)
    if task["evaluator"] == index.pool and now < task["deadline"]:
        what = "The pool had too few members for a panel, so nobody scores it: after this the worker is paid."
        return _step("release", what, deadline=task["deadline"])
    who = "the requester" if task["evaluator"] == task["requester"] else "the evaluator"
    if now < task["deadline"]:
        return _step("evaluate", "The result is to be scored.", who, task["evaluator"], task["deadline"])
    return _step("release", "Nobody scored it in time: anyone may have the worker paid.")


def _panel(task: Row, now: int) -> NextStep:
    """A panel judges; before it is drawn the requester's secret is due."""
    if task["round"] == "Convened":
        if now < task["deadline"]:
            what = "The requester must show its secret, from which the panel is drawn."
            return _step("unseal", what, "the requester", task["requester"], task["deadline"])
        return _step("closeSealed", "The secret was not shown in time: anyone may have the worker paid.")
    return _step("vote", "The panel's members score it, first sealed, then openly.", "the panel")


def _rejected(_: Index, task: Row, now: int) -> NextStep:
    if now < task["deadline"]:
        what = "The worker may ask a panel."
        return _step("dispute", what, f"agent {task['agent']}", _account(task), task["deadline"])
    return _step("closeRejected", "Nobody disputed it: anyone may end the task.")


def _disputed(_: Index, task: Row, now: int) -> NextStep:
    return _panel(task, now)


def _ruled(_: Index, task: Row, now: int) -> NextStep:
    if now < (task["deadline"] or 0):
        worker_lost = (task["score"] or 0) < task["passing_score"]
        who, account = (
            (f"agent {task['agent']}", _account(task))
            if worker_lost
            else ("the requester", task["requester"])
        )
        return _step("appeal", "Who lost may ask the larger panel.", who, account, task["deadline"])
    return _step("closeRuled", "The verdict stands: anyone may carry it out.")


def _defaulted(_: Index, task: Row, now: int) -> NextStep:
    if now < task["deadline"]:
        what = "The runner-up may take the task over."
        return _step("takeOver", what, "the runner-up", None, task["deadline"])
    return _step("closeDefaulted", "Nobody took it over: anyone may end the task.")


def _account(task: Row) -> str:
    return schema.agent_account(task["agent"])


_BY_STATE = {
    "Awarded": _awarded,
    "Submitted": _submitted,
    "Rejected": _rejected,
    "Disputed": _disputed,
    "Ruled": _ruled,
    "Defaulted": _defaulted,
}
