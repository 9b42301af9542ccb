"""Errors of single calls to a model, of the cassette that keeps calls, and of the file that names endpoints."""

from collections.abc import Mapping
from typing import Any, Self

from agents.errors.base import AgoraError
from agents.errors.tokens import Usage


class CallFailed(AgoraError):
    """A call that no model answered, as HTTP and the OpenAI API tell it.

    ``usage`` is what it burned all the same, ``retry_after`` the seconds after which it may be tried again.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        usage: Usage = Usage(),  # noqa: B008 - frozen
        retry_after: float | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.param, self.usage, self.retry_after = param, usage, retry_after
        self.detail: Mapping[str, Any] = detail or {}

    def to_json(self) -> dict[str, Any]:
        """All of it, as ``of_json`` reads it."""
        return {
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "usage": [self.usage.prompt_tokens, self.usage.completion_tokens, self.usage.cached_tokens],
            "retry_after": self.retry_after,
            "detail": dict(self.detail),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """The failure that ``to_json`` told."""
        fields = {name: kept[name] for name in ("param", "retry_after", "detail")}
        return cls(kept["status"], kept["code"], kept["message"], usage=Usage(*kept["usage"]), **fields)
