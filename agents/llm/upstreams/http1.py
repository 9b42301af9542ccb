"""Reads HTTP/1.1 answers from bytes as they come: as much of the protocol as answers to whole requests need.

They come from servers of all kinds: what is not as it must be ends the connection.
"""

import re
from collections.abc import Generator

LONGEST_LINE = 1 << 16
MOST_HEADERS = 200
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: .*)?")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LENGTH = re.compile(rb"\d{1,18}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?")

Headers = list[tuple[bytes, bytes]]


class MalformedAnswer(Exception):
    """What came is no answer."""


class AnswerReader:
    """One answer: ``feed`` what comes, ask for the head, and then for the pieces of the body."""

    __slots__ = ("_ended", "_head", "_keeps", "_pieces", "_unread", "done", "headers", "status")

    def __init__(self) -> None:
        self._unread, self._ended = bytearray(), False
        self._head, self._pieces = self._read_head(), self._read_body()
        self._keeps = False
        self.status = 0
        """0 while the head has not come."""
        self.headers: Headers = []
        """Names in lower case."""
        self.done = False
        """Whether all of the body was read."""

    @property
    def is_renewable(self) -> bool:
        """Whether the connection can carry another request: this answer was read, and nothing else has come."""
        return self.done and self._keeps and not self._unread and not self._ended

    @property
    def unread(self) -> int:
        """Bytes that have come and were not asked for yet."""
        return len(self._unread)

    def feed(self, data: bytes) -> None:
        """This has come."""
        self._unread += data

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True

    def head(self) -> bool:
        """Whether the head has come; what only informs is passed over. Raises MalformedAnswer."""
        return self.status > 0 or next(self._head, True) is True

    def piece(self) -> bytes | None:
        """More of the body; None where it has yet to come, and at the end (``done``). Raises MalformedAnswer."""
        piece = next(self._pieces, b"")
        if piece == b"":
            self.done = True
            return None
        return piece

    # Each of these goes on where it stopped when more has come.

    def _read_head(self) -> Generator[None, None, None]:
        status = 0
        while status < 200:
            first = _STATUS.fullmatch((yield from self._line()))
            if first is None:
                raise MalformedAnswer("the answer does not begin with a status of HTTP/1.1")
            status, self.headers = int(first[2]), []
            if status == 101:
                raise MalformedAnswer("the server wants to speak another protocol")
            while line := (yield from self._line()):
                self.headers.append(_header(line))
                if len(self.headers) > MOST_HEADERS:
                    raise MalformedAnswer("the answer has too many headers")
            self._keeps = first[1] == b"1" and "close" not in self._all(b"connection")
        self.status = status

    def _read_body(self) -> Generator[bytes | None, None, None]:
        codings, lengths = self._all(b"transfer-encoding"), self._all(b"content-length")
        if self.status in (204, 304):
            return
        if codings:
            if codings != "chunked":
                raise MalformedAnswer("the answer comes in another coding than chunks")
            yield from self._chunks()
        elif lengths:
            # A length may be told twice, if it is the same.
            told = {one.strip() for one in lengths.split(",")}
            length = told.pop().encode()
            if told or not _LENGTH.fullmatch(length):
                raise MalformedAnswer("the answer does not tell its length")
            yield from self._bytes(int(length))
        else:
            self._keeps = False
            while not self._ended or self._unread:
                yield self._take(len(self._unread)) if self._unread else None

    def _chunks(self) -> Generator[bytes | None, None, None]:
        size = -1
        while size:
            told = _CHUNK.fullmatch((yield from self._line()))
            if told is None:
                raise MalformedAnswer("a chunk does not tell its size")
            size = int(told[1], 16)
            if size:
                yield from self._bytes(size)
                if (yield from self._line()):
                    raise MalformedAnswer("a chunk is longer than it says")
        while (yield from self._line()):
            pass

    def _bytes(self, size: int) -> Generator[bytes | None, None, None]:
        while size:
            if self._unread:
                piece = self._take(min(size, len(self._unread)))
                size -= len(piece)
                yield piece
            else:
                self._need_more()
                yield None

    def _line(self) -> Generator[None, None, bytes]:
        while (end := self._unread.find(b"\r\n")) < 0:
            if len(self._unread) > LONGEST_LINE:
                raise MalformedAnswer("a line of the answer has no end")
            self._need_more()
            yield None
        return self._take(end + 2)[:-2]

    def _take(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def _need_more(self) -> None:
        if self._ended:
            raise MalformedAnswer("the server hung up before its answer was whole")

    def _all(self, name: bytes) -> str:
        """All values of a header, in lower case."""
        return ",".join(value.decode("latin-1").lower() for one, value in self.headers if one == name)


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name):
        raise MalformedAnswer("a header of the answer has no name")
    return name.lower(), value.strip()
