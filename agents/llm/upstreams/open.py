"""The upstreams that the settings ask for, running while they are needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents.errors import CallFailed, ModelServerDied
from agents.llm.embedded import EmbeddedServer, is_hosted, model_name
from agents.llm.embeddings import Embedder
from agents.llm.upstreams.base import Upstream
from agents.llm.upstreams.by_schema import BySchema
from agents.llm.upstreams.embeddings import EmbeddingUpstream
from agents.llm.upstreams.http import OPENAI_URL, HttpUpstream
from agents.llm.upstreams.router import Router
from agents.llm.weights import SMOLLM2, find, find_gguf
from agents.settings import Settings


@asynccontextmanager
async def open_upstreams(settings: Settings, embedder: Embedder | None = None) -> AsyncIterator[Upstream]:
    """The chat model that ``settings`` ask for, and the embedded sentence embeddings.

    The model is hosted if any OpenAI setting is there, else embedded. Raises BadSetting for settings that
    contradict each other, and ModelMissing for a model that is not there.
    """
    embeddings = EmbeddingUpstream(embedder or Embedder())
    name = model_name(settings)
    if is_hosted(settings):
        url = settings.openai_base_url or OPENAI_URL
        async with HttpUpstream(url, {name: name}, api_key=settings.openai_api_key) as hosted:
            yield Router([hosted, embeddings])
    else:
        gguf = find_gguf(settings.gguf) if settings.gguf else await asyncio.to_thread(find, SMOLLM2)
        async with EmbeddedServer(gguf) as server, embedded_upstream(server, name) as embedded:
            yield Router([BySchema(embedded), embeddings])


def embedded_upstream(server: EmbeddedServer, name: str) -> HttpUpstream:
    """The model of a running server; every call after the server's end fails at once."""

    def check() -> None:
        try:
            server.check()
        except ModelServerDied as error:
            raise CallFailed(503, "model_server_died", str(error)) from None

    return HttpUpstream(server.url, {name: server.model_name}, api_key=server.key, check=check)
