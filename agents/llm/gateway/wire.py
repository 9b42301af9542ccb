"""HTTP as the gateway's server reads it: parsed in C, as by the hundred at a time that is much of what a call costs."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MOST_HEAD_BYTES = 64 << 10
"""Of a request's line and headers, as the parser itself would keep any number of them."""


class BoundedHttp(HttpToolsProtocol):
    """Hangs up on a head that is too long."""

    _in_head = True
    _unread = 0
    """Bytes that came since the last whole head."""

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        self._unread += len(data)
        super().data_received(data)
        if self._in_head and self._unread > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is whole, and its body begins."""
        self._in_head, self._unread = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole, and the next head may follow."""
        self._in_head, self._unread = True, 0
        super().on_message_complete()
