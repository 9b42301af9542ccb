"""What a request that failed is told: a problem body (RFC 9457) that holds the error object of the OpenAI API too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.errors import (
    AgoraError,
    BooksBehind,
    BudgetSpent,
    CallFailed,
    PaymentRequired,
    RequestRefused,
    RetryableError,
    UnknownCall,
    VoucherRefused,
)
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import usage_body

PROBLEM_TYPE = "application/problem+json"
_LONGEST_PARAM = 200
RETRY_SECONDS: Mapping[int, float] = {429: 5, 502: 5, 503: 5, 504: 10}
"""When to come again where an upstream does not say."""

_TITLES = {
    400: "The request cannot be used",
    401: "No valid key",
    402: "Not paid for",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The body came too slowly",
    409: "Used already",
    413: "The body is too large",
    429: "Too many requests",
    500: "The gateway failed",
    502: "The model's endpoint failed",
    503: "The model cannot be reached",
    504: "The model did not answer in time",
}
_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure, ready to be sent."""

    status: int
    content: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def problem(
    status: int,
    code: str,
    message: str,
    *,
    param: str | None = None,
    retry_after: float | None = None,
    more: Mapping[str, Any] | None = None,
) -> Problem:
    """The problem as JSON. ``more`` are figures that belong to it."""
    error = {"message": message, "type": _error_type(status), "param": param, "code": code}
    body: dict[str, Any] = {
        "type": f"urn:agora:problem:{code}",
        "title": _TITLES.get(status, "The request failed"),
        "status": status,
        "detail": message,
        "code": code,
        "error": error,
    }
    body |= {name: value for name, value in (more or {}).items() if name not in body}
    headers = [(b"content-type", PROBLEM_TYPE.encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    wait = RETRY_SECONDS.get(status) if retry_after is None else retry_after
    if wait is not None:
        seconds = max(1, -(-wait // 1))
        body["retry_after"] = seconds
        body["advice"] = f"nothing is wrong with the request: send it again after {seconds:g} seconds"
        headers.append((b"retry-after", b"%d" % seconds))
    return Problem(status, json.dumps(body).encode(), tuple(headers))


def problem_of(error: AgoraError) -> Problem | None:
    """What an error is told as, or None for one that no client has brought about."""
    if isinstance(error, CallFailed):
        return problem(
            error.status,
            error.code,
            error.message,
            param=error.param,
            retry_after=error.retry_after,
            more={**error.detail, **_burned(error)},
        )
    if isinstance(error, PaymentRequired):
        return problem(402, error.code, str(error), more={"shortfall": error.shortfall, **error.detail})
    if isinstance(error, BudgetSpent):
        return problem(402, "budget_spent", str(error))
    if isinstance(error, VoucherRefused):
        return problem(400, f"voucher_{error.flaw}", str(error), param="voucher")
    if isinstance(error, UnknownCall):
        return problem(404, "call_not_found", str(error), param="call")
    if isinstance(error, BooksBehind):
        return problem(
            503, "books_behind", "the gateway's books are behind the chain: its provider has to act"
        )
    if isinstance(error, RetryableError):
        return problem(503, "chain_unreachable", "the gateway cannot reach its chain now")
    return None


def _burned(error: CallFailed) -> dict[str, Any]:
    """What is charged although there is no answer."""
    return {} if error.usage == Usage() else {"usage": usage_body(error.usage)}


def malformed(param: str, what: str) -> RequestRefused:
    """400 that names the field, if not to its last letter: the name may be the client's."""
    param = param[:_LONGEST_PARAM]
    return RequestRefused(400, "invalid_request", f"{param}: {what}", param=param)


def error_event(error: CallFailed) -> bytes:
    """The error as an event of a stream that has begun, in the form that OpenAI clients raise."""
    told = {
        "message": error.message,
        "type": _error_type(error.status),
        "param": error.param,
        "code": error.code,
    }
    return b"data: " + json.dumps({"error": told}).encode() + b"\n\n"


def _error_type(status: int) -> str:
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
