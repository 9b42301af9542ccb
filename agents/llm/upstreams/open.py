"""The upstreams that the settings ask for, running while they are needed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from agents.errors import CallFailed, ModelServerDied
from agents.llm.embedded import SLOTS, EmbeddedServer
from agents.llm.embeddings import Embedder
from agents.llm.upstreams.base import Upstream
from agents.llm.upstreams.by_schema import BySchema
from agents.llm.upstreams.choice import embedded_name, is_hosted, model_name
from agents.llm.upstreams.config import Endpoint, endpoints
from agents.llm.upstreams.embeddings import EmbeddingUpstream
from agents.llm.upstreams.http import OPENAI_URL, HttpUpstream
from agents.llm.upstreams.lanes import Lane
from agents.llm.upstreams.router import Router
from agents.llm.weights import MINILM, SMOLLM2, find, find_gguf
from agents.settings import Settings


@asynccontextmanager
async def open_upstreams(settings: Settings, embedder: Embedder | None = None) -> AsyncIterator[Upstream]:
    """The chat models that ``settings`` ask for, and the embedded sentence embeddings.

    They are those of the file of AGORA_MODELS if it names upstreams, else the hosted one of the OpenAI settings, else
    the embedded one. Raises BadSetting for settings that contradict each other, UpstreamsMalformed for a file that
    cannot be used, LibraryMissing, and ModelMissing for a model that is not there.
    """
    model_name(settings)  # raises if they contradict each other
    async with AsyncExitStack() as stack:
        named = endpoints(settings.models)
        if named:
            lanes = [await _lane(endpoint, stack) for endpoint in named]
        elif is_hosted(settings):
            lanes = [await _hosted(settings, stack)]
        else:
            lanes = [await _embedded(settings.gguf, stack)]
        await asyncio.to_thread(find, MINILM)
        lanes.append(Lane(EmbeddingUpstream(embedder or Embedder())))
        yield await stack.enter_async_context(Router(lanes))


def embedded_upstream(server: EmbeddedServer, name: str) -> HttpUpstream:
    """The model of a running server, without tools; every call after the server's end fails at once."""

    def check() -> None:
        try:
            server.check()
        except ModelServerDied as error:
            raise CallFailed(503, "model_server_died", str(error)) from None

    return HttpUpstream(server.url, {name: server.model_name}, api_key=server.key, check=check)


async def _lane(endpoint: Endpoint, stack: AsyncExitStack) -> Lane:
    """One endpoint of the file."""
    if endpoint.embedded:
        return await _embedded(endpoint.gguf, stack)
    upstream, probe = await _upstream(endpoint, stack)
    return Lane(
        BySchema(upstream) if endpoint.tools == "schema" else upstream,
        concurrency=endpoint.concurrency,
        calls_per_minute=endpoint.calls_per_minute,
        tokens_per_minute=endpoint.tokens_per_minute,
        probe=probe,
    )


async def _upstream(
    endpoint: Endpoint, stack: AsyncExitStack
) -> tuple[Upstream, Callable[[], Awaitable[bool]] | None]:
    """What an endpoint of the file is called by, and how it is asked whether it works."""
    key = endpoint.secret()
    if endpoint.url is None:
        # With OpenAI's library, which every command would wait for.
        from agents.llm.upstreams.litellm import LiteLLMUpstream

        return LiteLLMUpstream(endpoint.models, api_key=key, timeout=endpoint.timeout), None
    upstream = HttpUpstream(endpoint.url, endpoint.models, api_key=key, timeout=endpoint.timeout)
    await stack.enter_async_context(upstream)
    return upstream, upstream.alive


async def _hosted(settings: Settings, stack: AsyncExitStack) -> Lane:
    """The endpoint of the OpenAI settings."""
    name, url = model_name(settings), settings.openai_base_url or OPENAI_URL
    upstream = await stack.enter_async_context(
        HttpUpstream(url, {name: name}, api_key=settings.openai_api_key)
    )
    return Lane(
        upstream,
        concurrency=settings.model_concurrency,
        calls_per_minute=settings.model_calls_per_minute,
        probe=upstream.alive,
    )


async def _embedded(gguf: Path | None, stack: AsyncExitStack) -> Lane:
    """A server in a process of its own."""
    path = find_gguf(gguf) if gguf else await asyncio.to_thread(find, SMOLLM2)
    server = await stack.enter_async_context(EmbeddedServer(path))
    upstream = await stack.enter_async_context(embedded_upstream(server, embedded_name(gguf)))
    return Lane(BySchema(upstream), concurrency=SLOTS, probe=upstream.alive)
