"""The real world beside a timeline: a thread whose event loop has the sockets, processes and time of the system."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from agents.errors import AgoraError
from agents.fleet.timeline.loop import TimelineLoop

T = TypeVar("T")


class NothingCame(AgoraError):
    """What was asked of the real world took longer than there is patience."""


class Outside:
    """Use as ``with Outside() as outside``. What is still under way when it ends is cancelled."""

    def __init__(self, patience: float | None = None) -> None:
        """``patience`` is the real seconds after which what was asked for is no longer waited for, as nothing will
        come; without it, it is waited for however long it takes."""
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="outside", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work comes to, while the timeline stands still."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @contextmanager
    def opened(self, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
        """What the context opens outside, for as long as the block runs."""
        value = self.run(_entered(context))
        try:
            yield value
        finally:
            self.run(_left(context))

    async def ask(self, work: Coroutine[Any, Any, T], least: float = 0.0) -> T:
        """The same for a task on a timeline, whose other tasks go on meanwhile.

        It arrives ``least`` seconds of the timeline later at the soonest, after all that was asked before and may
        arrive as soon. Work that nobody waits for any more is cancelled. Raises NothingCame after the patience.
        """
        loop = asyncio.get_running_loop()
        assert isinstance(loop, TimelineLoop), "elsewhere, what is outside need not be waited for like this"
        begun = asyncio.run_coroutine_threadsafe(work, self._loop)
        errand = _Errand(begun, loop.create_future(), self._patience)
        loop.expect(errand, loop.time() + least)
        try:
            result: T = await errand.awaited
            return result
        finally:
            errand.work.cancel()


class _Errand:
    """Work outside, and the future of who waits for it on the timeline."""

    def __init__(
        self,
        work: concurrent.futures.Future[Any],
        awaited: asyncio.Future[Any],
        patience: float | None,
    ) -> None:
        self.work, self.awaited, self._patience = work, awaited, patience

    def deliver(self) -> None:
        """Wait for the work, unless nobody cares any more."""
        if self.awaited.done():
            return
        try:
            error = self.work.exception(self._patience)
        except TimeoutError:
            error = NothingCame("what was asked of the real world does not come")
        if error is None:
            self.awaited.set_result(self.work.result())
        else:
            self.awaited.set_exception(error)


async def _cancel_all() -> None:
    """Nothing is under way on this loop but this."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _entered(context: AbstractAsyncContextManager[T]) -> T:
    return await context.__aenter__()


async def _left(context: AbstractAsyncContextManager[Any]) -> None:
    await context.__aexit__(None, None, None)
