"""Lists of tasks, and their bids."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import Bid, Page, RaceEntry, TaskRow, TimelineItem
from agents.explorer.queries.asked import BidsAsked, TasksAsked
from agents.explorer.queries.auctions import Ranks, ranked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import page_of
from agents.explorer.queries.span import by_task
from agents.explorer.queries.words import keys_with
from agents.explorer.sentences import sentence

_tasks, _bids = schema.tasks.c, schema.bids.c
_agents, _texts = schema.agents.c, schema.texts.c


def select_tasks() -> Select[Any]:
    """Tasks with their titles, and the names of their workers."""
    return select(schema.tasks, _texts.title.label("title"), _agents.name.label("agent_name")).select_from(
        schema.tasks.outerjoin(
            schema.texts, and_(_texts.kind == "document", _texts.key == _tasks.specification)
        ).outerjoin(schema.agents, _agents.id == _tasks.agent)
    )


def list_tasks(index: Index, asked: TasksAsked) -> Page[TaskRow]:
    """Tasks that pass the filters."""
    rows, following = page_of(index.connection, _filtered(index, asked), [_tasks.id], asked.cut)
    return Page(items=[TaskRow.model_validate(task_values(index, row)) for row in rows], next=following)


def _filtered(index: Index, asked: TasksAsked) -> Select[Any]:
    query = select_tasks()
    for name in ("state", "skill", "mode", "requester", "agent", "evaluator", "parent"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_tasks[name] == value)
    if asked.min_reserve is not None:
        query = query.where(_tasks.reserve >= asked.min_reserve)
    if asked.max_reserve is not None:
        query = query.where(_tasks.reserve <= asked.max_reserve)
    if asked.text is not None:
        query = query.where(_tasks.specification.in_(keys_with(index, asked.text, "document")))
    return by_task(index, query, _tasks.id, asked)


def task_values(index: Index, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``select_tasks`` in the API's words."""
    values = dict(row)
    if values["agent"] is None:
        values["price"] = None
    values["evaluated_by"] = judge_of(index, values)
    values["ended_time"] = values["ended_at"]
    return values


def judge_of(index: Index, task: Mapping[str, Any]) -> str:
    """Who evaluates: the pool, the requester, or somebody else's account."""
    if task["evaluator"] == index.pool:
        return "pool"
    return "requester" if task["evaluator"] == task["requester"] else "account"


def need_task(index: Index, task: int) -> dict[str, Any]:
    """The row of ``select_tasks``; raises NotInIndex."""
    row = index.one(select_tasks().where(_tasks.id == task))
    if row is None:
        raise NotInIndex("task", task)
    return row


def list_bids(index: Index, task: int, asked: BidsAsked) -> Page[Bid]:
    """A task's bids, by agent; raises NotInIndex for an unknown task."""
    row = need_task(index, task)
    query = select_bids().where(_bids.task == task)
    rows, following = page_of(index.connection, query, [_bids.agent], asked.cut)
    return Page(items=bids_of(index, row, rows), next=following)


def select_bids() -> Select[Any]:
    """Bids with their bidders' names."""
    named = schema.bids.outerjoin(schema.agents, _agents.id == _bids.agent)
    return select(schema.bids, _agents.name.label("agent_name")).select_from(named)


def bids_of(index: Index, task: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Bid]:
    """Rows of ``select_bids`` of one task, with their ranks among all bids of it."""
    ranks = ranked(index, task)
    return [Bid.model_validate(bid_values(row, ranks, task["state"])) for row in rows]


def bid_values(row: Mapping[str, Any], ranks: Ranks, state: str) -> dict[str, Any]:
    """A row of ``select_bids`` in the API's words; ``state`` is its task's."""
    values = {**row, **ranks.of(row["agent"])}
    values["committed_time"], values["revealed_time"] = row["created_time"], row["revealed_at"]
    if row["status"] == "revealed" and values["rank"] == 1 and state == "Open":
        values["status"] = "leading"
    elif row["status"] == "sealed" and state != "Open":
        values["status"] = "void"
    return values


def list_entries(index: Index, task: int, limit: int) -> list[RaceEntry]:
    """A race's entries, in order of commitment."""
    entries = schema.race_entries.c
    named = schema.race_entries.outerjoin(schema.agents, _agents.id == entries.agent)
    query = select(schema.race_entries, _agents.name.label("agent_name")).select_from(named)
    query = query.where(entries.task == task).order_by(entries.created_block, entries.log, entries.agent)
    return [RaceEntry.model_validate(row) for row in index.all(query.limit(limit))]


def timeline(index: Index, task: int, limit: int) -> list[TimelineItem]:
    """What happened to a task, oldest first."""
    links, events, sent = schema.links.c, schema.events.c, schema.transactions.c
    query = (
        select(schema.events, sent.sender)
        .select_from(
            schema.links.join(schema.events, events.seq == links.seq).outerjoin(
                schema.transactions, sent.hash == events.tx
            )
        )
        .where(links.kind == "task", links.key == str(task))
        .order_by(links.seq)
        .limit(limit)
    )
    return [
        TimelineItem.model_validate(
            {
                **row,
                "event": row["name"],
                "time": row["timestamp"],
                "text": sentence(row["contract"], row["name"], row["arguments"]),
            }
        )
        for row in index.all(query)
    ]
