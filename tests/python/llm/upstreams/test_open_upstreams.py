"""open_upstreams: the embedded models for real, a hosted endpoint, and those of a file."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from model_endpoint import Endpoint, completion, failure
from pydantic import SecretStr

from agents.errors import BadSetting, CallFailed, ModelMissing
from agents.llm.embedded import EmbeddedServer
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Upstream
from agents.llm.upstreams.choice import model_name
from agents.llm.upstreams.embeddings import MINILM_NAME
from agents.llm.upstreams.lanes import Lane
from agents.llm.upstreams.open import embedded_upstream, open_upstreams
from agents.llm.upstreams.router import Router
from agents.llm.weights import SMOLLM2, SMOLLM2_NAME, find
from agents.settings import Settings

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "maxLength": 20},
                "days": {"type": "integer", "minimum": 1, "maximum": 3},
            },
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}


def settings(**values: object) -> Settings:
    blank = {"openai_api_key": None, "openai_base_url": None, "model": None, "gguf": None, "models": None}
    return Settings(_env_file=None, **{**blank, **values})


def ask(text: str, model: str = SMOLLM2_NAME, **body: Any) -> Call:
    return Call("chat", model, {"messages": [{"role": "user", "content": text}], "max_tokens": 60, **body})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded() -> AsyncIterator[Upstream]:
    async with open_upstreams(settings()) as upstream:
        yield upstream


@pytest.mark.asyncio(loop_scope="module")
class TestEmbedded:
    """What the default answers; one serves all these tests."""

    async def test_its_models(self, embedded: Upstream) -> None:
        assert embedded.models == (SMOLLM2_NAME, MINILM_NAME)

    async def test_a_stream_says_what_a_whole_answer_says(self, embedded: Upstream) -> None:
        reply = await embedded.complete(ask("Say hi.", seed=3, temperature=0))
        chunks = [one async for one in embedded.stream(ask("Say hi.", seed=3, temperature=0))]
        said = "".join(one["choices"][0]["delta"].get("content") or "" for one in chunks[:-1])
        assert said == reply.body["choices"][0]["message"]["content"]
        assert chunks[-1]["usage"]["completion_tokens"] == reply.usage.completion_tokens
        assert reply.body["model"] == chunks[0]["model"] == SMOLLM2_NAME

    async def test_a_schema_holds(self, embedded: Upstream) -> None:
        schema = {
            "type": "object",
            "properties": {"colour": {"enum": ["red", "blue"]}},
            "required": ["colour"],
        }
        form = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}}
        reply = await embedded.complete(ask("A colour, please.", response_format=form))
        assert json.loads(reply.body["choices"][0]["message"]["content"])["colour"] in ("red", "blue")

    @pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
    async def test_a_tool_is_called(self, embedded: Upstream, choice: Any) -> None:
        reply = await embedded.complete(
            ask("What is the weather in Rome?", tools=[WEATHER], tool_choice=choice)
        )
        (made,) = reply.body["choices"][0]["message"]["tool_calls"]
        assert made["function"]["name"] == "weather"
        arguments = json.loads(made["function"]["arguments"])
        assert set(arguments) == {"city", "days"}
        assert len(arguments["city"]) <= 20
        assert 1 <= arguments["days"] <= 3

    async def test_an_overflow_is_told_with_its_numbers(self, embedded: Upstream) -> None:
        with pytest.raises(CallFailed) as caught:
            await embedded.complete(ask("hello " * 3000))
        assert caught.value.code == "context_length_exceeded"
        assert caught.value.detail["limit"] == 2048
        assert caught.value.detail["prompt_tokens"] > 3000

    async def test_embeddings(self, embedded: Upstream) -> None:
        reply = await embedded.complete(Call("embeddings", MINILM_NAME, {"input": ["a", "b"]}))
        assert [len(one["embedding"]) for one in reply.body["data"]] == [384, 384]
        with pytest.raises(CallFailed) as caught:
            await embedded.complete(Call("embeddings", SMOLLM2_NAME, {"input": "a"}))
        assert (caught.value.status, caught.value.code) == (400, "wrong_model")


async def test_killed_server_is_reported_at_once_and_stays_dead() -> None:
    async with EmbeddedServer(find(SMOLLM2)) as server, embedded_upstream(server, "x") as upstream:
        router = Router([Lane(upstream, probe=upstream.alive)])
        running = asyncio.create_task(router.complete(ask("Tell me a long story.", "x", max_tokens=900)))
        await asyncio.sleep(0.5)
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(CallFailed, match="SIGKILL"):
            await running
        start = time.monotonic()
        for _ in range(3):
            with pytest.raises(CallFailed, match="what is on chain is safe") as caught:
                await router.complete(ask("x", "x"))
            assert (caught.value.status, caught.value.code) == (503, "model_server_died")
        assert time.monotonic() - start < 3
        assert not await upstream.alive()


async def test_hosted(endpoint: Endpoint) -> None:
    key = SecretStr("sk-s3cret")
    async with open_upstreams(
        settings(openai_base_url=endpoint.url, openai_api_key=key, model="m")
    ) as upstream:
        assert upstream.models == ("m", MINILM_NAME)
        assert (await upstream.complete(ask("x", "m"))).usage == Usage(7, 3)
    assert "authorization: bearer sk-s3cret" in endpoint.heads[0].lower()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"openai_api_key": SecretStr("k")}, "AGORA_MODEL is not set"),
        ({"openai_base_url": "http://localhost:1/v1"}, "AGORA_MODEL is not set"),
        ({"model": "m"}, "OPENAI_API_KEY is not set"),
        ({"model": "m", "openai_api_key": SecretStr("k"), "gguf": Path("x")}, "AGORA_GGUF is set together"),
    ],
)
async def test_half_settings_are_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        async with open_upstreams(settings(**values)):
            pass


async def test_a_gguf_is_named_by_its_stem_and_missed_by_its_path(tmp_path: Path) -> None:
    assert model_name(settings(gguf=tmp_path / "My-Model-Q4.gguf")) == "My-Model-Q4 (embedded)"
    with pytest.raises(ModelMissing, match="AGORA_GGUF"):
        async with open_upstreams(settings(gguf=tmp_path / "gone.gguf")):
            pass


async def test_a_file_of_endpoints(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-s3cret")
    path = tmp_path / "models.yaml"
    path.write_text(f"""
models:
  big: {{input: 1, output: 2}}
upstreams:
  - url: {endpoint.url}
    key: SOME_KEY
    models: {{big: theirs}}
  - url: {endpoint.url}
    models: [big, small]
    tools: schema
""")
    endpoint.answer = lambda body: (
        (200, completion("hi")) if body["model"] != "theirs" else (500, failure("down"))
    )
    found = settings(models=path)
    assert model_name(found) == "big"
    async with open_upstreams(found) as upstream:
        assert upstream.models == ("big", "small", MINILM_NAME)
        for _ in range(2):
            assert (await upstream.complete(ask("x", "big"))).body["choices"][0]["message"]["content"] == "hi"
    assert {body["model"] for body in endpoint.calls} == {"theirs", "big"}
    keys = ["sk-s3cret" in head for head in endpoint.heads]
    assert keys == [body["model"] == "theirs" for body in endpoint.calls]


async def test_a_key_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    path = tmp_path / "models.yaml"
    path.write_text("upstreams: [{url: http://localhost:1/v1, key: SOME_KEY, models: [m]}]")
    with pytest.raises(BadSetting, match="SOME_KEY is not set"):
        async with open_upstreams(settings(models=path)):
            pass
