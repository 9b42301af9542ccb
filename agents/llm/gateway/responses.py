"""``POST /v1/responses``: the newer API, put into chats and back. Nothing is stored between two requests."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from agents.llm.gateway.chat import ask
from agents.llm.gateway.exchange import Exchange
from agents.llm.gateway.problems import malformed
from agents.llm.gateway.response_body import response_of
from agents.llm.gateway.response_events import ResponseEvents
from agents.llm.gateway.schemas import Closed, ModelName, Tokens, check
from agents.llm.gateway.till import Till

_STATEFUL = frozenset({"previous_response_id", "conversation", "background", "store", "prompt"})
"""What asks for a memory that there is not."""
_TEXTS = frozenset({"input_text", "output_text", "text"})
_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}


class Format(Closed):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    schema_: dict[str, Any] | None = Field(None, alias="schema")
    description: str | None = None
    strict: bool | None = None


class Text(Closed):
    """How the answer is written."""

    format: Format | None = None
    verbosity: str | None = None


class Reasoning(Closed):
    """How long the model thinks before it answers."""

    effort: str | None = None
    summary: str | None = None


class FunctionTool(Closed):
    """A function that the model may call."""

    type: Literal["function"]
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class ResponsesRequest(Closed):
    """The body of ``/v1/responses``."""

    model: ModelName
    input: str | Annotated[list[dict[str, Any]], Field(min_length=1)]
    """A text, or messages, calls of functions and their outputs."""
    instructions: str | None = None
    max_output_tokens: Tokens | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    tools: Annotated[list[FunctionTool], Field(max_length=128)] | None = None
    tool_choice: Literal["auto", "none", "required"] | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    text: Text | None = None
    reasoning: Reasoning | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    truncation: Literal["disabled"] | None = None
    include: Annotated[list[str], Field(max_length=0)] | None = None
    metadata: dict[str, str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None


class Responses:
    """Answers responses, whole or in events."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def handle(self, exchange: Exchange) -> None:
        """One call."""
        caller, raw, body = await self._till.take(exchange)
        for name in _STATEFUL & body.keys():
            if body[name]:
                raise malformed(name, "is not taken here: nothing is stored, so send the whole conversation")
        # An empty one asks for no memory.
        request = check(ResponsesRequest, {name: body[name] for name in body if name not in _STATEFUL})
        asked = ask(self._till, caller, raw, chat_of(request))
        if request.stream:
            await self._till.stream(exchange, asked, ResponseEvents(body))
        else:
            await self._till.complete(exchange, asked, lambda reply: response_of(body, reply))


def chat_of(request: ResponsesRequest) -> dict[str, Any]:
    """The body of the chat that a response is asked for by; raises RequestRefused for what a chat cannot say."""
    chat: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request),
        "max_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "parallel_tool_calls": request.parallel_tool_calls,
        "user": request.user,
    }
    if request.tools:
        chat["tools"] = [_tool(tool) for tool in request.tools]
        chat["tool_choice"] = _choice(request.tool_choice)
    if request.text and request.text.format:
        chat["response_format"] = _form(request.text.format)
    if request.reasoning:
        chat["reasoning_effort"] = request.reasoning.effort
    return {name: value for name, value in chat.items() if value is not None}


def _messages(request: ResponsesRequest) -> list[dict[str, Any]]:
    items = [{"role": "user", "content": request.input}] if isinstance(request.input, str) else request.input
    messages: list[dict[str, Any]] = []
    if request.instructions:
        messages.append({"role": "system", "content": request.instructions})
    for number, item in enumerate(items):
        where, kind = f"input[{number}]", item.get("type", "message")
        if kind == "message":
            messages.append(_message(where, item))
        elif kind == "function_call":
            _add_call(messages, where, item)
        elif kind == "function_call_output":
            output = _content(f"{where}.output", item.get("output"))
            call_id = _text(where, item, "call_id")
            messages.append({"role": "tool", "tool_call_id": call_id, "content": output})
        else:
            raise malformed(f"{where}.type", "must be message, function_call or function_call_output")
    return messages


def _message(where: str, item: Mapping[str, Any]) -> dict[str, Any]:
    role = item.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise malformed(f"{where}.role", f"must be one of {', '.join(_ROLES)}")
    return {"role": _ROLES[role], "content": _content(f"{where}.content", item.get("content"))}


def _content(where: str, content: Any) -> str:
    """The text of a content, which may come in parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise malformed(where, "must be a string or a list of parts")
    return "".join(_part(f"{where}[{number}]", part) for number, part in enumerate(content))


def _part(where: str, part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str) or kind not in _TEXTS | {"refusal"}:
        raise malformed(f"{where}.type", "must be text: nothing else has a price by the token")
    return _text(where, part, "refusal" if kind == "refusal" else "text")


def _add_call(messages: list[dict[str, Any]], where: str, item: Mapping[str, Any]) -> None:
    """Calls that follow one another, or an answer in words, are one turn of the assistant."""
    function = {"name": _text(where, item, "name"), "arguments": _text(where, item, "arguments")}
    call = {"id": _text(where, item, "call_id"), "type": "function", "function": function}
    if messages and messages[-1]["role"] == "assistant":
        messages[-1].setdefault("tool_calls", []).append(call)
    else:
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})


def _text(where: str, item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise malformed(f"{where}.{name}", "must be a string")
    return value


def _tool(tool: FunctionTool) -> dict[str, Any]:
    function = tool.model_dump(exclude={"type"}, exclude_none=True)
    return {"type": "function", "function": function}


def _choice(choice: str | dict[str, Any] | None) -> Any:
    if not isinstance(choice, dict):
        return choice
    if choice.get("type") != "function":
        raise malformed("tool_choice.type", "must be function")
    return {"type": "function", "function": {"name": _text("tool_choice", choice, "name")}}


def _form(form: Format) -> dict[str, Any]:
    if form.type != "json_schema":
        return {"type": form.type}
    fields = _filled(form)
    for name in ("name", "schema"):
        if name not in fields:
            raise malformed(f"text.format.{name}", "is required")
    return {"type": "json_schema", "json_schema": fields}


def _filled(form: Format) -> dict[str, Any]:
    return form.model_dump(by_alias=True, exclude={"type"}, exclude_none=True)
