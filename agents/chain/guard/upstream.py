"""The node behind the guard, as bytes in and bytes out.

A client of its own, on bare sockets: a general one spends ten times as long on a request as all of the guard's
checks do, and does not say whether a request that failed had left.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from agents.errors import RpcError, UpstreamAbsent, UpstreamLost

CONNECTIONS = 8
"""A node answers one request after the other; more sockets only cost time."""
IDLE_SECONDS = 2.0
"""Node closes idle sockets after 5 s; ours go first, so that a request never meets a socket just closed."""
LONGEST_HEAD = 1 << 16
LONGEST_ANSWER = 256 << 20
"""Bytes of an answer's headers, and of its body."""
_SERVER_ERROR = 500

_Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Upstream:
    """A node's JSON-RPC port. ``url`` may be set when the node has come back at another one."""

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        """``url`` is http://host:port; ``timeout`` is in seconds, for one answer."""
        self._timeout = timeout
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[tuple[float, _Socket]] = []
        self.url = url

    @property
    def url(self) -> str:
        """Where the node is."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        parts = urlsplit(url)
        self._url, self._host, self._port = url, parts.hostname or "", parts.port or 80
        self._head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
            "content-type: application/json\r\ncontent-length: "
        ).encode()
        self._close_idle()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections that no request is using; a further request opens its own."""
        self._close_idle()

    async def post(self, body: bytes) -> bytes:
        """The node's answer to one HTTP request.

        Raises UpstreamAbsent when the node has seen nothing of it, UpstreamLost when it may have.
        """
        async with self._slots:
            reader, writer = sockets = await self._socket()
            kept = False
            try:
                async with asyncio.timeout(self._timeout):
                    writer.write(b"%s%d\r\n\r\n%s" % (self._head, len(body), body))
                    await writer.drain()
                    content, kept = await _answer(reader)
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
                # A TimeoutError is an OSError, and an IncompleteReadError an EOFError.
                raise UpstreamLost(f"the node's answer is lost ({type(error).__name__})") from error
            finally:
                if kept and not reader.at_eof():
                    self._idle.append((time.monotonic(), sockets))
                else:
                    writer.transport.abort()
        return content

    async def call(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of reads in one batch; raises RpcError at the first refusal, and as ``post`` does."""
        body = [
            {"jsonrpc": "2.0", "id": at, "method": method, "params": list(params)}
            for at, (method, params) in enumerate(calls)
        ]
        answers = by_id(await self.post(json.dumps(body).encode()), range(len(body)))
        for answer in answers:
            if "error" in answer:
                raise RpcError(answer["error"].get("code", 0), str(answer["error"].get("message")))
        return [answer["result"] for answer in answers]

    async def _socket(self) -> _Socket:
        """An open connection: the one used last, unless it is too old or its other end has gone."""
        while self._idle:
            since, found = self._idle.pop()
            if time.monotonic() - since < IDLE_SECONDS and not found[0].at_eof():
                return found
            found[1].transport.abort()
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.open_connection(self._host, self._port, limit=LONGEST_HEAD)
        except OSError as error:
            raise UpstreamAbsent(f"the node is not there ({type(error).__name__})") from error

    def _close_idle(self) -> None:
        for _, (_, writer) in self._idle:
            writer.transport.abort()
        self._idle.clear()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """The body of one HTTP answer, and whether the connection may be used again; ValueError when it is none."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status, *lines = head.rstrip().split("\r\n")
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if int(status.partition(" ")[2][:3]) >= _SERVER_ERROR:
        raise ValueError(status)
    if headers.get("transfer-encoding") == "chunked":
        content = await _chunks(reader)
    else:
        content = await reader.readexactly(_size(headers.get("content-length", ""), 10))
    return content, headers.get("connection") != "close"


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    pieces, total = [], 0
    while size := _size((await reader.readuntil(b"\r\n")).partition(b";")[0].decode(), 16):
        total += size
        _size(str(total), 10)
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readuntil(b"\r\n")
    return b"".join(pieces)


def _size(text: str, base: int) -> int:
    size = int(text, base)
    if not 0 <= size <= LONGEST_ANSWER:
        raise ValueError(size)
    return size


def by_id(content: bytes, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The replies to the calls with these ids, in their order; raises UpstreamLost unless each has one."""
    try:
        replies = json.loads(content)
    except ValueError:
        raise UpstreamLost("the node's answer is no JSON") from None
    found = {
        one["id"]: one
        for one in (replies if isinstance(replies, list) else [replies])
        if isinstance(one, dict)
        and isinstance(one.get("id"), int)
        and ("result" in one or isinstance(one.get("error"), dict))
    }
    if len(found) != len(ids) or found.keys() != set(ids):
        raise UpstreamLost("the node answered other calls than it was asked")
    return [found[at] for at in ids]
