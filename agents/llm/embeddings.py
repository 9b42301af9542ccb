"""Sentence embeddings: all-MiniLM-L6-v2 in plain numpy, for task fit and for memory search."""

import asyncio
import itertools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from agents.llm.weights import MINILM, MINILM_TOKENIZER, find

Array = NDArray[np.float32]

DIMENSIONS = 384
_HEADS, _LAYERS = 12, 6
_MAX_TOKENS = 256  # what the model was trained for; the rest of a longer text is left out
_BATCH = 16  # texts in one forward pass: keeps the attention matrices of long texts under 50 MB
_CACHED = 4096


class Embeds(Protocol):
    """Makes vectors of texts; shipped as ``Embedder``."""

    async def embed(self, texts: Sequence[str]) -> Array:
        """One row of 384 for each text, of length 1."""
        ...


class Embedder:
    """Unit vectors of texts, alike in direction where the texts are alike in meaning.

    The weights load at the first call, off the event loop. One instance is meant to be shared: vectors of the
    last 4096 texts are remembered, one forward pass runs at a time, and all that is asked for before it begins
    is in it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: _MiniLM | None = None
        self._known: OrderedDict[str, Array] = OrderedDict()
        self._asked: dict[str, asyncio.Future[Array]] = {}
        self._work: asyncio.Task[None] | None = None

    async def embed(self, texts: Sequence[str]) -> Array:
        """One row of 384 for each text, of length 1. Raises ModelMissing if the weights are not installed."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        found: dict[str, Array] = {}
        asked: dict[str, asyncio.Future[Array]] = {}
        for text in texts:
            if text in self._known:
                self._known.move_to_end(text)
                found[text] = self._known[text]
            else:
                asked[text] = self._ask(text)
        if asked:
            await asyncio.wait(asked.values())
        found |= {text: future.result() for text, future in asked.items()}
        return np.stack([found[text] for text in texts])

    async def similarity(self, first: str, second: str) -> float:
        """The cosine of two texts, -1 to 1; related short texts reach about 0.3 to 0.7."""
        vectors = await self.embed((first, second))
        return cosine(vectors[0], vectors[1])

    async def count(self, texts: Sequence[str]) -> int:
        """The tokens of all texts that the model reads. Raises ModelMissing as ``embed`` does."""
        return await asyncio.to_thread(self._count, texts)

    def _ask(self, text: str) -> asyncio.Future[Array]:
        """The vector to come, for which a pass is made with what else is asked for before it begins."""
        future = self._asked.get(text)
        if future is None:
            future = self._asked[text] = asyncio.get_running_loop().create_future()
            if self._work is None or self._work.done():
                self._work = asyncio.create_task(self._answer())
        return future

    async def _answer(self) -> None:
        while self._asked:
            batch = dict(itertools.islice(self._asked.items(), _BATCH))
            try:
                vectors = await asyncio.to_thread(self._forward, sorted(batch, key=len))
            except Exception as error:  # noqa: BLE001 - handed to all who asked
                for future in batch.values():
                    future.set_exception(error)
            else:
                self._remember(vectors)
                for text, future in batch.items():
                    future.set_result(vectors[text])
            finally:
                for text, future in batch.items():
                    future.cancel()  # if the pass itself was
                    del self._asked[text]

    def _forward(self, texts: Sequence[str]) -> dict[str, Array]:
        with self._lock:
            return dict(zip(texts, self._load().forward(texts), strict=True))

    def _count(self, texts: Sequence[str]) -> int:
        with self._lock:
            return self._load().count(texts)

    def _load(self) -> "_MiniLM":
        if self._network is None:
            self._network = _MiniLM()
        return self._network

    def _remember(self, vectors: dict[str, Array]) -> None:
        for text, vector in vectors.items():
            self._known[text] = vector
            self._known.move_to_end(text)
        while len(self._known) > _CACHED:
            self._known.popitem(last=False)


def cosine(first: Array, second: Array) -> float:
    """The cosine of two unit vectors, kept within -1 and 1 whatever the rounding."""
    return float(np.clip(np.dot(first, second), -1.0, 1.0))


class _MiniLM:
    """The network itself: BERT with 6 layers, mean pooling, unit length."""

    def __init__(self) -> None:
        self._weights: dict[str, Array] = load_file(find(MINILM))
        self._tokenizer = Tokenizer.from_file(str(find(MINILM_TOKENIZER)))
        self._threads = ThreadpoolController()
        # The file pads every text to 128 tokens, which is waste for short ones, and cuts there.
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.enable_padding()

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts, without padding."""
        return sum(sum(encoding.attention_mask) for encoding in self._tokenizer.encode_batch(list(texts)))

    def forward(self, texts: Sequence[str]) -> Array:
        """A unit vector for each text."""
        # On matrices this small a second thread only spins: measured, one is 2 to 5 times faster on 2 cores.
        with self._threads.limit(limits=1, user_api="blas"):
            return self._forward(texts)

    def _forward(self, texts: Sequence[str]) -> Array:
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = np.array([encoding.ids for encoding in encodings])
        mask = np.array([encoding.attention_mask for encoding in encodings], np.float32)
        hidden = self._embeddings(ids)
        bias = (mask[:, None, None, :] - 1) * np.float32(1e9)
        for layer in range(_LAYERS):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}")
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        length: Array = np.linalg.norm(mean, axis=1, keepdims=True)
        unit: Array = mean / length
        return unit

    def _embeddings(self, ids: NDArray[np.int64]) -> Array:
        words = self._weights["embeddings.word_embeddings.weight"][ids]
        places = self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm(words + places + kind, "embeddings.LayerNorm")

    def _layer(self, hidden: Array, bias: Array, name: str) -> Array:
        attended = self._dense(
            self._attend(hidden, bias, f"{name}.attention.self"), f"{name}.attention.output.dense"
        )
        hidden = self._norm(hidden + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._dense(hidden, f"{name}.intermediate.dense"))
        return self._norm(hidden + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attend(self, hidden: Array, bias: Array, name: str) -> Array:
        texts, tokens, width = hidden.shape
        query, key, value = (
            self._dense(hidden, f"{name}.{part}").reshape(texts, tokens, _HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // _HEADS)) + bias
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        attended: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, width)
        return attended

    def _dense(self, values: Array, name: str) -> Array:
        result: Array = values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result

    def _norm(self, values: Array, name: str) -> Array:
        centred = values - values.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-12))
        result: Array = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return result


def _gelu(x: Array) -> Array:
    """The exact GELU, with erf to 1.5e-7 (Abramowitz and Stegun 7.1.26): numpy has no erf."""
    one = np.float32(1)
    z = np.abs(x) * np.float32(np.sqrt(0.5))
    t: Array = one / (one + np.float32(0.3275911) * z)
    tail = np.zeros_like(x)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail = (tail + np.float32(factor)) * t
    erf = np.sign(x) * (one - tail * np.exp(-z * z))
    result: Array = x * np.float32(0.5) * (one + erf)
    return result
