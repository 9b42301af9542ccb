"""What a request that failed is told: a problem body (RFC 9457)."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agents.errors import ContentMissing, ContentUnavailable, DatabaseDown, FilterRefused, NotInIndex

if TYPE_CHECKING:
    from agents.explorer.api.context import Context

PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""When to come again where nothing says more."""
LONGEST = 200
"""Characters of what a client wrote that an answer repeats."""
_TITLES = {
    400: "The request cannot be used",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The body came too slowly",
    411: "The body's size is not told",
    413: "The body is too large",
    415: "Not a kind of body that is read here",
    421: "Not this host",
    422: "A filter cannot be used",
    429: "Too many requests",
    500: "The explorer failed",
    502: "The node failed",
    503: "Not now",
}

log = structlog.get_logger(__name__)


class Problem(HTTPException):
    """Raised in a route, it is the answer: a status, a code for programs, and a sentence for people.

    ``more`` are further members of the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code, self.more = code, more


def not_found(kind: str, looked_for: object) -> Problem:
    """404 that says what was looked for: ``not_found("task", 7)``."""
    name = str(looked_for)[:LONGEST]
    return Problem(404, f"{kind}_not_found", f"there is no {kind} {name}", looked_for={kind: name})


def bad_filter(name: str, problem: str) -> Problem:
    """422 that names the filter: ``bad_filter("state", "must be one of Open, …")``."""
    faults = [{"name": name, "problem": problem}]
    return Problem(422, "bad_filter", f"{name}: {problem}", filters=faults)


def body_of(problem: Problem) -> bytes:
    """The problem as JSON."""
    body = {
        "type": f"urn:agora:problem:{problem.code}",
        "title": _TITLES.get(problem.status_code, "The request failed"),
        "status": problem.status_code,
        "detail": problem.detail,
        "code": problem.code,
        **problem.more,
    }
    return json.dumps(body).encode()


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    headers = dict(problem.headers or {})
    if problem.status_code in (429, 503):
        headers.setdefault("retry-after", str(RETRY_SECONDS))
    return Response(body_of(problem), problem.status_code, headers, PROBLEM_TYPE)


def install(app: FastAPI) -> None:
    """Whatever goes wrong in the application is answered with a problem body."""
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(FilterRefused, _on_refused_filter)
    app.add_exception_handler(NotInIndex, _on_not_in_index)
    app.add_exception_handler(DatabaseDown, _on_database_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(PoolExhausted, _on_database_error)
    app.add_exception_handler(ContentMissing, _on_missing_content)
    app.add_exception_handler(ContentUnavailable, _on_content_error)
    app.add_exception_handler(Exception, _on_failure)


async def _on_http_error(_: Request, error: Exception) -> Response:
    """A problem, or the framework's own word: no such place, or not by this method."""
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return answer(error)
    code, detail = _PLAIN.get(error.status_code, ("request_failed", str(error.detail)[:LONGEST]))
    return answer(Problem(error.status_code, code, detail, headers=error.headers))


_PLAIN = {
    404: ("no_such_place", "there is no such path here: /docs lists them"),
    405: ("method_not_allowed", "this path does not take this method: /docs lists them"),
    413: ("too_large", "the body is larger than anything that is read here"),
}


async def _on_invalid(_: Request, error: Exception) -> Response:
    """422 that names each filter, and leaves out what was written into it."""
    assert isinstance(error, RequestValidationError)
    faults = [_fault(one) for one in error.errors()]
    detail = "; ".join(f"{one['name']}: {one['problem']}" for one in faults)
    return answer(Problem(422, "bad_filter", detail, filters=faults))


def _fault(error: Mapping[str, Any]) -> dict[str, str]:
    place, *names = error["loc"]
    name = ".".join(map(str, names)) or str(place)
    problem = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "should", 1)
    return {"name": name[:LONGEST], "problem": problem[:LONGEST]}


async def _on_refused_filter(_: Request, error: Exception) -> Response:
    assert isinstance(error, FilterRefused)
    return answer(bad_filter(error.name, error.problem))


async def _on_not_in_index(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotInIndex)
    return answer(not_found(error.kind, error.looked_for))


async def _on_database_error(request: Request, error: Exception) -> Response:
    """503 with the last block that is known. The error's own text holds the statement, and may hold the URL."""
    context: Context = request.app.state.context
    context.metrics.database_errors.inc()
    log.warning("explorer.database_failed", path=request.url.path, error=type(error).__name__)
    detail = "the explorer's database does not answer now: what is shown may be old"
    return answer(Problem(503, "database_down", detail, block=context.standing().block))


async def _on_missing_content(_: Request, error: Exception) -> Response:
    return answer(Problem(404, "content_not_found", str(error)))


async def _on_content_error(_: Request, error: Exception) -> Response:
    log.warning("explorer.content_failed", error=type(error).__name__)
    return answer(Problem(503, "content_unavailable", "the content store does not answer now"))


async def _on_failure(request: Request, error: Exception) -> Response:
    """A fault of ours, which is raised on behind this answer."""
    log.error("explorer.failed", path=request.url.path, error=type(error).__name__)
    return answer(Problem(500, "internal_error", "the explorer has failed at this request"))
