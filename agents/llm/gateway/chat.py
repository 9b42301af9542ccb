"""``POST /v1/chat/completions``."""

from collections.abc import Mapping
from typing import Any

from agents.errors import RequestRefused
from agents.llm.gateway.exchange import Exchange, encoded
from agents.llm.gateway.loops import check_loop
from agents.llm.gateway.problems import malformed
from agents.llm.gateway.schemas import ChatRequest, check, check_forms, check_messages, check_metered
from agents.llm.gateway.till import Asked, Caller, Till
from agents.llm.gateway.worst import worst_usage
from agents.llm.protocol import Usage

DEFAULT_TOKENS = 512
"""The longest answer where a request does not say."""
_OURS = frozenset({"stream", "stream_options", "max_tokens", "max_completion_tokens"})


class Chat:
    """Answers chats, whole or in chunks."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def handle(self, exchange: Exchange) -> None:
        """One call."""
        caller, raw, body = await self._till.take(exchange)
        asked = ask(self._till, caller, raw, body)
        if body.get("stream"):
            await self._till.stream(exchange, asked, ChatEvents(body.get("stream_options") or {}))
        else:
            await self._till.complete(exchange, asked, _as_it_is)


class ChatEvents:
    """Chunks as events: each as it came; that of the usage for those who ask for it."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """``options`` are the request's ``stream_options``."""
        self._tells_usage = bool(options.get("include_usage"))

    def chunk(self, chunk: Mapping[str, Any]) -> bytes:
        """One event, or none."""
        if not chunk.get("choices") and not self._tells_usage:
            return b""
        return b"data: " + encoded(chunk) + b"\n\n"

    def end(self, usage: Usage) -> bytes:  # noqa: ARG002 - the chunks have told it
        """There are no more."""
        return b"data: [DONE]\n\n"


def ask(till: Till, caller: Caller, raw: bytes, body: Mapping[str, Any]) -> Asked:
    """The call that a chat's body asks for; raises RequestRefused, or CallFailed with 404 for an unknown model.

    ``raw`` is what came over the wire: its length bounds the prompt.
    """
    request = check(ChatRequest, body)
    check_metered("chat", request)
    check_forms(request)
    check_messages(request.messages)
    till.check_model(request.model)
    check_loop(request.messages)
    context = till.prices.context_of(request.model)
    limit = _limit(request, context)
    price = till.prices.price_for(request.model)
    passed = {name: value for name, value in body.items() if name not in _OURS and value is not None}
    call = caller.call("chat", request.model, passed | {"max_tokens": limit})
    return Asked(caller, call, raw, worst_usage(len(raw), limit, price, context, request.n or 1))


def _limit(request: ChatRequest, context: int | None) -> int:
    """The most tokens that an answer may have."""
    old, new = request.max_tokens, request.max_completion_tokens
    if old is not None and new is not None and old != new:
        raise malformed("max_tokens", "and max_completion_tokens differ: give one of them")
    limit = old if new is None else new
    if limit is None:
        return DEFAULT_TOKENS if context is None else min(DEFAULT_TOKENS, context)
    if context is not None and limit > context:
        raise RequestRefused(
            400,
            "context_length_exceeded",
            f"an answer of {limit} tokens does not fit into the {context} that {request.model!r} takes, of prompt and "
            "answer together: ask for fewer",
            param="max_tokens" if new is None else "max_completion_tokens",
            detail={"limit": context, "requested": limit},
        )
    return limit


def _as_it_is(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return body
