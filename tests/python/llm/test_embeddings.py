"""Embedder: the published vectors, and what a user of similarity relies on."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.llm.embeddings import DIMENSIONS, Embedder, cosine

EMBEDDER = Embedder()


async def test_vectors_are_those_published_for_the_model() -> None:
    vectors = await EMBEDDER.embed(["This is an example sentence"])
    published = [0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273]
    assert vectors[0][:6] == pytest.approx(published, abs=1e-6)


async def test_embed_is_float32_of_length_one_in_the_order_asked() -> None:
    texts = ["a long text about the sea and the ships on it", "cat", "", "cat"]
    vectors = await EMBEDDER.embed(texts)
    assert vectors.shape == (4, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vectors[1], vectors[3])
    for text, vector in zip(texts, vectors, strict=True):
        assert cosine((await Embedder().embed([text]))[0], vector) == pytest.approx(1, abs=1e-5)


async def test_embed_of_nothing() -> None:
    assert (await EMBEDDER.embed([])).shape == (0, DIMENSIONS)


async def test_embed_is_deterministic_and_remembered() -> None:
    first = await Embedder().embed(["the same text"])
    assert np.array_equal(first, await Embedder().embed(["the same text"]))
    assert np.array_equal(await EMBEDDER.embed(["the same text"]), await EMBEDDER.embed(["the same text"]))


@pytest.mark.parametrize(
    ("text", "related", "unrelated"),
    [
        ("The cat sleeps on the sofa.", "A kitten naps on the couch.", "Interest rates rose again."),
        ("How do I sort a list in Python?", "Ordering arrays in a program", "A poem about autumn"),
        ("Invoice 12 is overdue", "Please pay the outstanding bill", "The goalkeeper saved a penalty"),
    ],
)
async def test_related_texts_are_closer(text: str, related: str, unrelated: str) -> None:
    assert await EMBEDDER.similarity(text, related) > 0.2 + await EMBEDDER.similarity(text, unrelated)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_similarity_of_any_texts_is_a_cosine(first: str, second: str) -> None:
    value = asyncio.run(EMBEDDER.similarity(first, second))
    assert -1 <= value <= 1
    assert asyncio.run(EMBEDDER.similarity(second, first)) == pytest.approx(value, abs=1e-5)
    assert asyncio.run(EMBEDDER.similarity(first, first)) == pytest.approx(1, abs=1e-5)


async def test_text_beyond_the_limit_is_cut() -> None:
    shared = "word " * 300
    assert await EMBEDDER.similarity(shared + "cat", shared + "bank") == pytest.approx(1, abs=1e-5)


async def test_embed_leaves_the_loop_free() -> None:
    running = asyncio.create_task(EMBEDDER.embed([f"{number} " + "long text " * 100 for number in range(8)]))
    turns = 0
    while not running.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 3
    assert (await running).shape == (8, DIMENSIONS)
