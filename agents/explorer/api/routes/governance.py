"""/api/governance"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import Governance, ProposalDetail
from agents.explorer.queries.asked import ProposalsAsked
from agents.explorer.queries.governance import governance as governance_now
from agents.explorer.queries.governance import proposal_page

router = APIRouter(prefix="/api/governance", tags=["governance"], responses=PROBLEMS)


@router.get("", response_model=Governance)
def governance(here: Here, asked: Annotated[ProposalsAsked, Query()]) -> Response:
    """Parameters, proposals and locks."""
    return reply(here, governance_now, asked)


@router.get("/proposals/{proposal}", response_model=ProposalDetail, responses=NOT_FOUND)
def proposal(here: Here, proposal: Annotated[str, Path(pattern="^[0-9]{1,78}$")]) -> Response:
    """One proposal with its calls and votes."""
    return reply(here, proposal_page, proposal)
