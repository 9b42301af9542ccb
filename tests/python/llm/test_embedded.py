"""The embedded model for real: its form, its counts, and how it ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
import pytest_asyncio
from model_endpoint import request
from pydantic import BaseModel, SecretStr

from agents.errors import AnswerTruncated, BadSetting, ModelMissing, ModelServerDied, PromptRefused
from agents.llm.embedded import EmbeddedServer, embedded_model, open_model
from agents.llm.openai_model import OpenAIModel
from agents.llm.protocol import Usage, billed
from agents.llm.structured import ask
from agents.llm.weights import SMOLLM2, SMOLLM2_NAME, find
from agents.settings import Settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[EmbeddedServer]:
    async with EmbeddedServer(find(SMOLLM2)) as running:
        yield running


class Answer(BaseModel):
    answer: str


@pytest.mark.asyncio(loop_scope="module")
class TestRunning:
    """What a running server does; one serves all these tests."""

    async def test_schema_holds_and_tokens_are_counted(self, server: EmbeddedServer) -> None:
        async with embedded_model(server, SMOLLM2_NAME) as model:
            value, usage = await ask(model, request("Name a colour, as JSON."), Answer)
        assert value.answer
        assert 0 < usage.prompt_tokens < 100
        assert 0 < usage.completion_tokens <= 50

    async def test_same_request_gives_the_same_answer(self, server: EmbeddedServer) -> None:
        async with embedded_model(server, "x") as model:
            answers = [(await model.complete(request("Say hi.", seed=3))).text for _ in range(2)]
        assert answers[0] == answers[1]

    async def test_token_limit_is_an_error_with_usage(self, server: EmbeddedServer) -> None:
        async with embedded_model(server, "x") as model:
            with pytest.raises(AnswerTruncated) as caught:
                await model.complete(request("Tell me a long story.", max_tokens=5))
        assert billed(caught.value).completion_tokens == 5

    async def test_prompt_over_the_context_is_refused(self, server: EmbeddedServer) -> None:
        async with embedded_model(server, "x") as model:
            with pytest.raises(PromptRefused, match="context"):
                await model.complete(request("hello " * 3000))

    async def test_nobody_is_answered_without_the_key(self, server: EmbeddedServer) -> None:
        async with httpx.AsyncClient() as client:
            body = {"messages": [{"role": "user", "content": "hi"}]}
            assert (await client.post(f"{server.url}/chat/completions", json=body)).status_code == 401
        assert server.url.startswith("http://127.0.0.1:")
        assert server.key.get_secret_value() not in repr(vars(server))


async def test_killed_server_is_reported_and_stays_dead() -> None:
    async with EmbeddedServer(find(SMOLLM2)) as server, embedded_model(server, "x") as model:
        server.check()
        running = asyncio.create_task(model.complete(request("Tell me a long story.", max_tokens=900)))
        await asyncio.sleep(0.5)
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(ModelServerDied, match="SIGKILL"):
            await running
        start = time.monotonic()
        for _ in range(3):
            with pytest.raises(ModelServerDied, match="what is on chain is safe"):
                await model.complete(request())
        assert time.monotonic() - start < 0.5
        with pytest.raises(ModelServerDied):
            server.check()


async def test_server_stops_with_its_context() -> None:
    async with EmbeddedServer(find(SMOLLM2)) as server:
        process = psutil.Process(server.pid)
        assert "OPENAI_API_KEY" not in process.environ()
    assert not process.is_running()


def test_server_dies_with_its_parent_even_after_kill() -> None:
    program = textwrap.dedent("""
        import asyncio, time
        from agents.llm.embedded import EmbeddedServer
        from agents.llm.weights import SMOLLM2, find

        async def main():
            async with EmbeddedServer(find(SMOLLM2)) as server:
                print(server.pid, flush=True)
                await asyncio.sleep(600)

        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
    child.wait(timeout=10)


def test_server_alone_prints_where_it_is_and_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "agents.llm.server", "--gguf", str(find(SMOLLM2)), "--slots", "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        ready = json.loads(process.stdout.readline())
        assert set(ready) == {"url", "model", "key"}
        process.stdin.close()
        assert process.wait(timeout=10) == 0


async def test_damaged_file_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(find(SMOLLM2).read_bytes()[:100_000])
    with pytest.raises(ModelMissing, match=r"damaged\.gguf cannot be loaded \(exit code 2"):
        async with EmbeddedServer(damaged):
            pass


async def test_server_that_is_not_ready_in_time_is_stopped() -> None:
    with pytest.raises(ModelMissing, match="not loaded within"):
        async with EmbeddedServer(find(SMOLLM2), ready_seconds=0.01):
            pass


def settings(**values: object) -> Settings:
    blank = {"openai_api_key": None, "openai_base_url": None, "model": None, "gguf": None}
    return Settings(_env_file=None, **{**blank, **values})


async def test_open_model_embedded_by_default() -> None:
    async with open_model(settings()) as model:
        assert model.name == SMOLLM2_NAME
        answer = await model.complete(request("Say hi."))
    assert answer.model == SMOLLM2_NAME
    assert answer.usage != Usage()


async def test_open_model_with_a_gguf_is_named_by_its_stem(tmp_path: Path) -> None:
    own = tmp_path / "My-Model-Q4.gguf"
    own.symlink_to(find(SMOLLM2))
    async with open_model(settings(gguf=own)) as model:
        assert model.name == "My-Model-Q4 (embedded)"


async def test_open_model_hosted() -> None:
    key = SecretStr("sk-s3cret")
    async with open_model(settings(openai_base_url="http://localhost:1/v1", model="m")) as model:
        assert isinstance(model, OpenAIModel)
        assert model.name == "m"
    async with open_model(settings(openai_api_key=key, model="m")) as model:
        assert repr(model) == "OpenAIModel('m', 'https://api.openai.com')"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"openai_api_key": SecretStr("k")}, "AGORA_MODEL is not set"),
        ({"openai_base_url": "http://localhost:1/v1"}, "AGORA_MODEL is not set"),
        ({"model": "m"}, "OPENAI_API_KEY is not set"),
        ({"model": "m", "openai_api_key": SecretStr("k"), "gguf": Path("x")}, "AGORA_GGUF is set together"),
    ],
)
async def test_open_model_refuses_half_settings(values: dict[str, object], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        async with open_model(settings(**values)):
            pass


async def test_open_model_with_a_gguf_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="AGORA_GGUF"):
        async with open_model(settings(gguf=tmp_path / "gone.gguf")):
            pass
