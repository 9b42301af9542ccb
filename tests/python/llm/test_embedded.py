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
from direct import Direct
from model_endpoint import request
from pydantic import BaseModel

from agents.errors import AnswerTruncated, CallFailed, ModelMissing, ModelServerDied, PromptRefused
from agents.llm.embedded import EmbeddedServer
from agents.llm.protocol import billed
from agents.llm.structured import ask
from agents.llm.upstreams.open import embedded_upstream
from agents.llm.weights import SMOLLM2, SMOLLM2_NAME, find

NAME = SMOLLM2_NAME


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
        async with embedded_upstream(server, NAME) as upstream:
            model = Direct(upstream, NAME)
            value, usage = await ask(model, request("Name a colour, as JSON."), Answer)
        assert value.answer
        assert 0 < usage.prompt_tokens < 100
        assert 0 < usage.completion_tokens <= 50

    async def test_same_request_gives_the_same_answer(self, server: EmbeddedServer) -> None:
        async with embedded_upstream(server, NAME) as upstream:
            model = Direct(upstream, NAME)
            answers = [(await model.complete(request("Say hi.", seed=3))).text for _ in range(2)]
        assert answers[0] == answers[1]

    async def test_token_limit_is_an_error_with_usage(self, server: EmbeddedServer) -> None:
        async with embedded_upstream(server, NAME) as upstream:
            model = Direct(upstream, NAME)
            with pytest.raises(AnswerTruncated) as caught:
                await model.complete(request("Tell me a long story.", max_tokens=5))
        assert billed(caught.value).completion_tokens == 5

    async def test_prompt_over_the_context_is_refused(self, server: EmbeddedServer) -> None:
        async with embedded_upstream(server, NAME) as upstream:
            model = Direct(upstream, NAME)
            with pytest.raises(PromptRefused, match="context"):
                await model.complete(request("hello " * 3000))

    async def test_nobody_is_answered_without_the_key(self, server: EmbeddedServer) -> None:
        async with httpx.AsyncClient() as client:
            body = {"messages": [{"role": "user", "content": "hi"}]}
            assert (await client.post(f"{server.url}/chat/completions", json=body)).status_code == 401
        assert server.url.startswith("http://127.0.0.1:")
        assert server.key.get_secret_value() not in repr(vars(server))


async def test_killed_server_is_reported_and_stays_dead() -> None:
    async with EmbeddedServer(find(SMOLLM2)) as server, embedded_upstream(server, NAME) as upstream:
        server.check()
        model = Direct(upstream, NAME)
        running = asyncio.create_task(model.complete(request("Tell me a long story.", max_tokens=900)))
        await asyncio.sleep(0.5)
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(CallFailed):
            await running
        assert server._process is not None
        await server._process.wait()
        with pytest.raises(ModelServerDied, match="what is on chain is safe"):
            server.check()
        start = time.monotonic()
        for _ in range(3):
            with pytest.raises(CallFailed, match="SIGKILL") as caught:
                await model.complete(request())
            assert caught.value.code == "model_server_died"
        assert time.monotonic() - start < 3


async def test_server_stops_with_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-s3cret")
    async with EmbeddedServer(find(SMOLLM2)) as server:
        process = psutil.Process(server.pid)
        assert "sk-s3cret" not in process.environ().values()
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
