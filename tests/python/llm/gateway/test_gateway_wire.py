"""The gateway's own HTTP: long heads and things that are no HTTP."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from agents.chain.guard.server import GuardServer
from agents.llm.gateway.wire import MOST_HEAD_BYTES, BoundedHttp

HEAD = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"


async def said(url, *pieces):
    """What the server answers before it hangs up, to bytes that come in these pieces."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
    try:
        with suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(), 20)
        return b""
    finally:
        writer.close()


async def test_a_head_has_its_length(house):
    async with GuardServer(house.gateway.app, http=BoundedHttp) as server, httpx.AsyncClient() as client:
        endless = [HEAD] + [b"x: " + b"y" * 1000 + b"\r\n"] * (4 * MOST_HEAD_BYTES // 1000)
        assert (await said(server.url, *endless)).split(b"\r\n")[0] in (b"", b"HTTP/1.1 431 ")
        almost = {"x": "y" * (MOST_HEAD_BYTES // 2)}
        url = f"{server.url}/healthz"
        # Of one connection: each head is counted by itself.
        assert [(await client.get(url, headers=almost)).status_code for _ in range(4)] == [200] * 4


async def test_a_long_body_is_no_long_head(house):
    async with GuardServer(house.gateway.app, http=BoundedHttp) as server, httpx.AsyncClient() as client:
        content = b" " * (4 * MOST_HEAD_BYTES)
        refused = await client.post(f"{server.url}/v1/chat/completions", content=content)
        assert refused.status_code == 401


@pytest.mark.parametrize("junk", [b"hello\r\n\r\n", bytes(range(256)) * 300, b"\r\n" * 200_000])
async def test_what_is_no_http_is_hung_up_on(house, junk):
    async with GuardServer(house.gateway.app, http=BoundedHttp) as server, httpx.AsyncClient() as client:
        await said(server.url, junk)
        assert (await client.get(f"{server.url}/healthz")).status_code == 200
