"""LiteLLMUpstream, with the mock answers of LiteLLM itself where it is installed."""

import importlib.util
from typing import Any

import pytest
from pydantic import SecretStr

from agents.errors import CallFailed, LibraryMissing
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call
from agents.llm.upstreams.litellm import LiteLLMUpstream

INSTALLED = importlib.util.find_spec("litellm") is not None
needed = pytest.mark.skipif(not INSTALLED, reason="LiteLLM is not installed")
CALL = Call("chat", "claude", {"messages": [{"role": "user", "content": "hello there"}], "max_tokens": 9})


def upstream(**options: Any) -> LiteLLMUpstream:
    return LiteLLMUpstream({"claude": "anthropic/claude-3-haiku-20240307"}, **options)


async def fails(**options: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await upstream(**options).complete(CALL)
    assert "s3cret" not in str(caught.value.to_json())
    return caught.value


@pytest.mark.skipif(INSTALLED, reason="LiteLLM is installed")
def test_without_the_library_it_says_what_to_install() -> None:
    with pytest.raises(LibraryMissing, match=r"agora-market\[litellm\]"):
        upstream()


@needed
async def test_an_answer_is_that_of_the_openai_api() -> None:
    reply = await upstream(mock_response="hi you").complete(CALL)
    assert reply.body["choices"][0]["message"]["content"] == "hi you"
    assert (reply.body["model"], reply.body["object"]) == ("claude", "chat.completion")
    assert reply.usage.prompt_tokens > 0
    assert reply.usage.completion_tokens > 0


@needed
async def test_a_stream_ends_with_the_usage() -> None:
    chunks = [one async for one in upstream(mock_response="hi you").stream(CALL)]
    said = "".join(one["choices"][0]["delta"].get("content", "") for one in chunks[:-1])
    assert said == "hi you"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] > 0
    assert all(one["model"] == "claude" for one in chunks)


@needed
@pytest.mark.parametrize(
    ("mock", "status", "code"),
    [
        ("litellm.RateLimitError", 429, "rate_limited"),
        ("litellm.ContextWindowExceededError", 400, "context_length_exceeded"),
        ("litellm.InternalServerError", 502, "upstream_failed"),
    ],
)
async def test_failures_have_the_names_of_all_others(mock: str, status: int, code: str) -> None:
    error = await fails(mock_response=mock)
    assert (error.status, error.code, error.usage) == (status, code, Usage())


@needed
async def test_nobody_there() -> None:
    assert (await fails(mock_timeout=True, timeout=0.05)).code == "upstream_timeout"
    unreachable = LiteLLMUpstream(
        {"claude": "openai/x"}, api_key=SecretStr("sk-s3cret"), api_base="http://127.0.0.1:9/v1"
    )
    with pytest.raises(CallFailed) as caught:
        await unreachable.complete(CALL)
    assert caught.value.status == 502
    assert "s3cret" not in str(caught.value) + repr(unreachable)


@needed
async def test_a_model_that_is_not_there() -> None:
    with pytest.raises(CallFailed, match="there is claude"):
        await upstream().complete(Call("chat", "other", CALL.body))
