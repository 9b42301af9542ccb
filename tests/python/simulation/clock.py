"""An event loop whose time passes only when nobody has anything to do: hours take seconds, each run is the same."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class Standstill(Exception):
    """Everybody waits for somebody else, and nothing will ever happen."""


class _Patience(selectors.DefaultSelector):
    """Does not wait, but moves the clock to when the wait would be over."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found:
            if timeout is None:
                raise Standstill
            self.now += max(timeout, 0.0)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """``strays`` holds what failed without anybody's looking."""

    def __init__(self) -> None:
        self._patience = _Patience()
        super().__init__(self._patience)
        self.strays: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.strays.append(context))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._patience.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call it now: threads are not the same each time."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            future.set_exception(error)
        return future
