"""A small model endpoint on loopback that answers what it is told, and the bodies it may answer with."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from agents.llm.protocol import Message, ModelRequest

Reply = tuple[int, Any]


@dataclass
class Events:
    """A body of server-sent events: objects, or raw bytes. ``then`` is how it ends: well, by a cut, or never."""

    events: list[Any]
    then: Literal["done", "cut", "hang"] = "done"


@dataclass
class Endpoint:
    """An HTTP server on loopback; ``answer`` gets each call's body and returns a status and a body or Events.

    Asked with GET, it says ``health``. ``hung_up`` counts the callers that left before they had their answer.
    """

    url: str = ""
    answer: Callable[[dict[str, Any]], Reply] = lambda _body: (200, completion("hello"))
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    delay: float = 0.0
    running: int = 0
    most_at_once: int = 0
    health: int = 200
    hung_up: int = 0
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one call and closes the connection."""
        try:
            await self._answer(reader, writer)
        except ConnectionError:
            self.hung_up += 1
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if head.startswith("GET"):
            await self._send(writer, self.health, {"data": []})
            return
        length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        self.calls.append(body)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await self._wait(reader, 3600 if self.hang else self.delay)
        self.running -= 1
        status, reply = self.answer(body)
        if isinstance(reply, Events):
            await self._stream(reader, writer, reply)
        else:
            await self._send(writer, status, reply)

    async def _wait(self, reader: asyncio.StreamReader, seconds: float) -> None:
        """Waits; raises ConnectionError if the caller leaves before."""
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(), seconds)
            raise ConnectionResetError

    async def _send(self, writer: asyncio.StreamWriter, status: int, reply: Any) -> None:
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            f"{extra}Connection: close\r\n\r\n".encode()
            + data
        )
        await writer.drain()

    async def _stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reply: Events
    ) -> None:
        writer.write(
            b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
            b"Connection: close\r\n\r\n"
        )
        for event in [*reply.events, *([b"[DONE]"] if reply.then == "done" else [])]:
            data = b"data: " + (event if isinstance(event, bytes) else json.dumps(event).encode()) + b"\n\n"
            # In two pieces: what comes together is not what was sent together.
            for piece in (data[:9], data[9:]):
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0)
        if reply.then == "hang":
            await self._wait(reader, 3600)
        elif reply.then == "done":
            writer.write(b"0\r\n\r\n")
            await writer.drain()


def chunk(text: str | None, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """One chunk of a streamed chat completion."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c-1", "object": "chat.completion.chunk", "created": 5, "choices": [choice], **fields}


def tokens(usage: Any = (7, 3)) -> dict[str, Any]:
    """The usage of a body."""
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1]}


def completion(text: str | None, finish: str = "stop", usage: Any = (7, 3)) -> dict[str, Any]:
    """The body of a chat completion."""
    body: dict[str, Any] = {
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}]
    }
    if usage is not None:
        body["usage"] = tokens(usage)
    return body


def failure(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The body of an OpenAI error."""
    return {"error": {"message": message, "type": "x", "code": code, "param": param}}


def request(text: str = "Say hello.", **fields: Any) -> ModelRequest:
    """A request of one user message."""
    fields = {"max_tokens": 50, **fields}
    return ModelRequest("ada", "work", (Message("user", text),), **fields)
