"""How far long work has come: a bar for a person at a terminal, a line now and then for a log."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from typing import Protocol, TextIO

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

LOOK_SECONDS = 0.2
LINE_SECONDS = 10.0
"""Between two lines of one piece of work."""

Advance = Callable[[int], None]
"""Told how much is done in all, which may go down again."""
log = structlog.get_logger(__name__)


class Progress(Protocol):
    """Shows pieces of work; shipped as ``Quiet``, ``Drawn`` and ``Logged``."""

    def stage(self, what: str, total: int) -> AbstractContextManager[Advance]:
        """One piece of work of ``total`` steps, which ends with the block."""
        ...


class Quiet:
    """Shows nothing."""

    @contextmanager
    def stage(self, _what: str, _total: int) -> Iterator[Advance]:
        """Tell nobody."""
        yield lambda _done: None


class Drawn:
    """Bars on a console, which are gone when their work is done; what is logged meanwhile stands above them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Bars | None = None
        self._stages = 0

    @contextmanager
    def stage(self, what: str, total: int) -> Iterator[Advance]:
        """Draw a bar, beside those of other stages under way."""
        if self._bars is None:
            self._bars = Bars(*_columns(), console=self._console, transient=True)
            self._bars.start()
        bars, self._stages = self._bars, self._stages + 1
        bar = bars.add_task(what, total=total)
        try:
            yield lambda done: bars.update(bar, completed=done)
        finally:
            bars.remove_task(bar)
            self._stages -= 1
            if not self._stages:
                bars.stop()
                self._bars = None


class Logged:
    """A line in the log every LINE_SECONDS, and one at the end of what took longer than that."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    @contextmanager
    def stage(self, what: str, total: int) -> Iterator[Advance]:
        """Log what is told of it, but not all."""
        began = said = self._clock()
        done = 0

        def advance(now_done: int) -> None:
            nonlocal done, said
            done, now = now_done, self._clock()
            if now - said >= LINE_SECONDS:
                said = now
                log.info("progress", work=what, done=done, total=total, seconds=round(now - began, 1))

        yield advance
        if said != began:
            seconds = round(self._clock() - began, 1)
            log.info("progress.done", work=what, done=done, total=total, seconds=seconds)


def for_person(stream: TextIO, *, as_json: bool) -> Progress:
    """Bars where the stream is a terminal and logs are not for machines; lines in the log elsewhere."""
    return Logged() if as_json or not stream.isatty() else Drawn(Console(file=stream))


@asynccontextmanager
async def following(
    progress: Progress, what: str, total: int, done: Callable[[], int]
) -> AsyncIterator[None]:
    """Inside, ``done`` is looked at from time to time and shown; where nothing is to do, nothing is shown."""
    if total <= 0:
        yield
        return
    with progress.stage(what, total) as advance:
        looking = asyncio.create_task(_look(advance, done), name=f"progress of {what}")
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait([looking])
            advance(done())


@contextmanager
def telling(progress: Progress, what: str) -> Iterator[Callable[[int, int], None]]:
    """For work that tells how much is done of how much: shown from its first word on until all is done."""
    with ExitStack() as stage:
        advance: Advance | None = None

        def tell(done: int, total: int) -> None:
            nonlocal advance
            advance = advance or stage.enter_context(progress.stage(what, total))
            advance(done)
            if done >= total:
                stage.close()
                advance = None

        yield tell


def on_terminal(what: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """``telling`` with a bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    return telling(Drawn(console) if console.is_terminal else Quiet(), what)


async def _look(advance: Advance, done: Callable[[], int]) -> None:
    while True:
        advance(done())
        await asyncio.sleep(LOOK_SECONDS)


def _columns() -> tuple[TextColumn, BarColumn, MofNCompleteColumn, TimeElapsedColumn, TimeRemainingColumn]:
    return (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
