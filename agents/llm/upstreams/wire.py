"""HTTP/1.1 under an httpx client, for hundreds of requests at the same time.

The library's own pool looks at all connections and all requests whenever one of either changes, so at a hundred
requests at a time a call costs ten times what it costs here.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import h11
import httpx

if TYPE_CHECKING:
    import ssl

IDLE_SECONDS = 4.0
"""Node and uvicorn close idle connections after 5 s; ours go first, so that a request never meets one just closed."""
UNREAD_BYTES = 1 << 18
"""So much may have come without being read; then the sender has to wait."""
LONGEST_HEAD = 1 << 17

_FAILURES = (OSError, h11.RemoteProtocolError, h11.LocalProtocolError)  # a TimeoutError is an OSError
_Origin = tuple[bytes, bytes, int]


class Wire(httpx.AsyncBaseTransport):
    """Connections to any hosts, as many as there are requests at a time; idle ones are used again, newest first.

    A request that fails is not sent again. Of proxies it knows nothing. ``secure`` says whom to trust; else those
    are trusted that httpx trusts.
    """

    def __init__(self, secure: "ssl.SSLContext | None" = None) -> None:
        self._idle: defaultdict[_Origin, list[_Connection]] = defaultdict(list)
        self._secure = secure

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response as soon as its head has come. Raises httpx.TransportError."""
        limits = request.extensions.get("timeout", {})
        url = request.url
        secure = url.raw_scheme == b"https"
        origin = url.raw_scheme, url.raw_host, url.port or (443 if secure else 80)
        connection = self._kept(origin) or await self._opened(origin, limits.get("connect"))
        try:
            connection.send(request, await request.aread())
            head = await connection.head(limits.get("read"))
        except _FAILURES as error:
            connection.close()
            raise _named(error) from error
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status_code,
            headers=list(head.headers),
            stream=_Body(self, origin, connection, limits.get("read")),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": bytes(head.reason)},
        )

    async def aclose(self) -> None:
        """Close all idle connections."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()

    def keep(self, origin: _Origin, connection: "_Connection") -> None:
        """The connection's response has been read; it is used again, or closed where it cannot be."""
        if connection.renew():
            self._idle[origin].append(connection)
        else:
            connection.close()

    def _kept(self, origin: _Origin) -> "_Connection | None":
        """The idle connection that was used last, unless it is too old; then all others are, too."""
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if connection.is_usable():
                return connection
            connection.close()
        return None

    async def _opened(self, origin: _Origin, limit: float | None) -> "_Connection":
        scheme, host, port = origin
        if scheme == b"https" and self._secure is None:
            self._secure = httpx.create_ssl_context()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit):
                _, connection = await loop.create_connection(
                    _Connection, host.decode("ascii"), port, ssl=self._secure if scheme == b"https" else None
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


def transport(url: str) -> Wire | None:
    """What carries requests to a URL; None where the environment names a proxy for it, which httpx then finds."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxied = (parts.scheme in proxies or "all" in proxies) and not proxy_bypass(parts.hostname or "")
    return None if proxied else Wire()


class _Connection(asyncio.Protocol):
    """One connection, which carries one request at a time."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._unread = bytearray()
        self._ended = False
        self._failure: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._since = 0.0

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if len(self._unread) > UNREAD_BYTES:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._failure = True, exc
        self._wake()

    # What the wire asks

    def is_usable(self) -> bool:
        """Whether a request may be sent: the other end is there, has said nothing more, and will not leave now."""
        fresh = time.monotonic() - self._since < IDLE_SECONDS
        return fresh and not self._ended and not self._unread and not self._transport.is_closing()

    def send(self, request: httpx.Request, body: bytes) -> None:
        """All of the request, at once."""
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        data = self._http.send(head) or b""
        if body:
            data += self._http.send(h11.Data(data=body)) or b""
        self._transport.write(data + (self._http.send(h11.EndOfMessage()) or b""))

    async def head(self, limit: float | None) -> h11.Response:
        """The response's head, after those that only inform. Raises TimeoutError, OSError, RemoteProtocolError."""
        while not isinstance(event := await self._event(limit), h11.Response):
            if isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("the server hung up without an answer")
        return event

    async def data(self, limit: float | None) -> bytes | None:
        """The next piece of the body; None at its end. Raises as ``head`` does."""
        event = await self._event(limit)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def renew(self) -> bool:
        """Whether another request may be sent, now or within IDLE_SECONDS."""
        done = self._http.our_state is self._http.their_state is h11.DONE
        if not done or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._since = time.monotonic()
        return self.is_usable()

    def close(self) -> None:
        """End the connection, whatever is under way on it."""
        self._transport.abort()

    async def _event(self, limit: float | None) -> h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if not self._unread and not self._ended:
                self._waiting = asyncio.get_running_loop().create_future()
                async with asyncio.timeout(limit):
                    await self._waiting
            if self._failure is not None and not self._unread:
                raise self._failure
            # An empty piece is the end.
            self._http.receive_data(bytes(self._unread))
            self._unread.clear()
            if not self._ended:
                self._transport.resume_reading()
        assert not isinstance(event, type), (
            "h11 pauses only where a request follows before its answer is read"
        )
        return event

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class _Body(httpx.AsyncByteStream):
    """A response's body as it comes."""

    def __init__(self, wire: Wire, origin: _Origin, connection: _Connection, limit: float | None) -> None:
        self._wire, self._origin, self._connection, self._limit = wire, origin, connection, limit
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (data := await self._connection.data(self._limit)) is not None:
                yield data
        except _FAILURES as error:
            raise _named(error) from error

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._wire.keep(self._origin, self._connection)


def _named(error: Exception) -> httpx.TransportError:
    """The same failure as httpx names it."""
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("no answer in time")
    if isinstance(error, OSError):
        return httpx.ReadError(str(error))
    if isinstance(error, h11.LocalProtocolError):
        return httpx.LocalProtocolError(str(error))
    return httpx.RemoteProtocolError(str(error))
