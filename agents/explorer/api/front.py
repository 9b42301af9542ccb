"""What stands before the application: each request is checked and counted, each answer gets its headers."""

import time
from collections.abc import Awaitable, Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from agents.explorer.api.context import Context
from agents.explorer.api.limits import address_of
from agents.explorer.api.problems import Problem, answer
from agents.explorer.api.security import HEADERS, READS, check_host, check_origin

STREAMS = ("/events",)
"""Routes whose answers last as long as the client wants."""
_NEVER = "no-store"

log = structlog.get_logger(__name__)

Inner = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """Calls ``inner`` with what may pass."""

    def __init__(self, context: Context, inner: Inner) -> None:
        self._context, self._inner = context, inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is refused is answered here."""
        began, sent = time.perf_counter(), _Answer(self._context, scope["method"], send)
        try:
            sent.reader = self._admit(scope)
            if scope["method"] == "OPTIONS" and sent.reader:
                await _preflight(scope, receive, sent)
            else:
                await self._inner(scope, receive, sent)
        except Problem as problem:
            await answer(problem)(scope, receive, sent)
        finally:
            self._count(scope, sent.status, time.perf_counter() - began)

    def _admit(self, scope: Scope) -> str | None:
        """The foreign page that may read; raises Problem for who may not come in."""
        headers, policy = Headers(scope=scope), self._context.policy
        host = check_host(headers, policy)
        reader = check_origin(scope["method"], headers, host, policy)
        self._context.limits.request(client_of(scope), scope["path"])
        return reader

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "(none)"
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        self._context.metrics.requests.labels(method, route, str(status)).inc()
        if route not in STREAMS:
            self._context.metrics.seconds.labels(route).observe(seconds)
        # Without the query, which may hold anything, and without the path, which its client wrote.
        log.debug("explorer.request", method=method, route=route, status=status, ms=round(seconds * 1e3, 1))


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"})


def client_of(scope: Scope) -> str:
    """Who asks, as it is counted."""
    return address_of(scope["client"][0] if scope.get("client") else "")


class _Answer:
    """The way of an answer to the client: it gets the headers that it does not have yet."""

    def __init__(self, context: Context, method: str, send: Send) -> None:
        self._context, self._method, self._send = context, method, send
        self.reader: str | None = None
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", _NEVER)
            block = self._context.standing().block
            if block is not None:
                headers["agora-block"] = str(block)
            if self.status >= 400 and self._method not in READS:
                # What is left of a refused body would else be waited for, without end.
                headers["connection"] = "close"
            if self.reader is not None:
                headers["access-control-allow-origin"] = self.reader
                headers["access-control-expose-headers"] = "agora-block, retry-after"
                headers["cross-origin-resource-policy"] = "cross-origin"
        await self._send(message)


async def _preflight(scope: Scope, receive: Receive, send: Send) -> None:
    """What a page elsewhere that may read asks before it reads with headers of its own."""
    allowed = {
        "access-control-allow-methods": "GET, HEAD",
        "access-control-allow-headers": "last-event-id",
        "access-control-max-age": "600",
    }
    await Response(status_code=204, headers=allowed)(scope, receive, send)
