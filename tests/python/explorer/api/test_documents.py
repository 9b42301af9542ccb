"""Documents over HTTP: what goes in comes out, and no browser runs it; nobody fills the disk or the memory."""

import asyncio
import base64
import hashlib
import json
from pathlib import Path

import pytest
from standing_in import context_in, inside, serving

from agents.explorer.api.policy import Policy
from agents.explorer.api.security import SANDBOX

SECONDS = 20
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


def sha256_header(data):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("data", "kind", "how"),
    [
        (b'{"title": "x"}', "application/json", "inline"),
        (b"plain words", "text/plain; charset=utf-8", "inline"),
        (b"", "text/plain; charset=utf-8", "inline"),
        (b"{ no json", "text/plain; charset=utf-8", "inline"),
        (b"[" * 100_000, "text/plain; charset=utf-8", "inline"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain; charset=utf-8", "inline"),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
            "text/plain; charset=utf-8",
            "inline",
        ),
        (b"%PDF-1.7 %\xe2\xe3", "application/octet-stream", "attachment"),
        (PNG, "application/octet-stream", "attachment"),
        (b"\x00asm\x01\x00\x00\x00", "application/octet-stream", "attachment"),
        ("<script>".encode("utf-16"), "application/octet-stream", "attachment"),
    ],
)
async def test_document_is_shown_as_text_or_not_at_all(tmp_path, data, kind, how):
    async with inside(context_in(tmp_path)) as client:
        put = await client.put("/content", content=data, headers={"content-type": "text/html"})
        assert put.status_code == 201
        assert put.json() == {"digest": f"0x{digest_of(data)}"}
        for name in (put.json()["digest"], digest_of(data), digest_of(data).upper()):
            got = await client.get(f"/content/{name}")
            assert (got.status_code, got.content) == (200, data)
        assert got.headers["content-type"] == kind
        assert got.headers["content-disposition"].split(";")[0] == how
        assert got.headers["content-security-policy"] == SANDBOX
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cross-origin-resource-policy"] == "same-origin"


async def test_told_digest_is_checked(tmp_path):
    data, other = b"my task", b"another"
    async with inside(context_in(tmp_path)) as client:
        for told in (
            {"params": {"digest": f"0x{digest_of(other)}"}},
            {"headers": {"content-digest": sha256_header(other)}},
        ):
            answer = await client.put("/content", content=data, **told)
            assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")
            assert answer.json()["found"] == f"0x{digest_of(data)}"
        assert (await client.get(f"/content/{digest_of(data)}")).status_code == 404, "nothing was stored"
        for told in (
            {"params": {"digest": digest_of(data)}},
            {"headers": {"content-digest": sha256_header(data)}},
        ):
            assert (await client.put("/content", content=data, **told)).status_code == 201


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"params": {"digest": "0x12"}}, "digest"),
        ({"headers": {"content-digest": "md5=:AAAA:"}}, "Content-Digest"),
        ({"headers": {"content-digest": f"sha-256=:{'=' * 44}:"}}, "Content-Digest"),
    ],
)
async def test_digest_that_is_none_is_refused(tmp_path, told, name):
    async with inside(context_in(tmp_path)) as client:
        answer = await client.put("/content", content=b"x", **told)
    assert (answer.status_code, answer.json()["filters"][0]["name"]) == (422, name)


@pytest.mark.parametrize("name", ["..%2f..%2fexplorer.db", "0x", "g" * 64, "0x" + "1" * 63, "1" * 65])
async def test_name_that_is_no_digest_is_refused(tmp_path, name):
    async with inside(context_in(tmp_path)) as client:
        assert (await client.get(f"/content/{name}")).status_code in (404, 422)


async def test_missing_document_is_named(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        answer = await client.get(f"/content/{'ab' * 32}")
    assert answer.status_code == 404
    assert answer.json()["looked_for"] == {"content": f"0x{'ab' * 32}"}


async def test_document_that_was_altered_is_not_shown(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        digest = (await client.put("/content", content=b"honest")).json()["digest"][2:]
        (tmp_path / "content" / digest[:2] / digest[2:]).write_bytes(b"altered")
        answer = await client.get(f"/content/{digest}")
    assert (answer.status_code, answer.json()["code"]) == (404, "content_altered")
    assert b"altered" not in answer.content.replace(b"was altered", b"").replace(b"content_altered", b"")


async def test_too_large_is_refused_before_it_is_read(tmp_path):
    context = context_in(tmp_path)
    async with serving(context) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"PUT /content HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n")
        async with asyncio.timeout(SECONDS):
            assert b" 413 " in await reader.readline()
        writer.close()
        exact = await client.put("/content", content=b"x" * (1 << 20))
        over = await client.put("/content", content=b"x" * ((1 << 20) + 1))
    assert (exact.status_code, over.status_code) == (201, 413)
    assert over.json()["code"] == "too_large"


async def test_endless_body_is_cut_off(tmp_path):
    context, sent = context_in(tmp_path), 0
    async with serving(context) as client:
        _, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"PUT /content HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n")
        async with asyncio.timeout(SECONDS):
            try:
                while sent < 64 << 20:
                    writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                    await writer.drain()
                    sent += 0x10000
            except ConnectionError:
                pass
        assert sent < 64 << 20, "the connection was closed"
        writer.close()
        assert not list(Path(tmp_path / "content").rglob("*"))
        assert (await client.put("/content", content=b"next")).status_code == 201


async def test_slow_body_is_not_waited_for(tmp_path):
    async with serving(context_in(tmp_path, policy=Policy(patience=0.1))) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"PUT /content HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nslow")
        async with asyncio.timeout(SECONDS):
            answer = await reader.read()
        assert b" 408 " in answer
        assert b"connection: close" in answer.lower()
        writer.close()


async def test_encoded_body_is_refused(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        answer = await client.put("/content", content=b"x", headers={"content-encoding": "gzip"})
    assert answer.status_code == 415


async def test_uploads_are_limited_by_count_and_by_bytes(tmp_path):
    clock = Clock()
    policy = Policy(uploads=1, uploads_burst=3, upload_rate=10, upload_burst=100)
    async with inside(context_in(tmp_path, policy=policy, clock=clock)) as client:
        statuses = [(await client.put("/content", content=b"%d" % at)).status_code for at in range(4)]
        assert statuses == [201, 201, 201, 429]
        clock.now = 100.0
        large = [(await client.put("/content", content=b"%d" % at * 60)).status_code for at in range(2)]
        assert large == [201, 429]
        refused = await client.put("/content", content=b"9" * 60)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        clock.now += 2
        assert (await client.put("/content", content=b"9" * 60)).status_code == 201


async def test_store_that_cannot_be_used_is_no_fault_of_the_client(tmp_path):
    context = context_in(tmp_path)
    (tmp_path / "content").write_text("a file where the folder should be")
    async with inside(context) as client:
        answer = await client.put("/content", content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (503, "content_unavailable")
    assert str(tmp_path) not in json.dumps(answer.json())
