"""HTTP over the wire: connections are used again, and what fails has the name that httpx has for it."""

import asyncio
import ssl
import subprocess

import httpx
import pytest

from agents.llm.upstreams import wire as module
from agents.llm.upstreams.wire import WireTransport, transport

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"


class Host:
    """A server that gives each request the next of its answers, and keeps what it was sent."""

    def __init__(self, *answers):
        self.answers, self.requests, self.connections = list(answers), [], 0
        self.go, self.secure = asyncio.Event(), None

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.secure)
        scheme = "https" if self.secure else "http"
        self.url = f"{scheme}://localhost:{self.server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (
                        int(line[15:])
                        for line in head.lower().split(b"\r\n")
                        if line.startswith(b"content-length")
                    ),
                    0,
                )
                self.requests.append((head, await reader.readexactly(length)))
                for part in self.answers.pop(0):
                    if part is None:
                        await self.go.wait()
                    elif part == "hang up":
                        return
                    else:
                        writer.write(part)
                        await writer.drain()
        except (EOFError, ConnectionError):
            pass
        finally:
            writer.close()


def whole(body, more=b""):
    return [HEAD + more + b"content-length: %d\r\n\r\n" % len(body) + body]


@pytest.fixture
async def client():
    async with httpx.AsyncClient(transport=WireTransport(), timeout=5) as client:
        yield client


async def test_one_connection_carries_request_after_request(client):
    async with Host(*[whole(b"%d" % number) for number in range(3)]) as host:
        said = [(await client.post(host.url, json={"number": number})).text for number in range(3)]
    assert said == ["0", "1", "2"]
    assert host.connections == 1
    assert [body for _, body in host.requests] == [b'{"number":0}', b'{"number":1}', b'{"number":2}']
    assert host.requests[0][0].startswith(b"POST /v1 HTTP/1.1\r\n")


async def test_requests_at_the_same_time_have_connections_of_their_own(client):
    async with Host(*[[None, *whole(b"a")]] * 20) as host:
        asked = [asyncio.create_task(client.get(host.url)) for _ in range(20)]
        while len(host.requests) < 20:
            await asyncio.sleep(0)
        host.go.set()
        assert [(await one).text for one in asked] == ["a"] * 20
        host.answers += [whole(b"b")]
        await client.get(host.url)
    assert host.connections == 20


async def test_a_stream_comes_piece_by_piece(client):
    answer = [HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\none\r\n", None, b"3\r\ntwo\r\n0\r\n\r\n"]
    async with Host(answer, whole(b"next")) as host:
        async with client.stream("POST", host.url, json={}) as response:
            pieces = response.aiter_bytes()
            assert await anext(pieces) == b"one"
            host.go.set()
            assert [piece async for piece in pieces] == [b"two"]
        assert (await client.get(host.url)).text == "next"
    assert host.connections == 1


async def test_a_body_may_be_sent_in_pieces_and_come_without_a_length(client):
    async def parts():
        yield b"one"
        yield b"two"

    async with Host([HEAD + b"\r\nuntil the end", "hang up"]) as host:
        assert (await client.post(host.url, content=parts())).text == "until the end"
    assert host.requests[0][1] == b"onetwo"


async def test_much_is_read_as_fast_as_it_is_taken(client):
    async with Host(whole(b"x" * (8 << 20))) as host, client.stream("GET", host.url) as response:
        pieces = response.aiter_bytes()
        size = len(await anext(pieces))
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert response.stream._stream._answer._connection.answer.unread <= module.UNREAD_BYTES + (1 << 18)
        size += sum([len(piece) async for piece in pieces])
    assert size == 8 << 20


@pytest.mark.parametrize(
    "first",
    [
        [HEAD + b"connection: close\r\ncontent-length: 1\r\n\r\na"],
        [*whole(b"a"), "hang up"],
        [whole(b"a")[0] + b"what nobody asked for"],
    ],
)
async def test_a_connection_that_cannot_be_used_again_is_not(client, first):
    async with Host(first, whole(b"b")) as host:
        assert (await client.get(host.url)).text == "a"
        await asyncio.sleep(0.01)
        assert (await client.get(host.url)).text == "b"
    assert host.connections == 2


async def test_one_that_has_been_idle_for_long_is_not_used(client, monkeypatch):
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.0)
    async with Host(whole(b"a"), whole(b"b")) as host:
        await client.get(host.url)
        await client.get(host.url)
    assert host.connections == 2


async def test_what_was_left_half_way_is_closed(client):
    async with Host([None], [HEAD + b"content-length: 9\r\n\r\nhalf"], whole(b"b")) as host:
        asked = asyncio.create_task(client.get(host.url))
        while not host.requests:
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        async with client.stream("GET", host.url) as response:
            assert await anext(response.aiter_bytes()) == b"half"
        assert (await client.get(host.url)).text == "b"
    assert host.connections == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (["hang up"], httpx.RemoteProtocolError),
        ([HEAD + b"content-length: 9\r\n\r\nhalf", "hang up"], httpx.RemoteProtocolError),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], httpx.RemoteProtocolError),
        ([b"HTTP/1.1 200 OK\r\nx: " + b"x" * (1 << 18)], httpx.RemoteProtocolError),
        ([None], httpx.ReadTimeout),
        ([HEAD + b"content-length: 9\r\n\r\nhalf", None], httpx.ReadTimeout),
    ],
)
async def test_a_failure_has_its_name(client, answer, error):
    async with Host(answer) as host:
        with pytest.raises(error):
            await client.get(host.url, timeout=httpx.Timeout(5, read=0.05))
        host.go.set()


async def test_nobody_there(client):
    async with Host() as host:
        pass
    with pytest.raises(httpx.ConnectError):
        await client.get(host.url)


async def test_informational_answers_are_passed_over(client):
    async with Host([b"HTTP/1.1 103 Early Hints\r\n\r\n", *whole(b"a")]) as host:
        assert (await client.get(host.url)).text == "a"


async def test_no_time_to_connect():
    async with httpx.AsyncClient(transport=WireTransport()) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get("http://127.0.0.1:1/", timeout=httpx.Timeout(5, connect=0.0))


@pytest.mark.parametrize(
    ("environment", "direct"),
    [
        ({}, True),
        ({"https_proxy": "http://proxy:8080"}, False),
        ({"all_proxy": "http://proxy:8080"}, False),
        ({"http_proxy": "http://proxy:8080"}, True),
        ({"https_proxy": "http://proxy:8080", "no_proxy": "models.example"}, True),
        ({"no_proxy": "other.example"}, True),
    ],
)
def test_where_the_environment_names_a_proxy_it_is_left_to_httpx(monkeypatch, environment, direct):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (transport("https://models.example/v1") is not None) == direct


async def test_secure_connections_are_for_those_who_are_trusted(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *files], check=True, capture_output=True)
    host = Host(whole(b"a"), whole(b"b"))
    host.secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    host.secure.load_cert_chain(certificate, key)
    trusting = WireTransport(ssl.create_default_context(cafile=certificate))
    async with (
        host,
        httpx.AsyncClient(transport=trusting) as client,
        httpx.AsyncClient(transport=WireTransport()) as other,
    ):
        assert [(await client.get(host.url)).text for _ in range(2)] == ["a", "b"]
        with pytest.raises(httpx.ConnectError, match="certificate"):
            await other.get(host.url)
    assert host.connections == 1
