"""Who asks: with as little work on a request as can be, or as agents do."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench.gateway.stub import MODEL

PROMPT = "Which colour is named in: 'The lamp by the door is blue, as all lamps in this street are'? " * 4
PATH = "/chat/completions"
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


def body(number: int) -> bytes:
    """A short conversation; no two are alike."""
    messages = [
        {"role": "system", "content": "You are a worker in a market."},
        {"role": "user", "content": f"{number}. {PROMPT}"},
    ]
    return json.dumps({"model": MODEL, "messages": messages, "max_tokens": 64, "temperature": 0}).encode()


class Bare:
    """Asks over sockets of its own, as many as there are questions at a time."""

    def __init__(self, url: str, keys: tuple[str, ...] = ()) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path + PATH
        self._keys, self._free = keys, list[Connection]()

    async def ask(self, number: int) -> None:
        """One question; raises RuntimeError where the answer is a refusal."""
        while self._free and self._free[-1].transport.is_closing():
            self._free.pop()  # The server has closed what was idle for long.
        connection = self._free.pop() if self._free else await self._connected()
        key = f"authorization: Bearer {self._keys[number % len(self._keys)]}\r\n" if self._keys else ""
        content = body(number)
        head = (
            f"POST {self._path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: application/json\r\n{key}"
            f"agora-purpose: work\r\nagora-task: {number}\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        answer = await connection.exchange(head.encode() + content)
        if b" 200 " not in answer[:16]:
            raise RuntimeError(answer[:500].decode(errors="replace"))
        self._free.append(connection)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._free:
            connection.transport.close()

    async def _connected(self) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(Connection, self._host, self._port)
        return connection


class Connection(asyncio.Protocol):
    """One socket, with one question under way."""

    transport: asyncio.Transport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    async def exchange(self, request: bytes) -> bytes:
        self._got, self._answer = b"", asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            raise ConnectionError("hung up")
        self.transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(_HEAD_END)
        if end < 0:
            return
        head = self._got[:end].lower()
        start = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[start : head.find(b"\r", start) if b"\r" in head[start:] else None])
        if len(self._got) >= end + len(_HEAD_END) + length:
            self._answer.set_result(self._got)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("hung up"))


class Agent:
    """Asks through httpx, as agents do."""

    def __init__(self, client: httpx.AsyncClient, url: str, keys: tuple[str, ...] = ()) -> None:
        self._client, self._url, self._keys = client, url + PATH, keys

    async def ask(self, number: int) -> None:
        """One question; raises where the answer is a refusal."""
        headers = {"content-type": "application/json", "agora-purpose": "work", "agora-task": str(number)}
        if self._keys:
            headers["authorization"] = f"Bearer {self._keys[number % len(self._keys)]}"
        response = await self._client.post(self._url, content=body(number), headers=headers)
        response.raise_for_status()
        assert response.json()["choices"]
