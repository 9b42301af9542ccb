"""One HTTP request and its answer, in plain ASGI: a framework's objects would take longer than a short call's price."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.types import Receive, Scope, Send

from agents.errors import AgoraError, RequestRefused
from agents.llm.gateway.problems import Problem, problem_of

MOST_BYTES = 4 << 20
"""A body may have so many bytes."""
BODY_SECONDS = 60.0
"""In which it has to come."""

Headers = Iterable[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_EVENTS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # a proxy would hold the chunks back
)

log = structlog.get_logger(__name__)


class Exchange:
    """A request that is being answered."""

    __slots__ = ("_headers", "_receive", "_send", "extra", "scope", "started")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.started = False
        """Whether the status has been sent."""
        self.extra: Headers = ()
        """Headers that a problem has beside its own."""

    def header(self, name: bytes) -> str:
        """A header by its name in lower case, or nothing."""
        return self._headers.get(name, b"").decode("latin-1")

    def parameter(self, name: str) -> str:
        """What stands in the path at this place."""
        return str(self.scope["path_params"][name])

    def query(self) -> dict[str, str]:
        """The parameters of the query; raises RequestRefused for one that is no text."""
        try:
            return dict(parse_qsl(self.scope["query_string"].decode(), errors="strict"))
        except ValueError:
            raise RequestRefused(400, "invalid_request", "the query is not UTF-8", param="query") from None

    @property
    def client(self) -> str:
        """The address that the request comes from."""
        client = self.scope.get("client")
        return client[0] if client else ""

    async def body(self, limit: int = MOST_BYTES) -> bytes:
        """The whole body; raises RequestRefused with 413 for one above ``limit`` bytes, with 408 for one too slow."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._body(limit)
        except TimeoutError:
            raise RequestRefused(
                408, "body_too_slow", f"the body was not whole after {BODY_SECONDS:g} seconds"
            ) from None

    async def _body(self, limit: int) -> bytes:
        parts, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RequestRefused(400, "disconnected", "the client hung up before its request was whole")
            if part := message.get("body", b""):
                size += len(part)
                if size > limit:
                    raise RequestRefused(
                        413,
                        "body_too_large",
                        f"the body is longer than {limit:,} bytes",
                        detail={"limit": limit},
                    )
                parts.append(part)
            if not message.get("more_body"):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def hung_up(self) -> None:
        """Wait until the client has gone, once its body was read."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def reply(self, content: bytes, headers: Headers = (), status: int = 200) -> None:
        """Answer with JSON."""
        length = (b"content-length", b"%d" % len(content))
        await self._begin(status, [_JSON, length, *headers])
        await self._send({"type": "http.response.body", "body": content})

    async def reply_json(self, body: Mapping[str, Any], status: int = 200) -> None:
        """Answer with this as JSON."""
        await self.reply(encoded(body), status=status)

    async def refuse(self, problem: Problem) -> None:
        """Answer with a problem."""
        length = (b"content-length", b"%d" % len(problem.content))
        await self._begin(problem.status, [*problem.headers, length, *self.extra])
        await self._send({"type": "http.response.body", "body": problem.content})

    async def begin_events(self) -> None:
        """Begin to answer with events."""
        await self._begin(200, list(_EVENTS))

    async def event(self, content: bytes) -> None:
        """Send what is one event, or several."""
        await self._send({"type": "http.response.body", "body": content, "more_body": True})

    async def end_events(self) -> None:
        """There are no more."""
        await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


class Endpoint:
    """A place of the application: ``handle`` answers, and what it raises for the client's sake becomes a problem."""

    def __init__(self, handle: Callable[[Exchange], Awaitable[None]]) -> None:
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = Exchange(scope, receive, send)
        try:
            await self._handle(exchange)
        except AgoraError as error:
            problem = problem_of(error)
            if problem is None or exchange.started:
                raise
            if problem.status >= 500:
                # The words stay out: an endpoint's message may repeat what it was sent.
                code = getattr(error, "code", type(error).__name__)
                log.warning("call_failed", path=scope["path"], status=problem.status, code=code)
            await exchange.refuse(problem)


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body as JSON; half a surrogate pair, which is no text, becomes a question mark."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
