"""Errors of single calls to a model, of the cassette that keeps calls, and of the file that names endpoints."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.errors.base import AgoraError, UserError
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

    @staticmethod
    def of_json(kept: Mapping[str, Any]) -> "CallFailed":
        """The failure that ``to_json`` told."""
        if kept["code"] == CassetteMiss.CODE:
            return CassetteMiss(kept["message"], detail=kept["detail"])
        fields = {name: kept[name] for name in ("param", "retry_after", "detail")}
        return CallFailed(
            kept["status"], kept["code"], kept["message"], usage=Usage(*kept["usage"]), **fields
        )


class CassetteMiss(CallFailed, UserError):
    """A run that is repeated asks what was not recorded: it has parted from the recorded one."""

    CODE = "cassette_miss"

    def __init__(self, message: str, *, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(404, self.CODE, message, detail=detail)


class CassetteUnreadable(UserError):
    """A file is not a cassette that can be replayed."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"the cassette {path} cannot be read, {problem}: name one that `agora run --record` made, or "
            "record the run again"
        )


class CassetteUnwritable(UserError):
    """A call could not be kept, and a recording with a gap is none."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"the cassette {path} cannot be written ({problem}): make room for it and record again"
        )


class CassetteInUse(UserError):
    """Another process records into the cassette."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the cassette {path} is in use: wait for the run that records it, or name another file"
        )


class CassetteOfAnotherRun(UserError):
    """A recording cannot go on with another code, configuration or seed than it began with."""

    def __init__(self, path: Path, differences: Mapping[str, Any]) -> None:
        super().__init__(
            f"the cassette {path} belongs to another run (its {', '.join(differences)} differ): name a new file"
        )


class UpstreamsMalformed(UserError):
    """A user's file of models does not say where models are in a way that can be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}: mend the file, or unset AGORA_MODELS")
