"""What agents logged of their actions."""

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.api.models import ActionBatch, Page
from agents.explorer.queries.asked import ActionsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, equal

_batches, _agents = schema.action_batches.c, schema.agents.c
_NAMED = select(schema.action_batches, _agents.name.label("agent_name")).select_from(
    schema.action_batches.outerjoin(schema.agents, _agents.id == _batches.agent)
)
_ALL = Listing(_NAMED, [_batches.created_block, _batches.agent, _batches.batch], name="all")
_OF_AGENT = Listing(_NAMED, [_batches.batch], equal(schema.action_batches, "agent"), "agent")


def list_actions(index: Index, asked: ActionsAsked) -> Page[ActionBatch]:
    """Batches that pass the filters."""
    listing = _ALL if asked.agent is None else _OF_AGENT
    rows, following = listing.page(index.connection, asked.cut, asked.filters("agent"))
    return Page(items=[ActionBatch.model_validate(row) for row in rows], next=following)
