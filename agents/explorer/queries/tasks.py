"""Lists of tasks, and their bids."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import Bid, Page, RaceEntry, TaskRow, TimelineItem
from agents.explorer.queries.asked import BidsAsked, TasksAsked
from agents.explorer.queries.auctions import Ranks, ranked
from agents.explorer.queries.chain import EVENTS
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, equal
from agents.explorer.queries.span import bounds, first_task, within
from agents.explorer.queries.words import its_document, keys_with
from agents.explorer.sentences import sentence

MOST_BIDS, MOST_EVENTS = 200, 500
"""Of one task, where they are shown with it."""

_tasks, _bids = schema.tasks.c, schema.bids.c
_agents, _texts = schema.agents.c, schema.texts.c

_NAMED_TASKS = select(
    schema.tasks, _texts.title.label("title"), _agents.name.label("agent_name")
).select_from(
    schema.tasks.outerjoin(schema.texts, its_document(_tasks.specification)).outerjoin(
        schema.agents, _agents.id == _tasks.agent
    )
)
_TASK = _NAMED_TASKS.where(_tasks.id == bindparam("task"))
_EXACT = ("state", "skill", "mode", "requester", "agent", "evaluator", "parent")
_LIST = Listing(
    _NAMED_TASKS,
    [_tasks.id],
    {
        **equal(schema.tasks, *_EXACT),
        **within(_tasks.id),
        "min_reserve": _tasks.reserve >= bindparam("min_reserve"),
        "max_reserve": _tasks.reserve <= bindparam("max_reserve"),
        "text": _tasks.specification.in_(bindparam("text", expanding=True)),
    },
)


def list_tasks(index: Index, asked: TasksAsked) -> Page[TaskRow]:
    """Tasks that pass the filters."""
    wanted = asked.filters(*_EXACT, "min_reserve", "max_reserve") | bounds(index, asked, first_task)
    if asked.text is not None:
        wanted["text"] = keys_with(index, asked.text, "document")
    rows, following = _LIST.page(index.connection, asked.cut, wanted)
    return Page(items=[TaskRow.model_validate(task_values(index, row)) for row in rows], next=following)


def task_values(index: Index, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``need_task`` in the API's words."""
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
    """The task's row with its title and its worker's name; raises NotInIndex."""
    row = index.one(_TASK, task=task)
    if row is None:
        raise NotInIndex("task", task)
    return row


BIDS = select(schema.bids, _agents.name.label("agent_name")).select_from(
    schema.bids.outerjoin(schema.agents, _agents.id == _bids.agent)
)
"""Bids with their bidders' names."""
_BIDS = Listing(BIDS, [_bids.agent], equal(schema.bids, "task"))


def list_bids(index: Index, task: int, asked: BidsAsked) -> Page[Bid]:
    """A task's bids, by agent; raises NotInIndex for an unknown task."""
    row = need_task(index, task)
    rows, following = _BIDS.page(index.connection, asked.cut, {"task": task})
    ranks = ranked(index, row)
    bids = [Bid.model_validate(bid_values(one, ranks, row["state"])) for one in rows]
    return Page(items=bids, next=following)


def bid_values(row: Mapping[str, Any], ranks: Ranks, state: str) -> dict[str, Any]:
    """A row of ``BIDS`` in the API's words; ``state`` is its task's."""
    values = {**row, **ranks.of(row["agent"])}
    values["committed_time"], values["revealed_time"] = row["created_time"], row["revealed_at"]
    if row["status"] == "revealed" and values["rank"] == 1 and state == "Open":
        values["status"] = "leading"
    elif row["status"] == "sealed" and state != "Open":
        values["status"] = "void"
    return values


_entries, _links = schema.race_entries.c, schema.links.c
_events, _sent = schema.events.c, schema.transactions.c
_ENTRIES = (
    select(schema.race_entries, _agents.name.label("agent_name"))
    .select_from(schema.race_entries.outerjoin(schema.agents, _agents.id == _entries.agent))
    .where(_entries.task == bindparam("task"))
    .order_by(_entries.created_block, _entries.log, _entries.agent)
    .limit(MOST_BIDS)
)
_TIMELINE = (
    EVENTS.add_columns(_sent.sender)
    .select_from(
        schema.links.join(schema.events, _events.seq == _links.seq).outerjoin(
            schema.transactions, _sent.hash == _events.tx
        )
    )
    .where(_links.kind == "task", _links.key == bindparam("task"))
    .order_by(_links.seq)
    .limit(MOST_EVENTS)
)


def list_entries(index: Index, task: int) -> list[RaceEntry]:
    """A race's entries, in order of commitment."""
    return [RaceEntry.model_validate(row) for row in index.all(_ENTRIES, task=task)]


def timeline(index: Index, task: int) -> list[TimelineItem]:
    """What happened to a task, oldest first."""
    return [
        TimelineItem.model_validate(
            {
                **row,
                "event": row["name"],
                "time": row["timestamp"],
                "text": sentence(row["contract"], row["name"], row["arguments"]),
            }
        )
        for row in index.all(_TIMELINE, task=str(task))
    ]
