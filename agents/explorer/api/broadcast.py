"""Follows the index for all streams together: what is new is read once, written once, and sent to each."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from agents.explorer.api.records import EVERYTHING, Position, Stretch, Wish, event, newest, read
from agents.explorer.api.standing import Standing
from agents.explorer.waiting import within

PAUSE = 0.05
"""Seconds between two reads: what comes closer together is sent together."""
POLL = 0.25
"""Seconds after which the index is looked at although nobody said that it has grown."""
AGAIN = 1.0
"""Seconds until the next try when the database has failed."""
PIECE = 500
"""Records read at a time."""
MOST_KEPT = 1024
"""Stretches that are kept for streams that are a little behind."""
LATE_BLOCKS = 5
"""An index that lacks more blocks than these is said to be late."""
HEARTBEAT = b": still here\n\n"
RETRY = b"retry: 1000\n\n"
"""Milliseconds after which a browser comes again."""

log = structlog.get_logger(__name__)

T = TypeVar("T")


class TooSlow(Exception):
    """A client is so far behind that it has to come again."""


class Broadcast:
    """Use as ``async with broadcast:``; inside, ``follow`` tells what happens."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        standing: Callable[[], Standing],
        failed: Callable[[], None],
        *,
        heartbeat: float = 15.0,
        most_bytes: int = 8 << 20,
    ) -> None:
        """``reading`` opens the index as it is at one moment; ``failed`` is told when that cannot be done;
        ``heartbeat`` is in seconds; ``most_bytes`` are kept for streams that are a little behind."""
        self._reading, self._standing, self._failed = reading, standing, failed
        self._heartbeat, self._most_bytes = heartbeat, most_bytes
        self._kept: deque[Stretch] = deque()
        self._kept_bytes = 0
        self._first = 0
        """The number of the oldest stretch that is kept."""
        self._before = Position(0, 0)
        """The end of what is not kept any more."""
        self._end = Position(0, 0)
        self._followers = 0
        self._grown, self._woken = asyncio.Event(), asyncio.Event()
        self._state: tuple[object, ...] = ()
        self._up, self._closed = True, False
        self._ready = asyncio.Event()
        """Set once it is known where the index ends."""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        assert self._task is not None
        await self._task

    async def ended(self) -> None:
        """Wait until it follows the index no more; raises what has kept it from it."""
        assert self._task is not None, "it runs only inside `async with`"
        await asyncio.shield(self._task)

    @property
    def end(self) -> Position:
        """The newest place that streams are told of."""
        return self._end

    def wake(self) -> None:
        """The index has grown."""
        self._woken.set()

    def close(self) -> None:
        """All streams end now."""
        self._closed = True
        self._woken.set()
        self._ready.set()
        self._tell()

    async def follow(self, after: Position | None, wish: Wish) -> AsyncGenerator[bytes, None]:
        """What a client is sent that has seen everything up to ``after``, or that wants only what is new.

        Ends when the broadcast does. Raises TooSlow when the client took so long that it must come again.
        """
        self._followers += 1
        try:
            await self._ready.wait()
            at, resumed = after or await self._ask(newest) or self._end, after is not None
            state = self._state
            yield RETRY + self._status()
            while (resumed or not self._goes_on_from(at)) and not self._closed:
                # What is older comes from the index, at the client's own pace.
                stretch = await self._read(at, wish)
                if stretch is None:
                    yield HEARTBEAT
                    await asyncio.sleep(AGAIN)
                    continue
                if text := stretch.text(wish, at):
                    yield text
                at, resumed = stretch.end, False
            async for text in self._live(at, wish, state):
                yield text
        finally:
            self._followers -= 1

    async def _live(self, at: Position, wish: Wish, state: tuple[object, ...]) -> AsyncGenerator[bytes, None]:
        """``state`` is what the client was told of last."""
        number = self._first
        while not self._closed:
            grown = self._grown
            if number < self._first and not self._goes_on_from(at):
                raise TooSlow
            number = max(number, self._first)
            pieces = []
            while number < self._first + len(self._kept):
                stretch = self._kept[number - self._first]
                number += 1
                if stretch.end > at:
                    pieces.append(stretch.text(wish, at))
                    at = stretch.end
            if state != self._state:
                state = self._state
                pieces.append(self._status())
            if text := b"".join(pieces):
                yield text
                continue
            if not await within(self._heartbeat, grown):
                yield HEARTBEAT

    def _goes_on_from(self, at: Position) -> bool:
        """Whether all that follows ``at`` is kept."""
        return self._before <= at

    def _status(self) -> bytes:
        now = self._standing()
        return event(
            "status",
            {
                "head": now.block,
                "chain_head": now.chain_head,
                "behind": now.behind,
                "node": "up" if now.node_up else "down",
                "node_since": now.node_since,
                "database": "up" if self._up else "down",
                "epoch": now.epoch,
            },
        )

    async def _run(self) -> None:
        """Read what is new, again and again."""
        while not self._closed:
            self._woken.clear()
            began = time.monotonic()
            more = await self._look()
            self._note_state()
            if more:
                continue
            await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - began)))
            await within(POLL if self._up else AGAIN, self._woken)

    async def _look(self) -> bool:
        """Keep what is new; whether there may be more at once."""
        if not self._followers or not self._ready.is_set():
            # Nobody listens: what nobody is told of need not be read.
            end = await self._ask(newest)
            if end is not None and not (self._followers and self._ready.is_set()):
                self._forget(end)
                self._ready.set()
            return False
        stretch = await self._read(self._end)
        if stretch is None or stretch.end == self._end:
            return False
        self._kept.append(stretch)
        self._kept_bytes += stretch.size
        self._end = stretch.end
        while len(self._kept) > MOST_KEPT or (self._kept_bytes > self._most_bytes and len(self._kept) > 1):
            oldest = self._kept.popleft()
            self._kept_bytes -= oldest.size
            self._first, self._before = self._first + 1, oldest.end
        self._tell()
        return len(stretch.records) >= PIECE

    def _forget(self, end: Position) -> None:
        self._first += len(self._kept)
        self._kept.clear()
        self._kept_bytes = 0
        self._before = self._end = end

    def _tell(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    def _note_state(self) -> None:
        """Streams are told when the node or the database goes or comes back, and when the index falls behind."""
        now = self._standing()
        state = (now.node_up, self._up, (now.behind or 0) > LATE_BLOCKS)
        if state != self._state:
            self._state = state
            self._tell()

    async def _read(self, at: Position, wish: Wish = EVERYTHING) -> Stretch | None:
        return await self._ask(lambda connection: read(connection, at, PIECE, wish))

    async def _ask(self, question: Callable[[Connection], T]) -> T | None:
        """The answer, or None while the database gives none."""

        def asked() -> T:
            with self._reading() as connection:
                return question(connection)

        try:
            answer = await asyncio.to_thread(asked)
        except SQLAlchemyError as error:
            if self._up:
                # The error's own text holds the statement, and may hold the URL.
                log.warning("explorer.stream_without_database", error=type(error).__name__)
            self._up = False
            self._failed()
            return None
        self._up = True
        return answer
