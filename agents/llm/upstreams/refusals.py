"""What an endpoint's refusal means: HTTP status and body, read into a CallFailed."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from agents.errors import CallFailed

_SHOWN = 200  # characters of the endpoint's own words
_LONGEST_PAUSE = 60.0  # seconds, whatever the endpoint asks for
_OVERFLOW = re.compile(r"context (?:length|size|window)|too (?:long|many tokens)", re.IGNORECASE)
_LIMIT = re.compile(r"context (?:length|size|window)\D{0,20}(\d{2,})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{2,}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is not 200, read leniently."""

    status: int
    message: str
    """The endpoint's own words: one short line, without the key."""
    code: str | None
    param: str | None
    error: Mapping[str, Any]
    """The whole error object."""
    retry_after: float | None

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], content: bytes, key: str) -> "Refusal":
        """The refusal that an answer is; ``key`` is what must not be repeated."""
        return cls.of(status, headers, _error(content), key)

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], error: Mapping[str, Any], key: str) -> "Refusal":
        """The refusal that an error object tells."""
        message = " ".join(str(error.get("message") or "no detail").split())
        return cls(
            status,
            (message.replace(key, "***") if key else message)[:_SHOWN],
            _short(error.get("code")) or _short(error.get("type")),
            _short(error.get("param")),
            error,
            retry_after(headers.get("retry-after")),
        )

    def failure(self, url: str, model: str) -> CallFailed:
        """What it means for the caller."""
        status, said = self.status, self.message
        if status in (401, 403):
            return CallFailed(
                502, "upstream_refuses_key", f"{url} refuses the API key that it is called with"
            )
        if status == 404:
            return CallFailed(404, "model_not_found", f"{url} has no model {model!r} ({said})", param="model")
        if status == 501:
            return CallFailed(400, "wrong_model", f"{url} cannot do this ({said})", param="model")
        if self.code == "insufficient_quota":
            return CallFailed(429, "insufficient_quota", f"the quota of the key for {url} is used up")
        if status == 429:
            return CallFailed(
                429, "rate_limited", f"{url} answers 429 ({said})", retry_after=self.retry_after
            )
        if status in (408, 504):
            return CallFailed(504, "upstream_timeout", f"{url} answers {status} ({said})")
        if status == 409 or status >= 500:
            message = f"{url} answers {status} ({said})"
            return CallFailed(502, "upstream_failed", message, retry_after=self.retry_after)
        if status < 400:
            return CallFailed(502, "upstream_unfit", f"{url} answers {status}, which is no answer to a call")
        return self._mistake(url)

    def _mistake(self, url: str) -> CallFailed:
        """A request that the endpoint will never take."""
        overflow = _overflow(self.error, self.message)
        if overflow is not None:
            tokens, limit = overflow
            return CallFailed(
                400,
                "context_length_exceeded",
                f"the call needs {tokens or 'too many'} tokens, and the model's context holds {limit or 'fewer'}",
                param="messages",
                detail={"prompt_tokens": tokens, "limit": limit},
            )
        message = f"{url} refuses the request with {self.status} ({self.message})"
        return CallFailed(400, self.code or "invalid_request", message, param=self.param)


def retry_after(header: str | None) -> float | None:
    """Seconds from now, at most a minute, by a Retry-After header, which may hold seconds or a date."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except ValueError:
            return None
    return min(max(0.0, seconds), _LONGEST_PAUSE)  # in this order not a number is 0


def _error(content: bytes) -> Mapping[str, Any]:
    """The error object of a body, or one that holds what the body says."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    error = body.get("error", body) if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {"message": error if isinstance(error, str) else None}


def _short(value: object) -> str | None:
    return value[:_SHOWN] if isinstance(value, str) else None


def _overflow(error: Mapping[str, Any], message: str) -> tuple[int | None, int | None] | None:
    """The prompt's tokens and the context's, each where it is told; None if the refusal is about something else."""
    kinds = (error.get("code"), error.get("type"))
    if "exceed_context_size_error" in kinds:  # llama.cpp
        return _whole(error.get("n_prompt_tokens")), _whole(error.get("n_ctx"))
    if "context_length_exceeded" not in kinds and not _OVERFLOW.search(message):
        return None
    numbers = [int(number) for number in _NUMBER.findall(message)]
    told = _LIMIT.search(message)
    limit = int(told[1]) if told else min(numbers, default=None)
    return max((number for number in numbers if number != limit), default=None), limit


def _whole(value: object) -> int | None:
    return value if type(value) is int else None
