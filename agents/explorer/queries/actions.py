"""What agents logged of their actions."""

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import ActionBatch, Page
from agents.explorer.queries.asked import ActionsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import page_of

_batches, _agents = schema.action_batches.c, schema.agents.c


def list_actions(index: Index, asked: ActionsAsked) -> Page[ActionBatch]:
    """Batches that pass the filters."""
    named = schema.action_batches.outerjoin(schema.agents, _agents.id == _batches.agent)
    query = select(schema.action_batches, _agents.name.label("agent_name")).select_from(named)
    if asked.agent is None:
        keys, name = [_batches.created_block, _batches.agent, _batches.batch], "all"
    else:
        query = query.where(_batches.agent == asked.agent)
        keys, name = [_batches.batch], "agent"
    rows, following = page_of(index.connection, query, keys, asked.cut, name)
    return Page(items=[ActionBatch.model_validate(row) for row in rows], next=following)
