"""Serves an application over HTTP in the event loop that is running, for as long as a block of code runs."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Literal, Self

import uvicorn
from starlette.types import ASGIApp

LOOK_SECONDS = 0.01
GRACE_SECONDS = 3
"""How long requests under way may still take when the server ends."""
MOST_CONNECTIONS = 4096


def settle_memory() -> None:
    """What there is now lasts as long as the process, and the collector need not look at it again.

    With the libraries that are loaded, each of its full rounds would hold up all requests for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """Signals stay with the program that holds the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class GuardServer:
    """Use as ``async with GuardServer(app) as server``; inside, ``server.url`` answers."""

    def __init__(
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        http: type[asyncio.Protocol] | Literal["h11"] = "h11",
    ) -> None:
        """Port 0 is one that the system chooses; ``http`` is what reads requests. Entering raises OSError when the
        port is taken."""
        self._host, self._port = host, port
        self._server = _Server(
            uvicorn.Config(
                app,
                http=http,
                lifespan="on",
                ws="none",
                log_config=None,
                # What clients do wrong is theirs to know: only our own failures are worth a line.
                log_level="error",
                # A line a request would be slow, and would hold the keys that are in the paths.
                access_log=False,
                # Whoever asks could write what is in these headers.
                proxy_headers=False,
                server_header=False,
                date_header=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the application answers, while it runs."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    async def __aenter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Only of a socket that is said to be TCP does the event loop send small packets at once.
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind((self._host, self._port))
        except OSError:
            opened.close()
            raise
        self._port = opened.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve(sockets=[opened]))
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(LOOK_SECONDS)
        if self._serving.done():
            opened.close()
            await self._serving
            raise OSError(f"the server at {self.url} ended as it began")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The port is closed and no request is under way."""
        self._server.should_exit = True
        if self._serving:
            await self._serving
