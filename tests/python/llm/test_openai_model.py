"""OpenAIModel against a local endpoint: every answer it can get, and what becomes of it."""

import asyncio
import socket
from typing import Any

import pytest
from model_endpoint import Endpoint, completion, failure, request
from pydantic import SecretStr
from structlog.testing import capture_logs

from agents.errors import (
    AgoraError,
    AnswerInvalid,
    AnswerTruncated,
    BadApiKey,
    ModelMissing,
    ModelServerDied,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
)
from agents.llm.openai_model import OpenAIModel
from agents.llm.protocol import Usage, billed

KEY = "sk-very-s3cret"


def model_at(url: str, **options: Any) -> OpenAIModel:
    options = {"pause": 0.001, "timeout": 5.0, "api_key": SecretStr(KEY), **options}
    return OpenAIModel("some-model", base_url=url, **options)


async def fails(endpoint: Endpoint, kind: type[AgoraError], **options: Any) -> AgoraError:
    """The error of one call, which is a ``kind`` and does not show the key."""
    async with model_at(endpoint.url, **options) as model:
        with pytest.raises(kind) as caught:
            await model.complete(request())
    assert KEY not in str(caught.value) + repr(caught.value)
    return caught.value


async def test_complete_sends_the_request_and_returns_answer_with_usage(endpoint: Endpoint) -> None:
    async with model_at(endpoint.url, name="Some Model Q4") as model:
        answer = await model.complete(request(schema={"type": "object"}, seed=9))
    assert (answer.text, answer.model, answer.usage) == ("hello", "Some Model Q4", Usage(7, 3))
    sent = endpoint.calls[0]
    assert sent["messages"] == [{"role": "user", "content": "Say hello."}]
    assert (sent["model"], sent["max_tokens"], sent["seed"], sent["temperature"]) == (
        "some-model",
        50,
        9,
        0.0,
    )
    form = sent["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"] == {"type": "object"}


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_key_is_not_retried(endpoint: Endpoint, status: int) -> None:
    endpoint.answer = lambda _body: (status, failure(f"Incorrect API key provided: {KEY}"))
    error = await fails(endpoint, BadApiKey)
    assert "OPENAI_API_KEY" in str(error)
    assert len(endpoint.calls) == 1


async def test_unknown_model_is_named(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (404, failure("no such model"))
    error = await fails(endpoint, ModelMissing)
    assert "'some-model'" in str(error)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_busy_endpoint_is_tried_again(endpoint: Endpoint, status: int) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        return (status, failure("busy")) if len(endpoint.calls) < 3 else (200, completion("at last"))

    endpoint.answer = answer
    async with model_at(endpoint.url) as model:
        assert (await model.complete(request())).text == "at last"
    assert len(endpoint.calls) == 3


async def test_endpoint_that_stays_busy_is_unavailable(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (500, failure(f"broken {KEY}"))
    error = await fails(endpoint, ModelUnavailable, attempts=3)
    assert "500" in str(error)
    assert len(endpoint.calls) == 3


async def test_retry_after_is_respected(endpoint: Endpoint) -> None:
    endpoint.headers = {"Retry-After": "0.4"}
    endpoint.answer = lambda _body: (429, failure("slow down"))
    start = asyncio.get_running_loop().time()
    await fails(endpoint, ModelUnavailable, attempts=2)
    assert asyncio.get_running_loop().time() - start >= 0.4


async def test_used_up_quota_is_not_retried(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (429, failure("pay", code="insufficient_quota"))
    error = await fails(endpoint, ModelUnavailable)
    assert "quota" in str(error)
    assert len(endpoint.calls) == 1


async def test_silent_endpoint_times_out(endpoint: Endpoint) -> None:
    endpoint.hang = True
    error = await fails(endpoint, ModelUnavailable, timeout=0.2, attempts=2)
    assert "in time" in str(error)
    assert len(endpoint.calls) == 2


async def test_nobody_listening() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with model_at(f"http://user:s3cret@127.0.0.1:{port}/v1", attempts=2) as model:
        with pytest.raises(ModelUnavailable, match=f"127.0.0.1:{port} cannot be reached") as caught:
            await model.complete(request())
        assert "s3cret" not in str(caught.value) + repr(model)


async def test_length_is_truncated_with_usage(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (200, completion('{"a": "b', "length", (7, 50)))
    error = await fails(endpoint, AnswerTruncated)
    assert isinstance(error, AnswerTruncated)
    assert billed(error) == Usage(7, 50)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize(("text", "finish"), [(None, "stop"), ("", "content_filter")])
async def test_refusal_is_invalid_with_usage(endpoint: Endpoint, text: str | None, finish: str) -> None:
    endpoint.answer = lambda _body: (200, completion(text, finish))
    error = await fails(endpoint, AnswerInvalid)
    assert isinstance(error, AnswerInvalid)
    assert billed(error) == Usage(7, 3)


@pytest.mark.parametrize("status", [400, 422])
async def test_bad_request_is_refused_with_the_reason(endpoint: Endpoint, status: int) -> None:
    endpoint.answer = lambda _body: (status, failure(f"prompt too long for {KEY}"))
    error = await fails(endpoint, PromptRefused)
    assert "prompt too long" in str(error)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("reply", [b"<html>hello</html>", {}, {"choices": []}, [1], b""])
async def test_something_else_than_a_completion(endpoint: Endpoint, reply: Any) -> None:
    endpoint.answer = lambda _body: (200, reply)
    await fails(endpoint, ModelUnfit)


async def test_answer_without_usage_cannot_be_charged(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (200, completion("hello", usage=None))
    error = await fails(endpoint, ModelUnfit)
    assert "usage" in str(error)


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
    async with model_at(endpoint.url) as model:
        with capture_logs() as logs:
            assert (await model.complete(request(schema=schema))).text == "fine"
            assert (await model.complete(request(schema=schema))).text == "fine"
    assert [log["parameter"] for log in logs] == ["max_tokens", "temperature", "response_format"]
    assert len(endpoint.calls) == 5
    assert endpoint.calls[-1]["max_completion_tokens"] == 50
    assert endpoint.calls[-1]["response_format"]["json_schema"]["schema"]["properties"] == {
        "a": {"type": "string"}
    }


async def test_calls_at_once_are_limited(endpoint: Endpoint) -> None:
    endpoint.delay = 0.05
    async with model_at(endpoint.url, concurrency=2) as model:
        await asyncio.gather(*(model.complete(request()) for _ in range(6)))
    assert endpoint.most_at_once == 2
    assert len(endpoint.calls) == 6


async def test_before_try_stops_the_retries(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (500, failure("broken"))

    def check() -> None:
        if endpoint.calls:
            raise ModelServerDied("test")

    await fails(endpoint, ModelServerDied, before_try=check)
    assert len(endpoint.calls) == 1
