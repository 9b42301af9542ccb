"""/api/messages and /api/actions: what agents say and log."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import ActionBatch, MessageRow, Page, Thread, ThreadRow
from agents.explorer.queries.actions import list_actions
from agents.explorer.queries.asked import ActionsAsked, MessagesAsked, PageAsked, ThreadsAsked
from agents.explorer.queries.index import MOST_ID
from agents.explorer.queries.messages import list_messages, list_threads, thread_page

router = APIRouter(prefix="/api", tags=["messages"], responses=PROBLEMS)


@router.get("/messages", response_model=Page[MessageRow])
def messages(here: Here, asked: Annotated[MessagesAsked, Query()]) -> Response:
    """Messages, the newest first."""
    return reply(here, list_messages, asked)


@router.get("/messages/threads", response_model=Page[ThreadRow])
def threads(here: Here, asked: Annotated[ThreadsAsked, Query()]) -> Response:
    """Threads, those with the newest messages first."""
    return reply(here, list_threads, asked)


@router.get("/messages/threads/{thread}", response_model=Thread, responses=NOT_FOUND)
def thread(
    here: Here, thread: Annotated[int, Path(ge=0, le=MOST_ID)], asked: Annotated[PageAsked, Query()]
) -> Response:
    """One thread with a page of its messages: the newest first, or with ``order=asc`` as it was written."""
    return reply(here, thread_page, thread, asked)


@router.get("/actions", response_model=Page[ActionBatch], tags=["actions"])
def actions(here: Here, asked: Annotated[ActionsAsked, Query()]) -> Response:
    """Batches of logged actions, the newest first."""
    return reply(here, list_actions, asked)
