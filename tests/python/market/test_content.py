"""The store gives back what was put in, or says which of the ways to fail it was."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import (
    ContentMalformed,
    ContentMissing,
    ContentTooLarge,
    ContentUnavailable,
    DigestMismatch,
    SettingOutOfRange,
)
from agents.market.content import LIMIT, ContentStore
from agents.market.specification import AnswerKey, NumberChecker, TaskSpecification


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    return ContentStore(str(tmp_path / "content") if request.param == "folder" else f"memory://{uuid4().hex}")


def place(folder: Path, digest: bytes) -> Path:
    return folder / digest.hex()[:2] / digest.hex()[2:]


@given(st.binary(max_size=2000))
def test_what_is_put_is_got(data: bytes) -> None:
    async def there_and_back() -> None:
        store = ContentStore("memory://property")
        digest = await store.put(data)
        assert digest == hashlib.sha256(data).digest()
        assert await store.get(digest) == data

    asyncio.run(there_and_back())


async def test_both_kinds_of_store_keep_documents(store: ContentStore) -> None:
    digests = await asyncio.gather(*(store.put(b"document %d" % (number % 5)) for number in range(20)))
    assert len(set(digests)) == 5
    assert await store.get(digests[7]) == b"document 2"


async def test_a_folder_holds_one_sharded_file_and_no_drafts(tmp_path: Path) -> None:
    store = ContentStore(str(tmp_path))
    digest = await store.put(b"one")
    await store.put(b"one")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place(tmp_path, digest)]
    assert place(tmp_path, digest).read_bytes() == b"one"


async def test_another_process_reads_what_this_one_wrote(tmp_path: Path) -> None:
    digest = await ContentStore(str(tmp_path)).put(b"shared")
    assert await ContentStore(tmp_path.as_uri()).get(digest) == b"shared"


async def test_a_missing_document_is_missing(store: ContentStore) -> None:
    with pytest.raises(ContentMissing, match="00" * 32):
        await store.get(bytes(32))


async def test_an_altered_document_is_refused_and_mended_by_putting_it_again(tmp_path: Path) -> None:
    store = ContentStore(str(tmp_path))
    digest = await store.put(b"the truth")
    place(tmp_path, digest).write_bytes(b"the lie!!")
    with pytest.raises(DigestMismatch, match=digest.hex()):
        await store.get(digest)
    assert await store.put(b"the truth") == digest
    assert await store.get(digest) == b"the truth"


async def test_a_document_has_a_limit_both_ways(store: ContentStore, tmp_path: Path) -> None:
    assert len(await store.get(await store.put(b"x" * LIMIT))) == LIMIT
    with pytest.raises(ContentTooLarge, match="1,048,576"):
        await store.put(b"x" * (LIMIT + 1))
    planted = place(tmp_path, bytes(32))
    planted.parent.mkdir()
    planted.write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(ContentTooLarge):
        await ContentStore(str(tmp_path)).get(bytes(32))


async def test_a_store_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ContentUnavailable):
        await ContentStore(str(tmp_path / "file")).put(b"data")
    digest = hashlib.sha256(b"data").digest()
    place(tmp_path, digest).mkdir(parents=True)
    with pytest.raises(ContentUnavailable):
        await ContentStore(str(tmp_path)).put(b"data")
    assert [name for _, _, files in os.walk(tmp_path) for name in files] == ["file"]


def test_a_url_is_never_repeated_for_it_may_hold_keys() -> None:
    with pytest.raises(SettingOutOfRange, match="content store is 'gopher'") as caught:
        ContentStore("gopher://key:secret@host/x")
    assert "secret" not in str(caught.value)
    assert repr(ContentStore("memory://key:secret@x")) == "ContentStore(memory)"


@pytest.mark.parametrize("value", [{}, {"b": [1, None, "ü"], "a": {"x": True}}])
async def test_json_objects_are_kept_in_one_form(store: ContentStore, value: dict[str, Any]) -> None:
    digest = await store.put_json(value)
    assert await store.get_json(digest) == value
    assert await store.put_json(dict(reversed(value.items()))) == digest


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff", b"[" * 200_000])
async def test_what_is_no_json_object_is_malformed(store: ContentStore, data: bytes) -> None:
    digest = await store.put(data)
    with pytest.raises(ContentMalformed, match=digest.hex()):
        await store.get_json(digest)
    with pytest.raises(ContentMalformed):
        await store.get_specification(digest)


async def test_a_specification_is_found_by_its_digest(store: ContentStore) -> None:
    spec = TaskSpecification(
        title="Sum",
        description="1 + 1?",
        skill="mathematics",
        checker=NumberChecker(commitment=AnswerKey.create("2").commitment()),
    )
    assert await store.put(spec.canonical_bytes()) == spec.digest()
    assert await store.get_specification(spec.digest()) == spec
