"""/api/market"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from agents.explorer.api.answers import PROBLEMS, remembered
from agents.explorer.api.context import Here
from agents.explorer.api.models import BidCurves, Market, Prices, Supply
from agents.explorer.queries.asked import CurvesAsked, PricesAsked
from agents.explorer.queries.market import market as market_now
from agents.explorer.queries.prices import bid_curves
from agents.explorer.queries.prices import prices as prices_now
from agents.explorer.queries.prices import supply as supply_now

router = APIRouter(prefix="/api/market", tags=["market"], responses=PROBLEMS)

PATIENCE = 2.0
"""Seconds for which an answer over the whole market may be repeated, though blocks have come."""


@router.get("", response_model=Market)
def market(here: Here) -> Response:
    """Skills, leaderboard and inequality; at most two seconds old."""
    return remembered(here, "market", PATIENCE, market_now)


@router.get("/prices", response_model=Prices)
def prices(here: Here, asked: Annotated[PricesAsked, Query()]) -> Response:
    """Prices over time; at most two seconds old."""
    return remembered(here, f"prices {asked!r}", PATIENCE, prices_now, asked)


@router.get("/bids", response_model=BidCurves)
def bids(here: Here, asked: Annotated[CurvesAsked, Query()]) -> Response:
    """Bids as points, and the chance to win; at most two seconds old."""
    return remembered(here, f"bids {asked!r}", PATIENCE, bid_curves, asked)


@router.get("/supply", response_model=Supply)
def supply(here: Here) -> Response:
    """Supply and demand; at most two seconds old."""
    return remembered(here, "supply", PATIENCE, supply_now)
