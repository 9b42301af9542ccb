"""ScriptedUpstream: exact counts, the limits of a real model, and the same reply to the same call."""

from typing import Any

import pytest

from agents.errors import AnswerInvalid, CallFailed, ModelUnavailable, PromptRefused
from agents.llm.protocol import Message, ModelRequest, Usage
from agents.llm.upstreams.base import Call
from agents.llm.upstreams.scripted import ScriptedUpstream


def ask(text: Any = "one two three", **body: Any) -> Call:
    asked = {"messages": [{"role": "user", "content": text}], "max_tokens": 50, **body}
    return Call("chat", "puppet", asked, agent=3, name="ada", purpose="work", task=9)


async def test_complete_counts_words() -> None:
    upstream = ScriptedUpstream(lambda asked: f"{asked.agent} says  hi", name="puppet")
    reply = await upstream.complete(ask())
    assert reply.usage == Usage(3, 3)
    assert reply.body["usage"]["total_tokens"] == 6
    assert reply.body["choices"][0]["message"] == {"role": "assistant", "content": "ada says  hi"}
    assert (reply.body["choices"][0]["finish_reason"], reply.body["model"]) == ("stop", "puppet")
    assert await upstream.complete(ask()) == reply
    assert (await upstream.complete(ask(seed=2))).body["id"] != reply.body["id"]


async def test_the_script_sees_the_request() -> None:
    seen: list[ModelRequest] = []
    upstream = ScriptedUpstream(lambda asked: seen.append(asked) or "ok", name="puppet")
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    await upstream.complete(
        ask(parts, response_format=form, seed=4, temperature=0.5, max_completion_tokens=7)
    )
    assert seen == [
        ModelRequest(
            "ada",
            "work",
            (Message("user", "a\nb"),),
            7,
            schema={"type": "object"},
            temperature=0.5,
            seed=4,
            task=9,
        )
    ]
    await upstream.complete(Call("chat", "puppet", {"messages": [{"role": "tool", "content": "x"}]}))
    assert seen[1].messages == (Message("user", "x"),)


async def test_an_answer_over_the_limit_is_cut() -> None:
    upstream = ScriptedUpstream(lambda _asked: "a b c", name="puppet")
    reply = await upstream.complete(ask("x y", max_tokens=2))
    assert reply.usage == Usage(2, 2)
    choice = reply.body["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "a b")


@pytest.mark.parametrize("text", ["a  b\nc ", "", " "])
async def test_stream_says_the_same_word_by_word(text: str) -> None:
    upstream = ScriptedUpstream(lambda _asked: text, name="puppet")
    reply = await upstream.complete(ask())
    chunks = [one async for one in upstream.stream(ask())]
    deltas = [one["choices"][0]["delta"] for one in chunks[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == text
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], reply.body["usage"])
    assert {one["id"] for one in chunks} == {reply.body["id"]}


@pytest.mark.parametrize(
    ("error", "status", "usage"),
    [
        (CallFailed(429, "rate_limited", "x"), 429, Usage()),
        (ModelUnavailable("x"), 503, Usage()),
        (PromptRefused("x", (4, 0)), 400, Usage(4, 0)),
        (AnswerInvalid("x", (4, 5)), 502, Usage(4, 5)),
    ],
)
async def test_what_the_script_raises_is_the_failure(error: Exception, status: int, usage: Usage) -> None:
    def script(_asked: ModelRequest) -> str:
        raise error

    with pytest.raises(CallFailed) as caught:
        await ScriptedUpstream(script, name="puppet").complete(ask())
    assert (caught.value.status, caught.value.usage) == (status, usage)


async def test_another_model_and_another_kind_are_refused() -> None:
    upstream = ScriptedUpstream(lambda _asked: "x")
    with pytest.raises(CallFailed, match="there is scripted"):
        await upstream.complete(ask())
    with pytest.raises(CallFailed, match="'scripted' does not make embeddings"):
        await upstream.complete(Call("embeddings", "scripted", {"input": "a"}))
