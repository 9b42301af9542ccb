"""What happens on the market, as server-sent events."""

import asyncio
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agents.explorer.api.broadcast import TooSlow
from agents.explorer.api.context import Context, Here
from agents.explorer.api.front import client_of
from agents.explorer.api.problems import bad_filter
from agents.explorer.api.records import Position, Wish
from agents.explorer.api.wire import ABORT
from agents.explorer.queries.asked import NAME

router = APIRouter()

_Id = Annotated[int | None, Query(ge=0, lt=1 << 63)]
_Name = Annotated[str | None, Query(pattern=NAME)]


@router.get("/events", tags=["events"], response_class=Response)
async def events(
    here: Here,
    request: Request,
    task: _Id = None,
    agent: _Id = None,
    contract: _Name = None,
    name: _Name = None,
    after: Annotated[str | None, Query(description="Where to go on, as the `id` of an event.")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Every event from now on, or from where a stream broke off: `<seq>-<epoch>` of the last one that came.

    `market` is an event, `block` the end of a block, `reorg` says that all above its `ancestor` is void and is told
    anew, `status` how the index and the node are. With a filter, only what touches that task or agent is sent; of the
    blocks that are made up for, then the ends of those with something in them, of the first and of the newest.
    """
    place = last_event_id or after
    position = None if place is None else Position.read(place)
    if place is not None and position is None:
        raise bad_filter(
            "Last-Event-ID" if last_event_id else "after", "must be the id of an event: SEQ-EPOCH"
        )
    return Stream(here, client_of(request.scope), position, Wish(task, agent, contract, name))


class Stream(Response):
    """Sends until the client has gone, is too slow, or the explorer stops."""

    media_type = "text/event-stream"

    def __init__(self, context: Context, who: str, after: Position | None, wish: Wish) -> None:
        """Raises Problem where the client has too many streams open."""
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._context, self._who = context, who
        self._texts = context.broadcast.follow(after, wish)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The whole life of the stream."""
        self._context.limits.open_stream(self._who)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            told = asyncio.create_task(self._tell(send))
            gone = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait((told, gone), return_when=asyncio.FIRST_COMPLETED)
                if told.done():
                    await (_finish(send) if told.result() else _hang_up(scope))
            finally:
                for task in (told, gone):
                    task.cancel()
                await asyncio.gather(told, gone, return_exceptions=True)
        finally:
            self._context.limits.close_stream(self._who)

    async def _tell(self, send: Send) -> bool:
        """Send what there is; whether the client took it all."""
        metrics = self._context.metrics
        async with aclosing(self._texts) as texts:
            try:
                async for text in texts:
                    async with asyncio.timeout(self._context.policy.send_seconds):
                        await send({"type": "http.response.body", "body": text, "more_body": True})
                    metrics.streamed.inc(len(text))
            except (TooSlow, TimeoutError):
                metrics.cut_off.inc()
                return False
        return True


async def _gone(receive: Receive) -> None:
    """Wait until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _finish(send: Send) -> None:
    await send({"type": "http.response.body", "body": b""})


async def _hang_up(scope: Scope) -> None:
    """The connection is closed, though the client has not read what it was sent."""
    scope[ABORT]()
    # The server learns of it at the next turn of the loop.
    await asyncio.sleep(0)
