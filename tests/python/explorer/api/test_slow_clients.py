"""Connections that say nothing, or too much, do not keep others out."""

import asyncio

from standing_in import context_in, serving

from agents.explorer.api.wire import PatientHttp

SECONDS = 20


class Quick(PatientHttp):
    head_seconds = 0.1
    most_per_address = 3


async def connect(client):
    return await asyncio.open_connection("127.0.0.1", client.base_url.port)


async def closed(reader):
    """What came before the connection was closed."""
    async with asyncio.timeout(SECONDS):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def test_head_that_does_not_come_is_not_waited_for(tmp_path):
    async with serving(context_in(tmp_path), Quick) as client:
        for begun in (b"", b"GET / HTTP/1.1\r\nhost: localhost\r\n"):
            reader, writer = await connect(client)
            writer.write(begun)
            assert await closed(reader) == b""
            writer.close()
        assert (await client.get("/healthz")).status_code == 200


async def test_second_head_on_a_connection_has_its_time_too(tmp_path):
    async with serving(context_in(tmp_path), Quick) as client:
        reader, writer = await connect(client)
        writer.write(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b" 200 " in await reader.readline()
        writer.write(b"GET /he")
        await closed(reader)
        writer.close()


async def test_request_that_takes_longer_than_a_head_is_let_be(tmp_path):
    async with serving(context_in(tmp_path), Quick) as client:
        reader, writer = await connect(client)
        writer.write(b"PUT /content HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nab")
        await asyncio.sleep(3 * Quick.head_seconds)
        writer.write(b"cd")
        assert b" 201 " in await reader.readline()
        writer.close()


async def test_address_has_so_many_connections(tmp_path):
    async with serving(context_in(tmp_path), Quick) as client:
        held = [await connect(client) for _ in range(3)]
        for _, writer in held:
            writer.write(b"PUT /content HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\n")
        await asyncio.sleep(0.05)
        reader, writer = await connect(client)
        assert await closed(reader) == b""
        writer.close()
        for reader, writer in held:
            writer.write(b"abcd")
            assert b" 201 " in await reader.readline()
            writer.close()
        async with asyncio.timeout(SECONDS):
            while PatientHttp._open:
                await asyncio.sleep(0.01)
        assert (await client.get("/healthz")).status_code == 200
