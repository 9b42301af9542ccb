"""HTTP as the explorer's server reads it: a client cannot hold connections by saying nothing."""

import asyncio
from collections import Counter
from typing import ClassVar

from agents.llm.gateway.wire import BoundedHttp

ABORT = "agora.abort"
"""In the scope of a request: closes its connection at once, whatever is still unsent."""
HEAD_SECONDS = 10.0
"""How long a request's line and headers may take."""
MOST_PER_ADDRESS = 512
"""Connections of one address at the same time."""


class PatientHttp(BoundedHttp):
    """Hangs up on who takes too long to ask, and on who opens too many connections."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    most_per_address: ClassVar[int] = MOST_PER_ADDRESS
    _open: ClassVar[Counter[str]] = Counter()
    _counted: str | None = None
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless the address has too many connections."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._open[address] >= self.most_per_address:
            transport.abort()
            return
        self._open[address] += 1
        self._counted = address
        self._wait()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection has ended."""
        self._stop_waiting()
        if self._counted is not None:
            self._open[self._counted] -= 1
            if not self._open[self._counted]:
                del self._open[self._counted]
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Take what has come: with the first byte of a head, its time begins."""
        if self._in_head and self._deadline is None:
            self._wait()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop_waiting()
        self.scope[ABORT] = self.transport.abort  # type: ignore[literal-required]
        super().on_headers_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
