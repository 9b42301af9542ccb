"""An upstream that answers from a function: for tests, dry runs and simulations."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from agents.errors import AnswerInvalid, CallFailed, ModelError, ModelUnavailable
from agents.llm.protocol import Message, ModelRequest, Role, Usage
from agents.llm.upstreams.base import (
    Call,
    Chunks,
    Reply,
    limit_of,
    no_model,
    text_of,
    usage_body,
    wrong_kind,
)

_NO_LIMIT = 1 << 20


class ScriptedUpstream:
    """Answers with ``script(request)``; a token is a word, so that counts are exact and repeatable.

    The script may raise CallFailed or an error of a model in place of an answer. An answer that is longer than
    the call's limit is cut there, as a real model's. The same call gets the same reply, to the last byte.
    """

    def __init__(self, script: Callable[[ModelRequest], str], *, name: str = "scripted") -> None:
        self._script, self._name = script, name

    @property
    def models(self) -> Sequence[str]:
        """The one name given at construction."""
        return (self._name,)

    async def complete(self, call: Call) -> Reply:
        """The script's answer."""
        text, finish, usage = self._answer(call)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": finish,
            "logprobs": None,
        }
        return Reply(
            _head(call, "chat.completion") | {"choices": [choice], "usage": usage_body(usage)}, usage
        )

    async def stream(self, call: Call) -> Chunks:
        """The script's answer, word by word."""
        text, finish, usage = self._answer(call)
        head = _head(call, "chat.completion.chunk")

        def chunk(delta: Mapping[str, Any], finish: str | None = None) -> Mapping[str, Any]:
            return head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        yield chunk({"role": "assistant", "content": ""})
        for word in re.findall(r"\s*\S+\s*", text) or [text]:
            yield chunk({"content": word})
        yield chunk({}, finish)
        yield head | {"choices": [], "usage": usage_body(usage)}

    def _answer(self, call: Call) -> tuple[str, str, Usage]:
        """The text, why it ends, and its tokens."""
        if call.model != self._name:
            raise no_model(call.model, self.models)
        if call.kind != "chat":
            raise wrong_kind(call)
        request = as_request(call)
        try:
            text = self._script(request)
        except (ModelError, ModelUnavailable) as error:
            raise _failure(error) from None
        prompt = sum(len(message.content.split()) for message in request.messages)
        words = text.split()
        if len(words) > request.max_tokens:
            return " ".join(words[: request.max_tokens]), "length", Usage(prompt, request.max_tokens)
        return text, "stop", Usage(prompt, len(words))


def as_request(call: Call) -> ModelRequest:
    """A chat call as the agents' side sees it; what it cannot express (tools) is left out."""
    form = call.body.get("response_format") or {}
    return ModelRequest(
        call.name,
        call.purpose,
        tuple(_message(turn) for turn in call.body["messages"]),
        _NO_LIMIT if (limit := limit_of(call.body)) is None else limit,
        schema=form["json_schema"].get("schema") if form.get("type") == "json_schema" else None,
        temperature=call.body.get("temperature") or 0.0,
        seed=call.body.get("seed") or 0,
        task=call.task,
    )


def _message(turn: Mapping[str, Any]) -> Message:
    role: Role = turn["role"] if turn["role"] in get_args(Role) else "user"
    return Message(role, text_of(turn.get("content")))


def _head(call: Call, kind: str) -> dict[str, Any]:
    """The fields of every reply; its id follows from the call, so that a run can be repeated."""
    asked = json.dumps([call.agent, call.task, call.body], sort_keys=True, default=str)
    number = hashlib.sha256(asked.encode()).hexdigest()[:24]
    return {"id": f"chatcmpl-{number}", "object": kind, "created": 0, "model": call.model}


def _failure(error: ModelError | ModelUnavailable) -> CallFailed:
    if isinstance(error, ModelUnavailable):
        return CallFailed(503, "upstream_unavailable", str(error))
    usage = Usage(*error.usage)
    if isinstance(error, AnswerInvalid):
        return CallFailed(502, "answer_invalid", str(error), usage=usage)
    return CallFailed(400, "invalid_request", str(error), usage=usage)
