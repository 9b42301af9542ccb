"""/api/status, /api/overview and /api/audit"""

from importlib.metadata import version

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.responses import Response

from agents.explorer import schema
from agents.explorer.api.answers import PROBLEMS, answer, ask, remembered, stamp_of
from agents.explorer.api.context import Here
from agents.explorer.api.models import Audit, Head, Overview, Status, Terms
from agents.explorer.fold import names_of
from agents.explorer.queries.index import Index
from agents.explorer.queries.overview import overview as overview_now
from agents.market.domain import APPEAL_SIZE, MIN_BOND, PANEL_SIZE

router = APIRouter(prefix="/api", tags=["overview"], responses=PROBLEMS)


@router.get("/status", response_model=Status)
def status(here: Here) -> Response:
    """What this explorer knows, and how far it is behind; with the database down, what it knew last."""
    standing = here.standing()
    try:
        known = here.memory.recall("known", stamp_of(here), 0.0, lambda: ask(here, _known))
        database_up = True
    except (DBAPIError, PoolExhausted):
        known, database_up = here.memory.last("known", (None, None)), False
    head, terms = known
    return answer(
        Status(
            chain_id=here.deployment.chain_id,
            dev=here.dev,
            genesis_hash=here.deployment.genesis_hash,
            head=head,
            chain_head=standing.chain_head,
            behind=standing.behind or 0,
            node="up" if standing.node_up else "down",
            node_since=standing.node_since,
            epoch=standing.epoch,
            reorgs=standing.epoch,
            contracts={name: address for address, name in names_of(here.deployment).items()},
            terms=terms,
            rpc=here.upstream is not None,
            dev_key=here.dev_key,
            database="up" if database_up else "down",
            trouble=standing.trouble,
            version=version("agora-market"),
        )
    )


def _known(index: Index) -> tuple[Head | None, Terms | None]:
    parameters = schema.parameters
    row = index.one(select(parameters).order_by(parameters.c.seq.desc()).limit(1))
    sizes = {"min_bond": MIN_BOND, "panel_size": PANEL_SIZE, "appeal_size": APPEAL_SIZE}
    terms = None if row is None else Terms.model_validate({**row, **sizes})
    return index.head(), terms


@router.get("/overview", response_model=Overview)
def overview(here: Here) -> Response:
    """The market at its newest block."""
    return remembered(here, "overview", 0.0, overview_now)


@router.get("/audit", response_model=Audit)
def audit(here: Here) -> Response:
    """The last audit of every credit against the contracts; another begins if it is older than a minute."""
    return answer(here.audits.ask())
