"""Whether all is well, and how far the index is."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from agents.explorer import schema
from agents.explorer.api.context import Context, Here
from agents.explorer.api.metrics import CONTENT_TYPE

LATE_BLOCKS = 100
"""An index that lacks more blocks than these is not healthy."""

router = APIRouter()


@router.get("/healthz", tags=["state"])
def health(here: Here) -> Response:
    """200 while the node and the database answer and the index is at most 100 blocks behind, else 503."""
    now = here.standing()
    database = _answers(here)
    behind = now.behind
    healthy = database and now.node_up and behind is not None and behind <= LATE_BLOCKS
    body = {
        "healthy": healthy,
        "block": now.block,
        "behind": behind,
        "node": "up" if now.node_up else "down",
        "database": "up" if database else "down",
    }
    return JSONResponse(body, 200 if healthy else 503)


@router.get("/metrics", tags=["state"], response_class=PlainTextResponse)
def metrics(here: Here) -> Response:
    """What the explorer counts about itself, as Prometheus reads it."""
    return Response(here.metrics.text(_events(here)), media_type=CONTENT_TYPE)


def _answers(here: Context) -> bool:
    try:
        with here.reading() as connection:
            connection.execute(select(schema.cursor.c.block)).first()
    except SQLAlchemyError:
        here.metrics.database_errors.inc()
        return False
    return True


def _events(here: Context) -> int | None:
    totals = schema.totals.c
    try:
        with here.reading() as connection:
            return connection.scalar(select(totals.value).where(totals.key == "events")) or 0
    except SQLAlchemyError:
        here.metrics.database_errors.inc()
        return None
