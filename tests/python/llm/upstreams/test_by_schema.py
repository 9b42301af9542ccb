"""BySchema: what a model writes as a call becomes one, and what it cannot read is told it as text."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import CallFailed
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, usage_body
from agents.llm.upstreams.by_schema import BySchema

NUMBER = {"type": "integer"}
ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Add two numbers",
        "parameters": {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/N"}, "b": {"$ref": "#/$defs/N"}},
            "$defs": {"N": NUMBER},
        },
    },
}
NOW = {"type": "function", "function": {"name": "now"}}
USER = {"role": "user", "content": "What is 2 plus 3?"}


class Parrot:
    """Says what it is told to, and keeps what it is asked."""

    models = ("m",)

    def __init__(self, text: str, finish: str = "stop") -> None:
        self.text, self.finish = text, finish
        self.asked: list[Any] = []

    async def complete(self, call: Call) -> Reply:
        self.asked.append(call.body)
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        return Reply(
            {"id": "r-1", "object": "chat.completion", "created": 5, "model": "m", "choices": [choice]},
            Usage(9, 4),
        )

    async def stream(self, call: Call) -> Chunks:
        self.asked.append(call.body)
        yield {"choices": [{"index": 0, "delta": {"content": self.text}}]}
        yield {"choices": [], "usage": usage_body(Usage(9, 4))}


def ask(*messages: Any, **body: Any) -> Call:
    return Call("chat", "m", {"messages": list(messages) or [USER], "max_tokens": 50, **body})


def written(tool: str, arguments: Any) -> str:
    return json.dumps({"tool": tool, "arguments": arguments})


async def said(parrot: Parrot, **body: Any) -> Any:
    """The one choice of an answer."""
    return (await BySchema(parrot).complete(ask(**{"tools": [ADD, NOW], **body}))).body["choices"][0]


def schema_of(parrot: Parrot) -> Any:
    return parrot.asked[-1]["response_format"]["json_schema"]["schema"]


def called(choice: Any) -> tuple[str, Any]:
    """Name and arguments of the one call."""
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    (made,) = choice["message"]["tool_calls"]
    assert made["id"].startswith("call_")
    return made["function"]["name"], json.loads(made["function"]["arguments"])


@pytest.mark.parametrize(
    "choice", ["auto", None, "required", {"type": "function", "function": {"name": "add"}}]
)
async def test_a_call_that_is_written_is_made(choice: Any) -> None:
    parrot = Parrot(written("add", {"a": 2, "b": 3}))
    assert called(await said(parrot, tool_choice=choice)) == ("add", {"a": 2, "b": 3})
    asked = parrot.asked[0]
    assert not {"tools", "tool_choice"} & set(asked)
    assert "- add: Add two numbers" in asked["messages"][0]["content"]
    assert asked["messages"][1] == USER


async def test_an_answer_instead_of_a_call() -> None:
    choice = await said(Parrot('{"answer": "five"}'))
    assert choice["message"] == {"role": "assistant", "content": "five"}
    assert choice["finish_reason"] == "stop"


async def test_the_schema_holds_the_choice() -> None:
    parrot = Parrot('{"answer": "five"}')
    await said(parrot)
    options = schema_of(parrot)["anyOf"]
    assert [option["required"] for option in options] == [
        ["tool", "arguments"],
        ["tool", "arguments"],
        ["answer"],
    ]
    assert [option["properties"].get("tool") for option in options] == [
        {"const": "add"},
        {"const": "now"},
        None,
    ]
    assert options[0]["properties"]["arguments"]["properties"]["a"] == {"$ref": "#/$defs/t0-N"}
    assert schema_of(parrot)["$defs"] == {"t0-N": NUMBER}
    parrot.text = written("now", {})
    await said(parrot, tool_choice={"type": "function", "function": {"name": "now"}})
    assert schema_of(parrot)["properties"] == {"tool": {"const": "now"}, "arguments": {"type": "object"}}
    await said(parrot, tool_choice="required")
    assert [option["required"] for option in schema_of(parrot)["anyOf"]] == [["tool", "arguments"]] * 2


async def test_an_answer_in_a_form_of_its_own() -> None:
    form = {
        "type": "json_schema",
        "json_schema": {"name": "a", "schema": {"type": "object", "properties": {"n": NUMBER}}},
    }
    parrot = Parrot('{"answer": {"n": 5}}')
    choice = await said(parrot, response_format=form)
    assert json.loads(choice["message"]["content"]) == {"n": 5}
    assert schema_of(parrot)["anyOf"][2]["properties"]["answer"]["properties"] == {"n": NUMBER}
    choice = await said(parrot, response_format={"type": "json_object"})
    assert json.loads(choice["message"]["content"]) == {"n": 5}


@pytest.mark.parametrize("body", [{"tools": []}, {"tools": None}, {"tool_choice": "none"}])
async def test_where_no_tool_may_be_called_the_answer_is_the_models(body: Any) -> None:
    parrot = Parrot("as it is")
    assert (await said(parrot, **body))["message"]["content"] == "as it is"
    assert parrot.asked[0] == {"messages": [USER], "max_tokens": 50}


async def test_what_has_not_the_form_is_an_answer_or_a_failure() -> None:
    for text in ("no json", "[1]", written("gone", {}), '{"tool": "add"}'):
        assert (await said(Parrot(text)))["message"]["content"] == text
        with pytest.raises(CallFailed) as caught:
            await said(Parrot(text), tool_choice="required")
        assert (caught.value.code, caught.value.usage) == ("no_tool_call", Usage(9, 4))


async def test_half_a_call_is_none() -> None:
    choice = await said(Parrot('{"tool": "add", "argu', "length"), tool_choice="required")
    assert choice["finish_reason"] == "length"
    assert "tool_calls" not in choice["message"]


async def test_a_choice_of_what_is_not_offered_is_refused() -> None:
    with pytest.raises(CallFailed, match="tool_choice names 'gone'") as caught:
        await said(Parrot(""), tool_choice={"type": "function", "function": {"name": "gone"}})
    assert (caught.value.status, caught.value.param) == (400, "tool_choice")


@pytest.mark.parametrize("more", [{}, {"tools": [ADD]}])
async def test_calls_and_results_of_earlier_turns_are_text(more: Any) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2, "b": 3}'}}
    parrot = Parrot('{"answer": "five"}')
    await BySchema(parrot).complete(
        ask(
            {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
            USER,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "5"},
            **more,
        )
    )
    first, *turns = parrot.asked[0]["messages"]
    assert turns == [
        USER,
        {"role": "assistant", "content": '{"tool": "add", "arguments": {"a": 2, "b": 3}}'},
        {"role": "user", "content": "Result of add: 5"},
    ]
    assert ("You can call these tools" in str(first["content"])) is bool(more)
    assert "Be brief." in str(first["content"])


async def test_a_stream_with_tools_says_the_call_in_one_piece() -> None:
    parrot = Parrot(written("add", {"a": 2}))
    chunks = [one async for one in BySchema(parrot).stream(ask(tools=[ADD]))]
    assert [one["object"] for one in chunks] == ["chat.completion.chunk"] * 3
    delta = chunks[0]["choices"][0]["delta"]
    assert delta["tool_calls"][0]["index"] == 0
    assert delta["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a": 2}'}
    assert chunks[1]["choices"][0]["finish_reason"] == "tool_calls"
    assert chunks[2]["choices"] == []
    assert chunks[2]["usage"]["total_tokens"] == 13


async def test_a_stream_without_tools_is_the_models() -> None:
    chunks = [one async for one in BySchema(Parrot("as it is")).stream(ask())]
    assert chunks[0]["choices"][0]["delta"] == {"content": "as it is"}
    assert len(chunks) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["tool", "arguments", "answer", "x"]), inner)
    ),
    max_leaves=5,
)


@given(JSON)
def test_any_answer_is_read_without_a_crash(value: Any) -> None:
    choice = asyncio.run(said(Parrot(json.dumps(value))))
    assert isinstance(choice["message"]["content"], str) or choice["message"]["tool_calls"]
