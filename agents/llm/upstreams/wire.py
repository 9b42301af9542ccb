"""HTTP/1.1 to hosts, for hundreds of requests at the same time.

A general library's pool looks at all connections and all requests whenever one of either changes, and makes a dozen
objects of each request: at a hundred at a time, a call costs ten times what it costs here.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from agents.llm.upstreams.http1 import AnswerReader, Headers, MalformedAnswer

if TYPE_CHECKING:
    import ssl

IDLE_SECONDS = 4.0
"""Node and uvicorn close idle connections after 5 s; ours go first, so that a request never meets one just closed."""
UNREAD_BYTES = 1 << 18
"""So much may have come without being read; then the sender has to wait."""

_FAILURES = (OSError, MalformedAnswer)  # a TimeoutError is an OSError


class Origin(NamedTuple):
    """Whom a connection leads to."""

    host: str
    port: int
    secure: bool

    @classmethod
    def of(cls, url: str) -> "Origin":
        """The one that a URL names."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        return cls(parts.hostname or "", parts.port or (443 if secure else 80), secure)


class Wire:
    """Connections to any hosts, as many as there are requests at a time; idle ones are used again, newest first.

    A request that fails is not sent again. Of proxies it knows nothing. ``secure`` says whom to trust; else those
    are trusted that httpx trusts. Failures have the names that httpx has for them.
    """

    def __init__(self, secure: "ssl.SSLContext | None" = None) -> None:
        self._idle: defaultdict[Origin, list[_Connection]] = defaultdict(list)
        self._secure = secure

    async def send(
        self, origin: Origin, request: bytes, *, connect: float | None, read: float | None
    ) -> "Answer":
        """The answer to a whole request as soon as its head has come; it must be closed. ``connect`` and ``read``
        bound, in seconds, the time for a connection, and for each next piece to come. Raises httpx.TransportError."""
        connection = self._kept(origin) or await self._opened(origin, connect)
        try:
            connection.send(request)
            await connection.head(read)
        except _FAILURES as error:
            connection.close()
            raise _named(error) from error
        except BaseException:
            connection.close()
            raise
        return Answer(self, origin, connection, read)

    async def aclose(self) -> None:
        """Close all idle connections."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()

    def keep(self, origin: Origin, connection: "_Connection") -> None:
        """The connection's answer is no longer read; it is used again, or closed where it cannot be."""
        if connection.renew():
            self._idle[origin].append(connection)
        else:
            connection.close()

    def _kept(self, origin: Origin) -> "_Connection | None":
        """The idle connection that was used last, if it can still be used."""
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if connection.is_usable():
                return connection
            connection.close()
        return None

    async def _opened(self, origin: Origin, limit: float | None) -> "_Connection":
        if origin.secure and self._secure is None:
            self._secure = httpx.create_ssl_context()
        try:
            async with asyncio.timeout(limit):
                _, connection = await asyncio.get_running_loop().create_connection(
                    _Connection, origin.host, origin.port, ssl=self._secure if origin.secure else None
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


class Answer:
    """An answer whose body comes as it is read, over a connection that is its own until it is closed."""

    def __init__(self, wire: Wire, origin: Origin, connection: "_Connection", limit: float | None) -> None:
        self._wire, self._origin, self._connection, self._limit = wire, origin, connection, limit
        self.status_code = connection.answer.status
        self.raw_headers: Headers = connection.answer.headers
        self._open = True

    @property
    def headers(self) -> httpx.Headers:
        """By name."""
        return httpx.Headers(self.raw_headers)

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body in pieces. Raises httpx.TransportError."""
        try:
            while (piece := await self._connection.piece(self._limit)) is not None:
                yield piece
        except _FAILURES as error:
            raise _named(error) from error

    async def aclose(self) -> None:
        """No more is read. A second call does nothing."""
        if self._open:
            self._open = False
            self._wire.keep(self._origin, self._connection)


class Line:
    """The way to one server: requests with the same headers, over a wire of their own."""

    def __init__(self, base_url: str, headers: Headers, connect: float) -> None:
        """Raises httpx.LocalProtocolError for a header that is none."""
        self._origin, self._path = Origin.of(base_url), urlsplit(base_url).path
        self._fixed = head_of(
            [(b"host", urlsplit(base_url).netloc.rpartition("@")[2].encode("idna")), *headers]
        )
        self._wire, self._connect = Wire(), connect

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, content: bytes | None = None, *, read: float | None
    ) -> AsyncIterator[Answer]:
        """The answer, to be read inside; ``path`` comes behind the base. Raises httpx.TransportError."""
        head = f"{method} {self._path}{path} HTTP/1.1\r\n".encode("ascii") + self._fixed
        if content is not None:
            head += b"content-type: application/json\r\ncontent-length: %d\r\n" % len(content)
        request = head + b"\r\n" + (content or b"")
        answer = await self._wire.send(self._origin, request, connect=self._connect, read=read)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def aclose(self) -> None:
        """Close all idle connections."""
        await self._wire.aclose()


class Detour:
    """The same way by httpx, which finds the proxy that the environment names."""

    def __init__(self, base_url: str, headers: Headers, connect: float) -> None:
        self._base_url, self._connect = base_url, connect
        self._client = httpx.AsyncClient(headers=headers)

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, content: bytes | None = None, *, read: float | None
    ) -> AsyncIterator[httpx.Response]:
        """As ``Line.ask``."""
        kind = {} if content is None else {"content-type": "application/json"}
        limits = httpx.Timeout(read, connect=self._connect)
        url = self._base_url + path
        async with self._client.stream(
            method, url, content=content, headers=kind, timeout=limits
        ) as response:
            yield response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


class WireTransport(httpx.AsyncBaseTransport):
    """A wire for an httpx client."""

    def __init__(self, secure: "ssl.SSLContext | None" = None) -> None:
        self._wire = Wire(secure)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response as soon as its head has come. Raises httpx.TransportError."""
        content = await request.aread()
        limits, url = request.extensions.get("timeout", {}), request.url
        secure = url.scheme == "https"
        headers = [pair for pair in request.headers.raw if pair[0].lower() != b"transfer-encoding"]
        if content and "content-length" not in request.headers:
            headers.append((b"content-length", b"%d" % len(content)))
        line = b"%s %s HTTP/1.1\r\n" % (request.method.encode("ascii"), url.raw_path)
        answer = await self._wire.send(
            Origin(url.raw_host.decode("ascii"), url.port or (443 if secure else 80), secure),
            line + head_of(headers) + b"\r\n" + content,
            connect=limits.get("connect"),
            read=limits.get("read"),
        )
        return httpx.Response(answer.status_code, headers=answer.raw_headers, stream=_Stream(answer))

    async def aclose(self) -> None:
        """Close all idle connections."""
        await self._wire.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_bytes()

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Connection(asyncio.Protocol):
    """One connection, which carries one request at a time."""

    def __init__(self) -> None:
        self.answer = AnswerReader()
        self._failure: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False
        self._since = 0.0

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.answer.feed(data)
        if self.answer.unread > UNREAD_BYTES:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc)

    # What the wire asks

    def is_usable(self) -> bool:
        """Whether a request may be sent: the other end is there, has said nothing more, and will not leave now."""
        fresh = time.monotonic() - self._since < IDLE_SECONDS
        return fresh and not self._ended and not self.answer.unread and not self._transport.is_closing()

    def send(self, request: bytes) -> None:
        """All of the request, at once."""
        self._transport.write(request)

    async def head(self, limit: float | None) -> None:
        """Wait until the answer's head has come. Raises TimeoutError, OSError or MalformedAnswer."""
        while not self.answer.head():
            await self._more(limit)

    async def piece(self, limit: float | None) -> bytes | None:
        """The next piece of the body; None at its end. Raises as ``head`` does."""
        while (piece := self.answer.piece()) is None and not self.answer.done:
            await self._more(limit)
        return piece

    def renew(self) -> bool:
        """Whether another request may be sent, now or within IDLE_SECONDS."""
        if not self.answer.is_renewable:
            return False
        self.answer, self._since = AnswerReader(), time.monotonic()
        return self.is_usable()

    def close(self) -> None:
        """End the connection, whatever is under way on it."""
        self._transport.abort()

    async def _more(self, limit: float | None) -> None:
        """Wait until more has come, or the end."""
        if self._failure is not None:
            raise self._failure
        if self._ended:
            return
        self._transport.resume_reading()
        self._waiting = asyncio.get_running_loop().create_future()
        if limit is None:
            await self._waiting
        else:
            async with asyncio.timeout(limit):
                await self._waiting

    def _end(self, failure: Exception | None) -> None:
        self._ended, self._failure = True, failure or self._failure
        self.answer.end()
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def direct(url: str) -> bool:
    """Whether the environment names no proxy for this URL."""
    parts, proxies = urlsplit(url), getproxies()
    return not (parts.scheme in proxies or "all" in proxies) or bool(proxy_bypass(parts.hostname or ""))


def line_to(base_url: str, headers: Headers, connect: float) -> Line | Detour:
    """The way to the server at ``base_url``: every request has ``headers``, and a connection may take ``connect``
    seconds. Raises httpx.LocalProtocolError for a header that is none."""
    return Line(base_url, headers, connect) if direct(base_url) else Detour(base_url, headers, connect)


def transport(url: str) -> WireTransport | None:
    """What carries an httpx client's requests to this URL; None where that has to find a proxy."""
    return WireTransport() if direct(url) else None


def head_of(headers: Headers) -> bytes:
    """Headers as they are sent; raises httpx.LocalProtocolError where one would end before its end."""
    if any(b"\r" in part or b"\n" in part or b"\0" in part for pair in headers for part in pair):
        raise httpx.LocalProtocolError("a header has more than one line")
    return b"".join(b"%s: %s\r\n" % pair for pair in headers)


def _named(error: Exception) -> httpx.TransportError:
    """The same failure as httpx names it."""
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("no answer in time")
    if isinstance(error, OSError):
        return httpx.ReadError(str(error))
    return httpx.RemoteProtocolError(str(error))
