"""An upstream that thinks nothing: every POST is answered with the same completion, after a while.

Run as a program it tells its port on standard output, and serves until its standard input is closed:

    python -m bench.gateway.stub MILLISECONDS
"""

import asyncio
import json
import re
import sys

MODEL = "stub"
PROMPT_TOKENS, COMPLETION_TOKENS = 40, 20
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


def completion() -> bytes:
    """The answer's body."""
    usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS}
    message = {"role": "assistant", "content": "blue " * COMPLETION_TOKENS}
    return json.dumps(
        {
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": 0,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": usage | {"total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS},
        }
    ).encode()


def listing() -> bytes:
    """The models, as ``GET /v1/models`` gives them."""
    return json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode()


def response(body: bytes) -> bytes:
    """The body with its head."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Stub(asyncio.Protocol):
    """One connection; each request gets its answer ``delay`` seconds after it came."""

    def __init__(self, delay: float) -> None:
        self._delay, self._unread = delay, b""
        self._completion, self._listing = response(completion()), response(listing())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer all requests that are whole."""
        self._unread += data
        while (end := self._unread.find(_HEAD_END)) >= 0:
            head = self._unread[:end]
            length = _LENGTH.search(head)
            whole = end + len(_HEAD_END) + (int(length[1]) if length else 0)
            if len(self._unread) < whole:
                return
            self._unread = self._unread[whole:]
            answer = self._completion if head.startswith(b"POST") else self._listing
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._answer, answer)
            else:
                self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(delay: float) -> None:
    """Serve until standard input is closed."""
    server = await asyncio.get_running_loop().create_server(lambda: Stub(delay), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1e3))
