"""/api/tasks"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, answer, ask, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import Bid, EventRow, Page, TaskDetail, TaskRow
from agents.explorer.queries.asked import BidsAsked, EventsAsked, PageAsked, TasksAsked
from agents.explorer.queries.chain import list_events
from agents.explorer.queries.documents import with_documents
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.queries.task_page import task_page
from agents.explorer.queries.tasks import list_bids, list_tasks, need_task

router = APIRouter(prefix="/api/tasks", tags=["tasks"], responses=PROBLEMS)
TaskId = Annotated[int, Path(ge=0, le=MOST_ID)]


@router.get("", response_model=Page[TaskRow])
def tasks(here: Here, asked: Annotated[TasksAsked, Query()]) -> Response:
    """Tasks, the newest first."""
    return reply(here, list_tasks, asked)


@router.get("/{task}", response_model=TaskDetail, responses=NOT_FOUND)
async def task(here: Here, task: TaskId) -> Response:
    """All there is about one task."""
    found = await run_in_threadpool(ask, here, task_page, task)
    shown, read = await with_documents(here.content, found)
    if found.title is None and read is not None:
        await here.library.learn(read)
    return answer(shown)


@router.get("/{task}/bids", response_model=Page[Bid], responses=NOT_FOUND)
def bids(here: Here, task: TaskId, asked: Annotated[BidsAsked, Query()]) -> Response:
    """A task's bids, by agent."""
    return reply(here, list_bids, task, asked)


@router.get("/{task}/events", response_model=Page[EventRow], responses=NOT_FOUND)
def events(here: Here, task: TaskId, asked: Annotated[PageAsked, Query()]) -> Response:
    """What happened to a task, the newest first."""
    return reply(here, _events, task, asked)


def _events(index: Index, task: int, asked: PageAsked) -> Page[EventRow]:
    need_task(index, task)
    return list_events(index, EventsAsked(task=task, **asked.model_dump()))
