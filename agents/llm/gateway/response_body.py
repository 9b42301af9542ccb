"""A chat's answer in the form of the Responses API."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents.llm.upstreams.base import usage_of

Item = dict[str, Any]

_ECHOED = ("instructions", "max_output_tokens", "temperature", "top_p", "user")
_CUT = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""Why an answer is incomplete, by how the chat ended."""


def response_of(request: Mapping[str, Any], chat: Mapping[str, Any]) -> dict[str, Any]:
    """The response that a chat's whole answer makes; ``request`` is what was asked for."""
    choice = chat["choices"][0]
    message, suffix = choice["message"], suffix_of(chat)
    output: list[Item] = []
    if message.get("content"):
        output.append(said(f"msg_{suffix}", [text_part(message["content"])]))
    if message.get("refusal"):
        output.append(said(f"msg_{suffix}", [{"type": "refusal", "refusal": message["refusal"]}]))
    for number, call in enumerate(message.get("tool_calls") or ()):
        output.append(called(f"fc_{suffix}_{number}", call["id"], **_function(call)))
    return frame(request, chat, output, choice.get("finish_reason"), usage=chat)


def frame(
    request: Mapping[str, Any],
    chat: Mapping[str, Any],
    output: Sequence[Item],
    finish: str | None,
    *,
    status: str = "completed",
    usage: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A response with this output. ``usage`` is the object that tells the chat's."""
    cut = _CUT.get(finish or "")
    return {
        "id": f"resp_{suffix_of(chat)}",
        "object": "response",
        "created_at": chat.get("created", 0),
        "status": "incomplete" if cut else status,
        "error": None,
        "incomplete_details": {"reason": cut} if cut else None,
        "model": chat.get("model", request["model"]),
        "output": list(output),
        "usage": None if usage is None else _usage(usage),
        "parallel_tool_calls": request.get("parallel_tool_calls") is not False,
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "text": request.get("text") or {"format": {"type": "text"}},
        "reasoning": request.get("reasoning") or {"effort": None, "summary": None},
        "metadata": request.get("metadata") or {},
        "previous_response_id": None,
        "background": False,
        "store": False,
        "truncation": "disabled",
        **{name: request.get(name) for name in _ECHOED},
    }


def suffix_of(chat: Mapping[str, Any]) -> str:
    """What the ids of a response and of its parts share with the chat's, so that they are the same in a replay."""
    return str(chat.get("id", "")).removeprefix("chatcmpl-")


def said(item_id: str, content: Sequence[Item], status: str = "completed") -> Item:
    """An answer in words."""
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": list(content),
    }


def text_part(text: str) -> Item:
    """Its text."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def called(item_id: str, call_id: str, name: str, arguments: str, status: str = "completed") -> Item:
    """A call of a function."""
    return {
        "id": item_id,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def _function(call: Mapping[str, Any]) -> dict[str, str]:
    function = call["function"]
    return {"name": function["name"], "arguments": function.get("arguments") or ""}


def _usage(told: Mapping[str, Any]) -> dict[str, Any] | None:
    usage = usage_of(told)
    if usage is None:
        return None
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
