"""/api/blocks, /api/transactions and /api/events"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import (
    BlockDetail,
    BlockRow,
    EventRow,
    Page,
    TransactionDetail,
    TransactionRow,
)
from agents.explorer.queries.asked import BlocksAsked, EventsAsked, TransactionsAsked, digest
from agents.explorer.queries.chain import (
    block_page,
    list_blocks,
    list_events,
    list_transactions,
    transaction_page,
)
from agents.explorer.queries.index import MOST_ID

router = APIRouter(prefix="/api", tags=["chain"], responses=PROBLEMS)


def _block(text: str) -> int | str:
    """A block's number or hash."""
    if text.isascii() and text.isdigit() and int(text) <= MOST_ID:
        return int(text)
    return digest(text)


BlockId = Annotated[str, Path(max_length=66, description="Number or hash"), AfterValidator(_block)]


@router.get("/blocks", response_model=Page[BlockRow])
def blocks(here: Here, asked: Annotated[BlocksAsked, Query()]) -> Response:
    """Blocks, the newest first."""
    return reply(here, list_blocks, asked)


@router.get("/blocks/{block}", response_model=BlockDetail, responses=NOT_FOUND)
def block(here: Here, block: BlockId) -> Response:
    """One block with its market transactions."""
    return reply(here, block_page, block)


@router.get("/transactions", response_model=Page[TransactionRow])
def transactions(here: Here, asked: Annotated[TransactionsAsked, Query()]) -> Response:
    """Transactions that touched the market, the newest first."""
    return reply(here, list_transactions, asked)


@router.get("/transactions/{tx}", response_model=TransactionDetail, responses=NOT_FOUND)
def transaction(here: Here, tx: Annotated[str, Path(max_length=66), AfterValidator(digest)]) -> Response:
    """One transaction: its call, its events, and why it failed."""
    return reply(here, transaction_page, tx)


@router.get("/events", response_model=Page[EventRow])
def events(here: Here, asked: Annotated[EventsAsked, Query()]) -> Response:
    """Events, the newest first."""
    return reply(here, list_events, asked)
