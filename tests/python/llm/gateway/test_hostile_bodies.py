"""Bodies made to bring the gateway down, or to make a call cost more than its price."""

import asyncio

import pytest
from house import CHAT, EMBEDDINGS, RESPONSES, chat, says

from agents.llm.gateway import exchange

MESSAGES = b'"messages":[{"role":"user","content":"hi"}]'


def holding(text):
    """The bytes of a chat with this beside its messages."""
    return b'{"model":"scripted",' + MESSAGES + b',"metadata":' + text + b"}"


@pytest.mark.parametrize(
    "raw",
    [
        holding(b'"\xed\xa0\x80"'),  # half a surrogate pair, written in UTF-8 as if it were a character
        holding(b'"\\ud800"').decode().encode("utf-16"),
        holding(b'{"a":1e999}'),
        holding(b'{"a":-1e999}'),
        holding(b"[" * 150 + b"]" * 150),
        holding(b'{"a":' * 900 + b"1" + b"}" * 900),
        b"\xef\xbb\xbf" + holding(b"{}"),
    ],
)
@pytest.mark.parametrize("path", [CHAT, RESPONSES, EMBEDDINGS])
async def test_json_that_cannot_be_passed_on_is_refused(house, raw, path):
    async with house.client(house.member()) as client:
        says(await client.post(path, content=raw), 400, "invalid_request", "body")
    assert not house.state().settled


async def test_body_that_never_ends_is_refused(house, monkeypatch):
    monkeypatch.setattr(exchange, "BODY_SECONDS", 0.01)

    async def endless():
        yield b"{"
        await asyncio.Event().wait()

    async with house.client(house.member()) as client:
        says(await client.post(CHAT, content=endless()), 408, "body_too_slow")


async def test_json_as_deep_as_schemas_are_is_taken(house):
    inner = {}
    for _ in range(40):
        inner = {"type": "object", "properties": {"a": inner}}
    form = {"type": "json_schema", "json_schema": {"name": "deep", "schema": inner}}
    async with house.client(house.member()) as client:
        response = await client.post(CHAT, json=chat(response_format=form))
    assert response.status_code == 200, response.text
