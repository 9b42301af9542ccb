"""Tools for a model that has none of its own: it writes its call as JSON, held to a schema, and the call is made of
that.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from agents.errors import CallFailed
from agents.llm.upstreams.base import Call, Chunks, Reply, Upstream, text_of, usage_body

_NAME, _ARGUMENTS, _ANSWER = "tool", "arguments", "answer"
_OF_TOOLS = ("tools", "tool_choice", "parallel_tool_calls")


class BySchema:
    """An upstream whose models obey ``response_format`` json_schema, with tools added.

    Tools are told in the system turn, calls and results of earlier turns as text. An answer holds one call at
    most. Where tools are offered a stream comes in one piece, once the whole answer is there.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def __repr__(self) -> str:
        return f"BySchema({self._upstream!r})"

    @property
    def models(self) -> Sequence[str]:
        """Those inside."""
        return self._upstream.models

    async def complete(self, call: Call) -> Reply:
        """The answer, in which what the model wrote as a call is one."""
        form = _Form.of(call)
        reply = await self._upstream.complete(_plain(call, form))
        if form is None:
            return reply
        choices = [_choice(choice, form, reply) for choice in reply.body["choices"]]
        return Reply({**reply.body, "choices": choices}, reply.usage)

    async def stream(self, call: Call) -> Chunks:
        """The answer's chunks."""
        form = _Form.of(call)
        if form is not None:
            for chunk in _chunks(await self.complete(call)):
                yield chunk
            return
        async with aclosing(self._upstream.stream(_plain(call, None))) as chunks:
            async for chunk in chunks:
                yield chunk


class _Form:
    """The form that an answer must have: a call of one of the tools or, unless a call is required, an answer."""

    def __init__(
        self, tools: Sequence[Mapping[str, Any]], answer: Mapping[str, Any] | None, text: bool
    ) -> None:
        self.tools, self._answer, self._text = tools, answer, text
        self.required = answer is None

    @classmethod
    def of(cls, call: Call) -> "_Form | None":
        """The form of a call's answer; None if no tool may be called."""
        choice = call.body.get("tool_choice") or "auto"
        tools = [tool["function"] for tool in call.body.get("tools") or () if tool.get("type") == "function"]
        if not tools or choice == "none" or call.kind != "chat":
            return None
        if isinstance(choice, Mapping):
            name = choice.get("function", choice).get("name")
            tools = [tool for tool in tools if tool["name"] == name]
            if not tools:
                raise CallFailed(
                    400,
                    "invalid_request",
                    f"tool_choice names {name!r}, which is not in tools",
                    param="tool_choice",
                )
        if choice != "auto":
            return cls(tools, None, text=False)
        wanted = call.body.get("response_format") or {}
        if wanted.get("type") == "json_schema":
            return cls(tools, wanted["json_schema"].get("schema") or {}, text=False)
        if wanted.get("type") == "json_object":
            return cls(tools, {"type": "object"}, text=False)
        return cls(tools, {"type": "string"}, text=True)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the answer."""
        defs: dict[str, Any] = {}
        options = [
            _object(
                {
                    _NAME: {"const": tool["name"]},
                    _ARGUMENTS: _moved(tool.get("parameters"), f"t{number}", defs),
                }
            )
            for number, tool in enumerate(self.tools)
        ]
        if self._answer is not None:
            options.append(_object({_ANSWER: _moved(self._answer, "a", defs)}))
        schema = options[0] if len(options) == 1 else {"anyOf": options}
        return {**schema, "$defs": defs} if defs else schema

    def instructions(self) -> str:
        """What the model is told about its tools."""
        lines = [
            f"- {tool['name']}: {tool.get('description') or 'no description'} "
            f"Arguments: {json.dumps(tool.get('parameters') or {}, separators=(',', ':'))}"
            for tool in self.tools
        ]
        how = f'To call a tool, answer {{"{_NAME}": its name, "{_ARGUMENTS}": its arguments}}.'
        if not self.required:
            how += f' Otherwise answer {{"{_ANSWER}": your answer}}.'
        return "\n".join(("You can call these tools:", *lines, how))

    def read(self, text: str) -> tuple[str, Any] | str | None:
        """A call as name and arguments, or the text of an answer; None for what has not the form."""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(told, dict):
            return None
        offered = any(told.get(_NAME) == tool["name"] for tool in self.tools)
        if offered and isinstance(told.get(_ARGUMENTS), dict):
            return str(told[_NAME]), told[_ARGUMENTS]
        if self.required or _ANSWER not in told:
            return None
        answer = told[_ANSWER]
        return answer if self._text and isinstance(answer, str) else json.dumps(answer)


def _plain(call: Call, form: _Form | None) -> Call:
    """The call without tools, as a model without them is asked."""
    body = {name: value for name, value in call.body.items() if name not in _OF_TOOLS}
    if "messages" in body:
        body["messages"] = _turns(body["messages"], form)
    if form is not None:
        answer = {"name": "answer", "strict": True, "schema": form.schema()}
        body["response_format"] = {"type": "json_schema", "json_schema": answer}
    return Call(call.kind, call.model, body, call.agent, call.name, call.purpose, call.task)


def _turns(messages: Sequence[Mapping[str, Any]], form: _Form | None) -> list[Mapping[str, Any]]:
    """The conversation in turns of text, with the tools told at its beginning."""
    names: dict[str, str] = {}
    turns = [_turn(message, names) for message in messages]
    if form is None:
        return turns
    told = form.instructions()
    if turns and turns[0]["role"] in ("system", "developer"):
        first = {"role": "system", "content": f"{text_of(turns[0]['content'])}\n\n{told}"}
        return [first, *turns[1:]]
    return [{"role": "system", "content": told}, *turns]


def _turn(message: Mapping[str, Any], names: dict[str, str]) -> Mapping[str, Any]:
    """One turn as text; ``names`` are the tools of the calls so far, by the calls' ids."""
    if message["role"] == "tool":
        name = names.get(message.get("tool_call_id", ""), "the tool")
        return {"role": "user", "content": f"Result of {name}: {text_of(message.get('content'))}"}
    calls = message.get("tool_calls")
    if not calls:
        return message
    lines = [text_of(message.get("content"))]
    for made in calls:
        name, arguments = made["function"]["name"], made["function"]["arguments"]
        names[made["id"]] = name
        lines.append(f'{{"{_NAME}": {json.dumps(name)}, "{_ARGUMENTS}": {arguments}}}')
    return {"role": "assistant", "content": "\n".join(filter(None, lines))}


def _choice(choice: Mapping[str, Any], form: _Form, reply: Reply) -> dict[str, Any]:
    """One choice of the reply, with the call that its text is."""
    text = text_of(choice["message"].get("content"))
    if choice.get("finish_reason") == "length":
        return dict(choice)  # cut off: half a call is none
    told = form.read(text)
    if told is None:
        if form.required:
            raise CallFailed(
                502, "no_tool_call", "the model did not call a tool as it had to", usage=reply.usage
            )
        return dict(choice)
    if isinstance(told, str):
        return {**choice, "message": {**choice["message"], "content": told}}
    name, arguments = told
    made = f"{reply.body.get('id')} {choice.get('index')} {text}"
    function = {"name": name, "arguments": json.dumps(arguments)}
    called = {
        "id": f"call_{hashlib.sha256(made.encode()).hexdigest()[:24]}",
        "type": "function",
        "function": function,
    }
    message = {"role": "assistant", "content": None, "tool_calls": [called]}
    return {**choice, "message": message, "finish_reason": "tool_calls"}


def _chunks(reply: Reply) -> Sequence[Mapping[str, Any]]:
    """A whole answer as a stream: what each choice says, how it ends, and the usage."""
    head = {name: reply.body[name] for name in ("id", "created", "model") if name in reply.body}
    head["object"] = "chat.completion.chunk"
    chunks = []
    for choice in reply.body["choices"]:
        delta = dict(choice["message"])
        if "tool_calls" in delta:
            delta["tool_calls"] = [{"index": at, **made} for at, made in enumerate(delta["tool_calls"])]
        for part, finish in ((delta, None), ({}, choice.get("finish_reason"))):
            said = {"index": choice.get("index", 0), "delta": part, "finish_reason": finish}
            chunks.append({**head, "choices": [said]})
    return [*chunks, {**head, "choices": [], "usage": usage_body(reply.usage)}]


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _moved(schema: Any, prefix: str, defs: dict[str, Any]) -> Any:
    """``schema`` as a part of another one: its definitions go to ``defs``, and its references follow them."""
    if not isinstance(schema, Mapping):
        return {"type": "object"}
    schema = dict(schema)
    for place in ("$defs", "definitions"):
        for name, definition in dict(schema.pop(place, {})).items():
            defs[f"{prefix}-{name}"] = _referring(definition, prefix)
    return _referring(schema, prefix)


def _referring(schema: Any, prefix: str) -> Any:
    if isinstance(schema, Mapping):
        return {
            key: _reference(value, prefix) if key == "$ref" else _referring(value, prefix)
            for key, value in schema.items()
        }
    return [_referring(value, prefix) for value in schema] if isinstance(schema, list) else schema


def _reference(value: Any, prefix: str) -> str:
    """A reference to a definition, where it has been moved to."""
    return f"#/$defs/{prefix}-{str(value).rpartition('/')[2]}"
