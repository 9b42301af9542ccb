"""What every upstream looks like: a call in the terms of the OpenAI API, its reply, and how both are read."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, Protocol

from agents.errors import CallFailed
from agents.llm.protocol import Usage

Kind = Literal["chat", "embeddings"]
Chunks = AsyncGenerator[Mapping[str, Any], None]
"""``chat.completion.chunk`` objects. The last has no choices, and the usage."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model, and for whom it is made."""

    kind: Kind
    model: str
    """The model's name as agents know it."""
    body: Mapping[str, Any]
    """The OpenAI request, without ``stream`` and ``stream_options``."""
    agent: int = 0
    """The agent's id on chain."""
    name: str = ""
    """The agent's name, for people."""
    purpose: str = ""
    task: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: an OpenAI ``chat.completion``, or a ``list`` of embeddings."""

    body: Mapping[str, Any]
    usage: Usage


class Upstream(Protocol):
    """Answers calls; every failure is a CallFailed. Whoever gives up a call cancels it upstream."""

    @property
    def models(self) -> Sequence[str]:
        """The models that can be called, by the names that agents use."""
        ...

    async def complete(self, call: Call) -> Reply:
        """The whole answer."""
        ...

    def stream(self, call: Call) -> Chunks:
        """The answer as it is made. Close it (``contextlib.aclosing``) to hang up. Chat only."""
        ...


def no_model(model: str, models: Sequence[str]) -> CallFailed:
    """404 for a model that nobody here has."""
    known = ", ".join(models[:20]) + (", …" if len(models) > 20 else "")
    return CallFailed(
        404, "model_not_found", f"there is no model {model[:100]!r}: there is {known}", param="model"
    )


def wrong_kind(call: Call) -> CallFailed:
    """400 for a model that is asked for what it does not do."""
    asked = "make embeddings" if call.kind == "embeddings" else "chat"
    return CallFailed(400, "wrong_model", f"{call.model!r} does not {asked}", param="model")


def usage_of(body: Mapping[str, Any]) -> Usage | None:
    """The tokens that an answer or a chunk tells; None if it tells none that can be counted."""
    told = body.get("usage")
    if not isinstance(told, Mapping):
        return None
    details = told.get("prompt_tokens_details")
    prompt, completion = _count(told.get("prompt_tokens")), _count(told.get("completion_tokens", 0))
    cached = _count(details.get("cached_tokens")) if isinstance(details, Mapping) else None
    return (
        None if prompt is None or completion is None else Usage(prompt, completion, min(cached or 0, prompt))
    )


def are_vectors(body: Mapping[str, Any]) -> bool:
    """Whether an answer's embeddings are made of numbers."""
    try:
        return all(one["embedding"] and all(map(isfinite, one["embedding"])) for one in body["data"])
    except (TypeError, OverflowError):
        return False


def _count(told: object) -> int | None:
    return told if type(told) is int and told >= 0 else None


def usage_body(usage: Usage) -> dict[str, Any]:
    """``usage`` as the OpenAI API tells it."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def limit_of(body: Mapping[str, Any]) -> int | None:
    """The most tokens that the answer may have, under either of its names."""
    limit = body.get("max_completion_tokens")
    return body.get("max_tokens") if limit is None else limit


def text_of(content: Any) -> str:
    """The text of a message's content, which may be a string, a list of parts, or nothing."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, Mapping))
