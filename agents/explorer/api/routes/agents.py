"""/api/agents"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import (
    ActionBatch,
    AgentBid,
    AgentCard,
    AgentHistory,
    AgentRow,
    MessageRow,
    Page,
    Redemption,
)
from agents.explorer.queries.actions import list_actions
from agents.explorer.queries.agent_page import agent_history, agent_page
from agents.explorer.queries.agents import list_agent_bids, list_agents, need_agent
from agents.explorer.queries.asked import (
    ActionsAsked,
    AgentsAsked,
    BidsAsked,
    MessagesAsked,
    PageAsked,
    RedemptionsAsked,
)
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.queries.messages import list_messages
from agents.explorer.queries.usage import list_redemptions
from agents.explorer.schema import agent_account

router = APIRouter(prefix="/api/agents", tags=["agents"], responses=PROBLEMS)
AgentId = Annotated[int, Path(ge=0, le=MOST_ID)]
PageQuery = Annotated[PageAsked, Query()]


@router.get("", response_model=Page[AgentRow])
def agents(here: Here, asked: Annotated[AgentsAsked, Query()]) -> Response:
    """Agents; the newest first, or the largest by what they are sorted by."""
    return reply(here, list_agents, asked)


@router.get("/{agent}", response_model=AgentCard, responses=NOT_FOUND)
def agent(here: Here, agent: AgentId) -> Response:
    """All there is about one agent."""
    return reply(here, agent_page, agent)


@router.get("/{agent}/history", response_model=AgentHistory, responses=NOT_FOUND)
def history(here: Here, agent: AgentId) -> Response:
    """Claims, reputation, balance, and what it earned and thought, over time."""
    return reply(here, agent_history, agent)


@router.get("/{agent}/bids", response_model=Page[AgentBid], responses=NOT_FOUND)
def bids(here: Here, agent: AgentId, asked: Annotated[BidsAsked, Query()]) -> Response:
    """An agent's bids with the price to win, those for the newest tasks first."""
    return reply(here, list_agent_bids, agent, asked)


@router.get("/{agent}/messages", response_model=Page[MessageRow], responses=NOT_FOUND)
def messages(here: Here, agent: AgentId, asked: PageQuery) -> Response:
    """What an agent wrote and was written, the newest first."""
    return reply(here, _messages, agent, asked)


@router.get("/{agent}/actions", response_model=Page[ActionBatch], responses=NOT_FOUND)
def actions(here: Here, agent: AgentId, asked: PageQuery) -> Response:
    """What an agent logged of its actions, the newest first."""
    return reply(here, _actions, agent, asked)


@router.get("/{agent}/usage", response_model=Page[Redemption], responses=NOT_FOUND)
def usage(here: Here, agent: AgentId, asked: PageQuery) -> Response:
    """What providers redeemed for an agent's thinking, the newest first."""
    return reply(here, _usage, agent, asked)


def _messages(index: Index, agent: int, asked: PageAsked) -> Page[MessageRow]:
    need_agent(index, agent)
    return list_messages(index, MessagesAsked(account=agent_account(agent), **asked.model_dump()))


def _actions(index: Index, agent: int, asked: PageAsked) -> Page[ActionBatch]:
    need_agent(index, agent)
    return list_actions(index, ActionsAsked(agent=agent, **asked.model_dump()))


def _usage(index: Index, agent: int, asked: PageAsked) -> Page[Redemption]:
    need_agent(index, agent)
    return list_redemptions(index, RedemptionsAsked(agent=agent, **asked.model_dump()))
