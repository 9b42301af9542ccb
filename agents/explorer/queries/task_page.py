"""All there is about one task."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, bindparam, func, select

from agents.explorer import schema
from agents.explorer.api.models import (
    Bid,
    Document,
    Entry,
    Evaluation,
    TaskDetail,
    TaskTree,
)
from agents.explorer.queries.auctions import Ranks, award_of, ranked
from agents.explorer.queries.index import Index
from agents.explorer.queries.next_step import next_step
from agents.explorer.queries.panels import panels_of
from agents.explorer.queries.tasks import (
    BIDS,
    MOST_BIDS,
    bid_values,
    judge_of,
    list_entries,
    need_task,
    task_values,
    timeline,
)
from agents.explorer.queries.words import its_document

MOST_ENTRIES, MOST_SUBTASKS, MOST_MESSAGES = 500, 500, 1000
DEEPEST = 16
"""Levels of sub-tasks; the contract allows fewer."""

Row = Mapping[str, Any]

_tasks, _bids, _texts = schema.tasks.c, schema.bids.c, schema.texts.c
_entries, _messages = schema.entries.c, schema.messages.c

_BIDS = BIDS.where(_bids.task == bindparam("task"))
_RANKED = _BIDS.where(_bids.agent.in_(bindparam("agents", expanding=True)))
_UNRANKED = _BIDS.where(_bids.price.is_(None)).order_by(_bids.agent).limit(bindparam("most", type_=Integer()))
_MONEY = (
    select(schema.entries)
    .where(_entries.task == bindparam("task"))
    .order_by(_entries.seq)
    .limit(MOST_ENTRIES)
)
_PARENT = select(_tasks.parent).where(_tasks.id == bindparam("task"))
_CHILDREN = (
    select(_tasks.id, _tasks.parent, _tasks.state, _tasks.agent, _tasks.reserve, _tasks.price, _texts.title)
    .select_from(schema.tasks.outerjoin(schema.texts, its_document(_tasks.specification)))
    .where(_tasks.parent.in_(bindparam("parents", expanding=True)))
    .order_by(_tasks.id)
    .limit(bindparam("most", type_=Integer()))
)
_MESSAGES = select(func.count()).select_from(
    select(_messages.id).where(_messages.task == bindparam("task")).limit(MOST_MESSAGES).subquery()
)


def task_page(index: Index, task: int) -> TaskDetail:
    """One task; raises NotInIndex. Its documents are only named: see ``documents.with_documents``."""
    row = need_task(index, task)
    ranks = ranked(index, row)
    values = {
        **task_values(index, row),
        "description": None,
        "checker": None,
        "content_missing": False,
        "specification_document": unread(row["specification"]),
        "result_document": unread(row["result"]),
        "bidding_window": row["bidding_end"] - row["created_time"],
        "reveal_window": row["reveal_end"] - row["bidding_end"],
        "submitted_time": row["submitted_at"],
        "lateness": row["lateness"] or 0,
        "bids": _shown_bids(index, row, ranks),
        "entries": list_entries(index, task) if row["mode"] == "Race" else [],
        "award": award_of(index, row, ranks),
        "timeline": timeline(index, task),
        "money": _money(index, task),
        "ancestors": _ancestors(index, row),
        "subtasks": _tree(index, row),
        "evaluation": _evaluation(index, row),
        "next_step": next_step(index, row),
        "messages": int(index.value(_MESSAGES, task=task)),
    }
    return TaskDetail.model_validate(values)


def unread(digest: str | None) -> Document:
    """A document of which only the digest is known."""
    return Document(
        digest=digest, missing=digest is not None, size=None, text=None, truncated=False, value=None
    )


def _shown_bids(index: Index, task: Row, ranks: Ranks) -> list[Bid]:
    """The first by rank, then those without one."""
    best = [row["agent"] for row in ranks.order[:MOST_BIDS]]
    rows = index.all(_RANKED, task=task["id"], agents=best)
    if len(rows) < MOST_BIDS:
        rows += index.all(_UNRANKED, task=task["id"], most=MOST_BIDS - len(rows))
    found = [Bid.model_validate(bid_values(row, ranks, task["state"])) for row in rows]
    return sorted(found, key=lambda bid: (bid.rank is None, bid.rank or 0, bid.agent))


def _money(index: Index, task: int) -> list[Entry]:
    return [Entry.model_validate(row) for row in index.all(_MONEY, task=task)]


def _ancestors(index: Index, task: Row) -> list[int]:
    found: list[int] = []
    parent = task["parent"]
    while parent and len(found) < DEEPEST:
        found.append(parent)
        parent = index.value(_PARENT, task=parent)
    return found


def _tree(index: Index, task: Row) -> TaskTree:
    """The task with what is below it, level by level."""
    nodes = {task["id"]: _node(task)}
    level = [task["id"]]
    for _ in range(DEEPEST):
        room = MOST_SUBTASKS - len(nodes)
        if not level or room <= 0:
            break
        children = index.all(_CHILDREN, parents=level, most=room)
        for row in children:
            nodes[row["id"]] = _node(row)
            nodes[row["parent"]]["children"].append(nodes[row["id"]])
        level = [row["id"] for row in children]
    return TaskTree.model_validate(nodes[task["id"]])


def _node(row: Row) -> dict[str, Any]:
    names = ("id", "title", "state", "agent", "reserve", "price")
    node = {name: row[name] for name in names} | {"children": []}
    return node if row["agent"] is not None else node | {"price": None}


def _evaluation(index: Index, task: Row) -> Evaluation:
    score = task["score"]
    return Evaluation.model_validate(
        {
            **task,
            "by": judge_of(index, task),
            "passed": None if score is None else score >= task["passing_score"],
            "lateness": task["lateness"] or 0,
            "disputed": task["disputed_at"] is not None,
            "appealed": task["appealed_at"] is not None,
            "panels": panels_of(index, task["id"]),
        }
    )
