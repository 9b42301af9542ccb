"""All there is about one task."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

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
from agents.explorer.queries.ledger import select_entries
from agents.explorer.queries.next_step import next_step
from agents.explorer.queries.panels import panels_of
from agents.explorer.queries.tasks import (
    bid_values,
    judge_of,
    list_entries,
    need_task,
    select_bids,
    task_values,
    timeline,
)

MOST_BIDS, MOST_EVENTS, MOST_ENTRIES, MOST_SUBTASKS, MOST_MESSAGES = 200, 500, 500, 500, 1000
DEEPEST = 16
"""Levels of sub-tasks; the contract allows fewer."""

Row = Mapping[str, Any]
_tasks = schema.tasks.c


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
        "bids": _bids(index, row, ranks),
        "entries": list_entries(index, task, MOST_BIDS) if row["mode"] == "Race" else [],
        "award": award_of(index, row, ranks),
        "timeline": timeline(index, task, MOST_EVENTS),
        "money": _money(index, task),
        "ancestors": _ancestors(index, row),
        "subtasks": _tree(index, row),
        "evaluation": _evaluation(index, row),
        "next_step": next_step(index, row),
        "messages": _count(index, task),
    }
    return TaskDetail.model_validate(values)


def unread(digest: str | None) -> Document:
    """A document of which only the digest is known."""
    return Document(
        digest=digest, missing=digest is not None, size=None, text=None, truncated=False, value=None
    )


def _bids(index: Index, task: Row, ranks: Ranks) -> list[Bid]:
    """The first by rank, then those without one."""
    best = [row["agent"] for row in ranks.order[:MOST_BIDS]]
    bids = schema.bids.c
    query = select_bids().where(bids.task == task["id"])
    rows = index.all(query.where(bids.agent.in_(best)))
    if len(rows) < MOST_BIDS:
        rest = query.where(bids.price.is_(None)).order_by(bids.agent).limit(MOST_BIDS - len(rows))
        rows += index.all(rest)
    found = [Bid.model_validate(bid_values(row, ranks, task["state"])) for row in rows]
    return sorted(found, key=lambda bid: (bid.rank is None, bid.rank or 0, bid.agent))


def _money(index: Index, task: int) -> list[Entry]:
    entries = schema.entries.c
    query = select_entries().where(entries.task == task).order_by(entries.seq).limit(MOST_ENTRIES)
    return [Entry.model_validate(row) for row in index.all(query)]


def _ancestors(index: Index, task: Row) -> list[int]:
    found: list[int] = []
    parent = task["parent"]
    while parent and len(found) < DEEPEST:
        found.append(parent)
        parent = index.value(select(_tasks.parent).where(_tasks.id == parent))
    return found


def _tree(index: Index, task: Row) -> TaskTree:
    """The task with what is below it, level by level."""
    nodes = {task["id"]: _node(task)}
    level = [task["id"]]
    for _ in range(DEEPEST):
        room = MOST_SUBTASKS - len(nodes)
        if not level or room <= 0:
            break
        children = index.all(_titled().where(_tasks.parent.in_(level)).order_by(_tasks.id).limit(room))
        for row in children:
            nodes[row["id"]] = _node(row)
            nodes[row["parent"]]["children"].append(nodes[row["id"]])
        level = [row["id"] for row in children]
    return TaskTree.model_validate(nodes[task["id"]])


def _titled() -> Select[Any]:
    texts = schema.texts.c
    named = (texts.kind == "document") & (texts.key == _tasks.specification)
    wanted = (_tasks.id, _tasks.parent, _tasks.state, _tasks.agent, _tasks.reserve, _tasks.price)
    return select(*wanted, texts.title).select_from(schema.tasks.outerjoin(schema.texts, named))


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


def _count(index: Index, task: int) -> int:
    messages = schema.messages.c
    few = select(messages.id).where(messages.task == task).limit(MOST_MESSAGES).subquery()
    return int(index.value(select(func.count()).select_from(few)))
