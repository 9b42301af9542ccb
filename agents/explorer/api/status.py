"""What this explorer knows, and how far it is behind its chain."""

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from agents.explorer import schema
from agents.explorer.api.context import Here, Known
from agents.explorer.api.models import Status, Terms
from agents.explorer.queries.index import Index
from agents.market.domain import APPEAL_SIZE, MIN_BOND, PANEL_SIZE
from agents.money import CREDIT

MAX_POSTAGE = 100 * CREDIT
"""The MessageHub's own limit."""

router = APIRouter(prefix="/api", tags=["state"])


@router.get("/status")
def status(here: Here) -> Status:
    """How the index stands to its chain, and what the page needs to know at first. While the database is down,
    what was last known of it."""
    now = here.standing()
    database: Literal["up", "down"] = "up"
    try:
        with here.reading() as connection:
            here.known = Known(Index(connection, here.deployment).head(), _terms(connection))
    except SQLAlchemyError:
        here.metrics.database_errors.inc()
        database = "down"
    return Status(
        chain_id=here.deployment.chain_id,
        dev=here.dev,
        genesis_hash=here.deployment.genesis_hash,
        head=here.known.head,
        chain_head=now.chain_head,
        behind=now.behind or 0,
        node="up" if now.node_up else "down",
        node_since=now.node_since,
        epoch=now.epoch,
        reorgs=now.epoch,
        contracts={name: address for address, name in here.deployment.names.items()},
        terms=here.known.terms,
        rpc=here.node is not None,
        dev_key=here.dev_key,
        database=database,
        trouble=now.trouble,
        version=version("agora-market"),
    )


def _terms(connection: Connection) -> Terms | None:
    columns = schema.parameters.c
    query = select(columns.fee_bps, columns.bond_percent, columns.seat_fee).order_by(columns.seq.desc())
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    return Terms(
        fee_bps=row.fee_bps,
        bond_percent=row.bond_percent,
        min_bond=MIN_BOND,
        seat_fee=row.seat_fee,
        panel_size=PANEL_SIZE,
        appeal_size=APPEAL_SIZE,
        max_postage=MAX_POSTAGE,
    )
