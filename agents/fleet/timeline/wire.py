"""Requests to a node that are answered in place: one after another, in the order in which they were made."""

import asyncio
import http.client
import time

import httpx

from agents.chain.journal.handed import Handed
from agents.chain.rpc import IDLE_SECONDS

ANSWER_SECONDS = 120.0
"""How long the node may take for one answer."""


class InPlace(httpx.AsyncBaseTransport):
    """A transport for ``Rpc``. The process waits for each answer, and no time passes on the timeline.

    A general client would take longer over a request than the node does over most answers.
    """

    def __init__(self, handed: Handed) -> None:
        """``handed`` notes the transactions that the node takes."""
        self._handed = handed
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The node's answer; raises httpx.RequestError where there is none."""
        await asyncio.sleep(0)  # Whoever asks without end must not keep all others from their turns.
        try:
            status, content = self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise httpx.ReadError(type(error).__name__, request=request) from error
        self._handed.note(request.content, content)
        return httpx.Response(status, content=content, request=request)

    async def aclose(self) -> None:
        """Close the connection."""
        self._close()

    def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        connection = self._connected(request.url)
        headers = {"content-type": "application/json"}
        connection.request("POST", request.url.raw_path.decode(), request.content, headers)
        answer = connection.getresponse()
        content = answer.read()
        self._used = time.monotonic()
        return answer.status, content

    def _connected(self, url: httpx.URL) -> http.client.HTTPConnection:
        if self._connection is None or time.monotonic() - self._used >= IDLE_SECONDS:
            self._close()
            self._connection = http.client.HTTPConnection(url.host, url.port or 80, timeout=ANSWER_SECONDS)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
