"""Lists of agents, and their bids."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.sql.elements import KeyedColumnElement

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import AgentBid, AgentRow, Page
from agents.explorer.queries.asked import AgentsAsked, BidsAsked
from agents.explorer.queries.auctions import ranked_all
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, equal
from agents.explorer.queries.tasks import bid_values
from agents.explorer.queries.words import its_document, keys_with

_agents, _skills = schema.agents.c, schema.skills.c
_bids, _tasks, _texts = schema.bids.c, schema.tasks.c, schema.texts.c
_SORTS: Mapping[str, Sequence[KeyedColumnElement[Any]]] = {
    "id": (_agents.id,),
    "earned": (_agents.earned, _agents.id),
    "wins": (_agents.wins, _agents.id),
    "quality": (_agents.quality, _agents.id),
    "balance": (_agents.balance_free, _agents.id),
    "debt": (_agents.debt, _agents.id),
}
_AGENT = select(schema.agents).where(_agents.id == bindparam("agent"))
_CLAIMED = select(_skills.agent).where(_skills.skill == bindparam("skill"), _skills.weight > 0)
_FILTERS = {
    **equal(schema.agents, "active", "owner", "parent"),
    "skill": _agents.id.in_(_CLAIMED),
    "text": _agents.id.in_(bindparam("text", expanding=True)),
}
_LISTS = {sort: Listing(select(schema.agents), keys, _FILTERS, sort) for sort, keys in _SORTS.items()}
_CLAIMS = (
    select(_skills.agent, _skills.skill, _skills.weight)
    .where(_skills.agent.in_(bindparam("agents", expanding=True)), _skills.weight > 0)
    .order_by(_skills.agent, _skills.weight.desc(), _skills.skill)
)


def list_agents(index: Index, asked: AgentsAsked) -> Page[AgentRow]:
    """Agents that pass the filters."""
    wanted = asked.filters("active", "owner", "parent", "skill")
    if asked.text is not None:
        wanted["text"] = [int(key) for key in keys_with(index, asked.text, "agent")]
    rows, following = _LISTS[asked.sort].page(index.connection, asked.cut, wanted)
    return Page(items=agent_rows(index, rows), next=following)


def agent_rows(index: Index, rows: Sequence[Mapping[str, Any]]) -> list[AgentRow]:
    """Rows of ``agents`` in the API's words."""
    claimed = skills_of(index, [row["id"] for row in rows])
    return [AgentRow.model_validate(agent_values(row, claimed.get(row["id"], []))) for row in rows]


def agent_values(row: Mapping[str, Any], claimed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A row of ``agents`` with its claims, in the API's words."""
    return {
        **row,
        "free": row["balance_free"],
        "locked": row["balance_locked"],
        "skills": [{"skill": one["skill"], "weight": one["weight"]} for one in claimed],
    }


def skills_of(index: Index, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What these agents claim, the weightiest first."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in index.all(_CLAIMS, agents=list(ids)):
        found.setdefault(row["agent"], []).append(row)
    return found


def need_agent(index: Index, agent: int) -> dict[str, Any]:
    """The agent's row; raises NotInIndex."""
    row = index.one(_AGENT, agent=agent)
    if row is None:
        raise NotInIndex("agent", agent)
    return row


def list_agent_bids(index: Index, agent: int, asked: BidsAsked) -> Page[AgentBid]:
    """An agent's bids, those for the newest tasks first, each with what would have won; raises NotInIndex."""
    need_agent(index, agent)
    rows, following = _BIDS.page(index.connection, asked.cut, {"agent": agent})
    tasks = {
        row["task"]: {"id": row["task"], "reserve": row["reserve"], "agent": row["winner"]} for row in rows
    }
    ranks = ranked_all(index, tasks)
    bids = [AgentBid.model_validate(bid_values(row, ranks[row["task"]], row["state"])) for row in rows]
    return Page(items=bids, next=following)


def _select_agent_bids() -> Select[Any]:
    """Bids with their tasks; the task's columns that a bid has as well keep the bid's."""
    winner = schema.agents.alias("winner")
    bidder = schema.agents.alias("bidder")
    joined = (
        schema.bids.join(schema.tasks, _tasks.id == _bids.task)
        .outerjoin(schema.texts, its_document(_tasks.specification))
        .outerjoin(winner, winner.c.id == _tasks.agent)
        .outerjoin(bidder, bidder.c.id == _bids.agent)
    )
    return select(
        schema.bids,
        _texts.title.label("title"),
        _tasks.mode,
        _tasks.state,
        _tasks.agent.label("winner"),
        _tasks.price.label("winning_price"),
        _tasks.score.label("score"),
        winner.c.name.label("winner_name"),
        bidder.c.name.label("agent_name"),
    ).select_from(joined)


_BIDS = Listing(_select_agent_bids(), [_bids.task], equal(schema.bids, "agent"))
