"""A small model endpoint on loopback that answers what it is told, and the bodies it may answer with."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agents.llm.protocol import Message, ModelRequest

Reply = tuple[int, Any]


@dataclass
class Endpoint:
    """An HTTP server on loopback; ``answer`` gets each call's body and returns a status and a body."""

    url: str = ""
    answer: Callable[[dict[str, Any]], Reply] = lambda _body: (200, completion("hello"))
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    delay: float = 0.0
    running: int = 0
    most_at_once: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one call and closes the connection."""
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        self.calls.append(body)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await asyncio.sleep(3600 if self.hang else self.delay)
        self.running -= 1
        status, reply = self.answer(body)
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            f"{extra}Connection: close\r\n\r\n".encode()
            + data
        )
        await writer.drain()


def completion(text: str | None, finish: str = "stop", usage: Any = (7, 3)) -> dict[str, Any]:
    """The body of a chat completion."""
    body: dict[str, Any] = {
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}]
    }
    if usage is not None:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return body


def failure(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The body of an OpenAI error."""
    return {"error": {"message": message, "type": "x", "code": code, "param": param}}


def request(text: str = "Say hello.", **fields: Any) -> ModelRequest:
    """A request of one user message."""
    fields = {"max_tokens": 50, **fields}
    return ModelRequest("ada", "work", (Message("user", text),), **fields)
