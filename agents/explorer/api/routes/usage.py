"""/api/usage"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from agents.explorer.api.answers import PROBLEMS, answer, remembered, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import Channel, Page, Receipts, Redemption, Usage
from agents.explorer.queries.asked import ChannelsAsked, ReceiptsAsked, RedemptionsAsked
from agents.explorer.queries.receipts import list_receipts
from agents.explorer.queries.usage import list_channels, list_redemptions
from agents.explorer.queries.usage import usage as usage_now

router = APIRouter(prefix="/api/usage", tags=["usage"], responses=PROBLEMS)


@router.get("", response_model=Usage)
def usage(here: Here) -> Response:
    """Thinking as a whole."""
    return remembered(here, "usage", 0.0, usage_now)


@router.get("/channels", response_model=Page[Channel])
def channels(here: Here, asked: Annotated[ChannelsAsked, Query()]) -> Response:
    """Payment channels for thinking."""
    return reply(here, list_channels, asked)


@router.get("/redemptions", response_model=Page[Redemption])
def redemptions(here: Here, asked: Annotated[RedemptionsAsked, Query()]) -> Response:
    """What providers redeemed, the newest first."""
    return reply(here, list_redemptions, asked)


@router.get("/receipts", response_model=Receipts)
def receipts(here: Here, asked: Annotated[ReceiptsAsked, Query()]) -> Response:
    """What the gateway on this machine charged, the newest first."""
    return answer(list_receipts(here.books, asked))
