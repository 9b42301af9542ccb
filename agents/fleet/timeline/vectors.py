"""Sentence embeddings by way of an upstream, so that they can be recorded: other processors round otherwise."""

import asyncio
from collections.abc import Sequence

import numpy as np

from agents.llm.embeddings import DIMENSIONS, Array
from agents.llm.upstreams.base import Call, Upstream
from agents.llm.upstreams.embeddings import MINILM_NAME


class CalledEmbedder:
    """Asks for each text once, and remembers its vector."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._vectors: dict[str, asyncio.Task[dict[str, Array]]] = {}

    async def embed(self, texts: Sequence[str]) -> Array:
        """One row of 384 for each text, of length 1. Raises CallFailed."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            asking = asyncio.create_task(self._ask(new))
            self._vectors.update(dict.fromkeys(new, asking))
        # Many may wait for the one answer, and none of them may cancel it.
        rows = [(await asyncio.shield(self._vectors[text]))[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), np.float32)

    async def _ask(self, texts: list[str]) -> dict[str, Array]:
        call = Call("embeddings", MINILM_NAME, {"model": MINILM_NAME, "input": texts}, purpose="embed")
        reply = await self._upstream.complete(call)
        found = (np.array(one["embedding"], np.float32) for one in reply.body["data"])
        return dict(zip(texts, found, strict=True))
