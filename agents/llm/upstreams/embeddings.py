"""The embedded sentence embeddings, served as any endpoint's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agents.errors import CallFailed
from agents.llm.embeddings import Embedder
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, no_model, wrong_kind

MINILM_NAME = "all-MiniLM-L6-v2"
MOST_TEXTS = 2048
"""Texts in one call at most, as with OpenAI."""


class EmbeddingUpstream:
    """all-MiniLM-L6-v2: vectors of 384 numbers, of length 1. A text longer than 256 tokens is cut there."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def models(self) -> Sequence[str]:
        """The one model."""
        return (MINILM_NAME,)

    async def complete(self, call: Call) -> Reply:
        """A list of embeddings in the order of the texts, which is charged by the tokens that are read."""
        if call.model != MINILM_NAME:
            raise no_model(call.model, self.models)
        if call.kind != "embeddings":
            raise wrong_kind(call)
        texts = _texts(call.body)
        vectors = await self._embedder.embed(texts)
        tokens = await self._embedder.count(texts)
        data = [
            {"object": "embedding", "index": index, "embedding": vector.astype(np.float64).tolist()}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return Reply({"object": "list", "data": data, "model": MINILM_NAME, "usage": usage}, Usage(tokens, 0))

    def stream(self, call: Call) -> Chunks:
        """Embeddings are not streamed: raises CallFailed."""
        raise wrong_kind(call)


def _texts(body: Mapping[str, Any]) -> Sequence[str]:
    """The texts of a request, which asks for nothing that this model cannot do."""
    texts = body["input"]
    texts = [texts] if isinstance(texts, str) else texts
    if not texts or len(texts) > MOST_TEXTS or not all(isinstance(text, str) for text in texts):
        raise CallFailed(
            400, "invalid_input", f"input must be a text, or a list of 1 to {MOST_TEXTS} texts", param="input"
        )
    if body.get("dimensions") not in (None, 384):
        raise CallFailed(400, "invalid_dimensions", "dimensions can only be 384", param="dimensions")
    return texts
