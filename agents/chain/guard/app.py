"""The guard as a web application: what is checked, in which order, and how it answers."""

import json
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from agents.chain.guard.calls import parse
from agents.chain.guard.door import body_of, key_of
from agents.chain.guard.gate import Gate
from agents.chain.guard.limits import Limits
from agents.chain.guard.refusals import Code, refused, reply
from agents.chain.guard.relay import Relay
from agents.chain.guard.rules import Rules
from agents.chain.guard.upstream import Upstream
from agents.errors import Refused, RpcError, UpstreamAbsent, UpstreamLost


def build(upstream: Upstream, rules: Rules, gate: Gate) -> Starlette:
    """The application: JSON-RPC at ``POST /`` and ``POST /k/<key>``, and ``GET /healthz``."""
    guard = _Guard(upstream, rules, gate)
    return Starlette(
        routes=[
            Route("/", guard, methods=["POST"]),
            Route("/k/{key}", guard, methods=["POST"]),
            Route("/healthz", guard.health, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _nowhere, Exception: _broken},
    )


class _Guard:
    """Answers HTTP requests, one by one."""

    def __init__(self, upstream: Upstream, rules: Rules, gate: Gate) -> None:
        self._upstream, self._rules, self._gate = upstream, rules, gate
        self._relay, self._limits = Relay(upstream, rules, gate), Limits(rules)
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is refused as a whole gets the refusal's HTTP status, and a JSON-RPC error as its body."""
        try:
            response = await self._counted(Request(scope, receive))
        except Refused as error:
            response = _answer(reply(None, error), error.status)
            # What is left of its body would else be waited for.
            response.headers["connection"] = "close"
        await response(scope, receive, send)

    async def health(self, _: Request) -> Response:
        """The last block, or 503 when the node does not answer."""
        try:
            async with self._gate.passing(self._rules.patience):
                (number,) = await self._upstream.call([("eth_blockNumber", ())])
        except (UpstreamAbsent, UpstreamLost, RpcError, TimeoutError) as error:
            return _answer({"healthy": False, "reason": type(error).__name__}, 503)
        return _answer({"healthy": True, "block": int(number, 16)})

    async def _counted(self, request: Request) -> Response:
        if self._open >= self._rules.most_open:
            raise refused(Code.AWAY, "too many requests at the same time: nothing was done", 503)
        self._open += 1
        try:
            return await self._serve(request)
        finally:
            self._open -= 1

    async def _serve(self, request: Request) -> Response:
        body = await body_of(request, self._rules)
        key = key_of(request, self._rules)
        client = self._limits.client(key, request.client.host if request.client else "")
        calls, batch = parse(body, self._rules, operator=client.operator)
        self._limits.take(client, sum(one.weight for one in calls))
        return Response(await self._relay.answer(calls, batch=batch), media_type="application/json")


def _answer(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")


async def _nowhere(_: Request, error: Exception) -> Response:
    """A path or method that is not there, in the form that JSON-RPC clients read."""
    assert isinstance(error, HTTPException)
    refusal = refused(Code.DOOR, "JSON-RPC is at POST / and POST /k/<key>", error.status_code)
    return _answer(reply(None, refusal), error.status_code)


async def _broken(_: Request, error: Exception) -> Response:
    """A mistake in the guard itself, which the server raises again for the log."""
    return _answer(reply(None, refused(Code.INTERNAL, f"the guard failed ({type(error).__name__})")), 500)
