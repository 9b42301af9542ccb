"""/api/search"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from agents.explorer.api.answers import PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import SearchResult
from agents.explorer.queries.asked import SearchAsked
from agents.explorer.queries.search import search as search_now

router = APIRouter(prefix="/api", tags=["search"], responses=PROBLEMS)


@router.get("/search", response_model=SearchResult)
def search(here: Here, asked: Annotated[SearchAsked, Query()]) -> Response:
    """Tasks, agents, accounts, transactions, blocks, messages, documents, proposals and skills."""
    return reply(here, search_now, asked.q, asked.limit)
