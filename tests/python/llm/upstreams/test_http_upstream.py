"""HttpUpstream against a local endpoint: every answer it can get, and what becomes of it."""

import asyncio
import socket
from contextlib import aclosing
from typing import Any

import pytest
from model_endpoint import Endpoint, Events, chunk, completion, failure, tokens
from pydantic import SecretStr
from structlog.testing import capture_logs

from agents.errors import CallFailed
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks
from agents.llm.upstreams.http import HttpUpstream
from agents.llm.upstreams.refusals import retry_after

KEY = "sk-very-s3cret"
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 50}
OPENAI = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
VLLM = "This model's maximum context length is 2048 tokens. However, you requested 2100 tokens (2000 in the messages)"
LLAMA = {"error": {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 3031, "n_ctx": 2048}}


def upstream_at(url: str, **options: Any) -> HttpUpstream:
    return HttpUpstream(url, {"ours": "theirs"}, **{"timeout": 5.0, "api_key": SecretStr(KEY), **options})


def ask(model: str = "ours", **body: Any) -> Call:
    return Call("chat", model, {**CHAT, "model": model, **body})


async def collected(chunks: Chunks) -> list[Any]:
    async with aclosing(chunks):
        return [one async for one in chunks]


async def fails(endpoint: Endpoint, call: Call | None = None, **options: Any) -> CallFailed:
    """The failure of one call, which does not show the key."""
    async with upstream_at(endpoint.url, **options) as upstream:
        with pytest.raises(CallFailed) as caught:
            await upstream.complete(call or ask())
    assert KEY not in str(caught.value.to_json()) + repr(caught.value)
    assert CallFailed.of_json(caught.value.to_json()).to_json() == caught.value.to_json()
    return caught.value


async def breaks(endpoint: Endpoint, events: Events, **options: Any) -> CallFailed:
    """The failure of a stream of these events, after whatever came before it."""
    endpoint.answer = lambda _body: (200, events)
    async with upstream_at(endpoint.url, **options) as upstream:
        with pytest.raises(CallFailed) as caught:
            await collected(upstream.stream(ask()))
    return caught.value


async def test_complete_sends_the_call_and_returns_the_answer_under_our_name(endpoint: Endpoint) -> None:
    usage = {**tokens(), "prompt_tokens_details": {"cached_tokens": 5}}
    endpoint.answer = lambda _body: (200, {**completion("hello"), "model": "theirs", "usage": usage})
    async with upstream_at(endpoint.url) as upstream:
        reply = await upstream.complete(ask(seed=9, tools=[{"type": "function"}]))
    assert reply.usage == Usage(7, 3, 5)
    assert reply.body["model"] == "ours"
    assert reply.body["choices"][0]["message"]["content"] == "hello"
    assert endpoint.calls == [{**CHAT, "model": "theirs", "seed": 9, "tools": [{"type": "function"}]}]
    assert f"authorization: bearer {KEY}" in endpoint.heads[0].lower()
    assert endpoint.heads[0].startswith("POST /v1/chat/completions ")


async def test_embeddings_are_asked_for_as_numbers(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (
        200,
        {"data": [{"embedding": [0.5]}], "usage": {"prompt_tokens": 4, "total_tokens": 4}},
    )
    async with upstream_at(endpoint.url) as upstream:
        reply = await upstream.complete(
            Call("embeddings", "ours", {"input": ["a"], "encoding_format": "base64"})
        )
    assert reply.usage == Usage(4, 0)
    assert endpoint.calls == [{"input": ["a"], "model": "theirs"}]


@pytest.mark.parametrize("vector", [[], ["a"], [None], [[0.5]], [10**400], [float("nan")], [0.5, {}]])
async def test_embeddings_that_are_no_numbers_are_the_endpoints_fault(
    endpoint: Endpoint, vector: Any
) -> None:
    vectors = [{"embedding": [0.5]}, {"embedding": vector}]
    endpoint.answer = lambda _body: (200, {"data": vectors, "usage": {"prompt_tokens": 4}})
    error = await fails(endpoint, Call("embeddings", "ours", {"input": ["a", "b"]}))
    assert (error.status, error.code) == (502, "upstream_unfit")
    assert endpoint.url.removesuffix("/v1") in str(error)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, failure(f"Incorrect API key provided: {KEY}"), (502, "upstream_refuses_key")),
        (403, failure("no"), (502, "upstream_refuses_key")),
        (404, failure("no such model"), (404, "model_not_found")),
        (429, failure("slow down"), (429, "rate_limited")),
        (429, failure("pay", code="insufficient_quota"), (429, "insufficient_quota")),
        (408, failure("slow"), (504, "upstream_timeout")),
        (504, b"", (504, "upstream_timeout")),
        (409, failure("conflict"), (502, "upstream_failed")),
        (500, failure(f"broken {KEY}"), (502, "upstream_failed")),
        (503, b"<html>down</html>", (502, "upstream_failed")),
        (501, failure("no embeddings here"), (400, "wrong_model")),
        (307, b"", (502, "upstream_unfit")),
        (400, failure(f"bad {KEY}", "invalid_value", "temperature"), (400, "invalid_value")),
        (422, [1], (400, "invalid_request")),
        (400, failure(OPENAI, "context_length_exceeded", "messages"), (400, "context_length_exceeded")),
        (400, failure(VLLM), (400, "context_length_exceeded")),
        (400, LLAMA, (400, "context_length_exceeded")),
    ],
)
async def test_refusals_are_told_by_name(
    endpoint: Endpoint, status: int, body: Any, expected: tuple[int, str]
) -> None:
    endpoint.answer = lambda _body: (status, body)
    error = await fails(endpoint)
    assert (error.status, error.code) == expected
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize(
    ("body", "numbers"),
    [(failure(OPENAI), (9001, 8192)), (failure(VLLM), (2100, 2048)), (LLAMA, (3031, 2048))],
)
async def test_an_overflow_is_told_with_its_numbers(
    endpoint: Endpoint, body: Any, numbers: tuple[int, int]
) -> None:
    endpoint.answer = lambda _body: (400, body)
    error = await fails(endpoint)
    assert (error.detail["prompt_tokens"], error.detail["limit"]) == numbers
    assert f"needs {numbers[0]} tokens" in str(error)
    assert f"holds {numbers[1]}" in str(error)


async def test_a_field_that_is_refused_is_named(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (400, failure("too hot", "invalid_value", "temperature"))
    assert (await fails(endpoint)).param == "temperature"


@pytest.mark.parametrize(
    ("header", "seconds"), [("0.4", 0.4), ("-3", 0), ("9999", 60), ("soon", None), ("nan", 0)]
)
async def test_retry_after_is_told(endpoint: Endpoint, header: str, seconds: float | None) -> None:
    endpoint.headers = {"Retry-After": header}
    endpoint.answer = lambda _body: (429, failure("slow down"))
    assert (await fails(endpoint)).retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    assert retry_after("Fri, 31 Dec 2100 23:59:59 GMT") == 60
    assert retry_after("Sat, 01 Jan 2000 00:00:00 GMT") == 0


async def test_model_that_is_not_there_is_answered_with_the_list(endpoint: Endpoint) -> None:
    error = await fails(endpoint, ask("other"))
    assert (error.status, error.param) == (404, "model")
    assert "there is ours" in str(error)
    assert not endpoint.calls


async def test_silent_endpoint_times_out_and_is_hung_up_on(endpoint: Endpoint) -> None:
    endpoint.hang = True
    error = await fails(endpoint, timeout=0.1)
    assert (error.status, error.code) == (504, "upstream_timeout")
    await until(lambda: endpoint.hung_up == 1)


async def test_nobody_listening() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with upstream_at(f"http://user:s3cret@127.0.0.1:{port}/v1") as upstream:
        with pytest.raises(CallFailed, match=f"127.0.0.1:{port} cannot be reached") as caught:
            await upstream.complete(ask())
        assert (caught.value.status, caught.value.code) == (502, "upstream_unreachable")
        assert "s3cret" not in str(caught.value) + repr(upstream)
        assert not await upstream.alive()


@pytest.mark.parametrize(
    "reply",
    [
        b"<html>hello</html>",
        b"[" * 100_000,
        b"\xff",
        {},
        {"choices": []},
        [1],
        b"",
        {"choices": ["a"]},
        {"choices": [{}]},
    ],
)
async def test_something_else_than_an_answer(endpoint: Endpoint, reply: Any) -> None:
    endpoint.answer = lambda _body: (200, reply)
    assert (await fails(endpoint)).code == "upstream_unfit"


@pytest.mark.parametrize("usage", [None, (-1, 3), ("7", 3), (True, 3), (7, None), (0, 0)])
async def test_answer_without_usage_cannot_be_charged(endpoint: Endpoint, usage: Any) -> None:
    endpoint.answer = lambda _body: (200, completion("hello", usage=usage))
    error = await fails(endpoint)
    assert error.code == "usage_missing"
    assert "cannot be charged" in str(error)


async def test_refused_parameters_are_left_out_from_then_on(endpoint: Endpoint) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if "max_tokens" in body:
            return 400, failure("use max_completion_tokens", "unsupported_parameter", "max_tokens")
        if "temperature" in body:
            return 400, failure("only the default", "unsupported_value", "temperature")
        if "maxLength" in str(body["response_format"]):
            return 400, failure("maxLength is not permitted", None, "response_format")
        return 200, completion("fine")

    endpoint.answer = answer
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 5}}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    async with upstream_at(endpoint.url) as upstream:
        with capture_logs() as logs:
            for _ in range(2):
                await upstream.complete(ask(temperature=0.0, response_format=form))
    assert [log["parameter"] for log in logs] == ["max_tokens", "temperature", "response_format"]
    assert "Say hello." not in str(logs)
    assert len(endpoint.calls) == 5
    assert endpoint.calls[-1]["max_completion_tokens"] == 50
    sent = endpoint.calls[-1]["response_format"]["json_schema"]["schema"]
    assert sent["properties"] == {"a": {"type": "string"}}


async def test_a_limit_is_sent_under_the_name_that_all_servers_know(endpoint: Endpoint) -> None:
    async with upstream_at(endpoint.url) as upstream:
        await upstream.complete(ask(max_completion_tokens=20))
    assert endpoint.calls[0]["max_tokens"] == 20
    assert "max_completion_tokens" not in endpoint.calls[0]


async def test_a_refusal_that_nothing_helps_against_ends(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (400, failure("no", "unsupported_value", "seed"))
    assert (await fails(endpoint, ask(seed=1))).code == "unsupported_value"
    assert len(endpoint.calls) == 2


async def test_check_goes_before_the_call(endpoint: Endpoint) -> None:
    def check() -> None:
        raise CallFailed(503, "model_server_died", "test")

    assert (await fails(endpoint, check=check)).code == "model_server_died"
    assert not endpoint.calls


@pytest.mark.parametrize(("health", "alive"), [(200, True), (404, True), (500, False), (401, False)])
async def test_alive_asks_for_the_models(endpoint: Endpoint, health: int, alive: bool) -> None:
    endpoint.health = health
    async with upstream_at(endpoint.url) as upstream:
        assert await upstream.alive() is alive


@pytest.mark.parametrize("with_the_last", [False, True])
async def test_stream_hands_on_each_chunk_and_the_usage_last(endpoint: Endpoint, with_the_last: bool) -> None:
    last = (
        [chunk(None, "stop", usage=tokens())]
        if with_the_last
        else [chunk(None, "stop", usage=None), {"choices": [], "usage": tokens()}]
    )
    endpoint.answer = lambda _body: (200, Events([chunk("hel"), chunk("lo"), *last]))
    async with upstream_at(endpoint.url) as upstream:
        chunks = await collected(upstream.stream(ask()))
    said = [one["choices"][0]["delta"].get("content") for one in chunks[:-1]]
    assert said == ["hel", "lo", None]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert all(one["model"] == "ours" for one in chunks)
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 10
    assert not any("usage" in one for one in chunks[:-1])
    assert endpoint.calls[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("events", "code", "said"),
    [
        (Events([chunk("a"), chunk("b")], "cut"), "upstream_hung_up", 2),
        (Events([chunk("a")]), "upstream_hung_up", 1),
        (Events([]), "upstream_hung_up", 0),
        (Events([chunk("a"), chunk(None, "stop")]), "usage_missing", 2),
        (Events([chunk("a"), b"{garbage"]), "upstream_unfit", 1),
        (Events([chunk("a"), {"choices": ["a"]}]), "upstream_unfit", 1),
        (Events([{"choices": [{"index": 0}]}]), "upstream_unfit", 0),
        (Events([chunk("a"), {"error": {"message": f"out of memory {KEY}"}}]), "upstream_failed", 1),
        (Events([chunk("a")], "hang"), "upstream_timeout", 1),
    ],
)
async def test_broken_streams_say_what_came(endpoint: Endpoint, events: Events, code: str, said: int) -> None:
    error = await breaks(endpoint, events, timeout=0.2)
    assert (error.code, error.usage) == (code, Usage(0, said))
    assert error.status in (502, 504)
    assert KEY not in str(error)


async def test_a_stream_that_does_not_end_is_left(endpoint: Endpoint) -> None:
    error = await breaks(endpoint, Events([chunk("a")] * 9, "hang"), stream_seconds=0.0)
    assert error.code == "upstream_timeout"
    await until(lambda: endpoint.hung_up == 1)


async def test_refused_stream_fails_as_a_call_does(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (429, failure("slow down"))
    async with upstream_at(endpoint.url) as upstream:
        with pytest.raises(CallFailed, match="slow down"):
            await collected(upstream.stream(ask()))


async def test_who_hangs_up_is_hung_up_for(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (200, Events([chunk("a")], "hang"))
    async with upstream_at(endpoint.url) as upstream:
        async with aclosing(upstream.stream(ask())) as chunks:
            assert (await anext(chunks))["choices"][0]["delta"] == {"content": "a"}
        await until(lambda: endpoint.hung_up == 1)
        endpoint.hang = True
        call = asyncio.create_task(upstream.complete(ask()))
        await until(lambda: len(endpoint.calls) == 2)
        call.cancel()
        await until(lambda: endpoint.hung_up == 2)
        with pytest.raises(asyncio.CancelledError):
            await call


async def until(holds: Any) -> None:
    """Returns when it holds, which it does within 20 seconds."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)
