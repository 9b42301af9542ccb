"""/api/overview and /api/audit"""

from fastapi import APIRouter
from starlette.responses import Response

from agents.explorer.api.answers import PROBLEMS, answer, remembered
from agents.explorer.api.context import Here
from agents.explorer.api.models import Audit, Overview
from agents.explorer.queries.overview import overview as overview_now

router = APIRouter(prefix="/api", tags=["overview"], responses=PROBLEMS)


@router.get("/overview", response_model=Overview)
def overview(here: Here) -> Response:
    """The market at its newest block."""
    return remembered(here, "overview", 0.0, overview_now)


@router.get("/audit", response_model=Audit)
def audit(here: Here) -> Response:
    """The last audit of every credit against the contracts; another begins if it is older than a minute."""
    return answer(here.audits.ask())
