"""EmbeddingUpstream: the list of the OpenAI API, in the order asked, counted by the model's own tokenizer."""

from typing import Any

import numpy as np
import pytest

from agents.errors import CallFailed
from agents.llm.embeddings import Embedder
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call
from agents.llm.upstreams.embeddings import MINILM_NAME, EmbeddingUpstream

EMBEDDER = Embedder()
UPSTREAM = EmbeddingUpstream(EMBEDDER)


def ask(texts: Any, **body: Any) -> Call:
    return Call("embeddings", MINILM_NAME, {"input": texts, **body})


async def test_vectors_come_in_the_order_of_the_texts() -> None:
    texts = ["a long text about the sea", "cat"]
    reply = await UPSTREAM.complete(ask(texts, dimensions=384))
    assert reply.body["object"] == "list"
    assert [one["index"] for one in reply.body["data"]] == [0, 1]
    vectors = np.array([one["embedding"] for one in reply.body["data"]], np.float32)
    assert np.array_equal(vectors, await EMBEDDER.embed(texts))
    # [CLS] a long text about the sea [SEP], [CLS] cat [SEP]
    assert reply.usage == Usage(8 + 3, 0)
    assert reply.body["usage"] == {"prompt_tokens": 11, "total_tokens": 11}
    single = await UPSTREAM.complete(ask("cat"))
    assert single.body["data"][0]["embedding"] == reply.body["data"][1]["embedding"]


async def test_what_is_cut_off_is_not_charged() -> None:
    assert (await UPSTREAM.complete(ask("word " * 1000))).usage == Usage(256, 0)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": []}, "input"),
        ({"input": [1, 2]}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a", "dimensions": 10}, "dimensions"),
    ],
)
async def test_what_it_cannot_do_is_refused_by_name(body: Any, param: str) -> None:
    with pytest.raises(CallFailed) as caught:
        await UPSTREAM.complete(Call("embeddings", MINILM_NAME, body))
    assert (caught.value.status, caught.value.param) == (400, param)


async def test_it_does_not_chat() -> None:
    chat = Call("chat", MINILM_NAME, {"messages": []})
    with pytest.raises(CallFailed, match="does not chat"):
        await UPSTREAM.complete(chat)
    with pytest.raises(CallFailed, match="does not chat"):
        UPSTREAM.stream(chat)
    with pytest.raises(CallFailed, match=f"there is {MINILM_NAME}"):
        await UPSTREAM.complete(Call("embeddings", "other", {"input": "a"}))
