"""A person's wish to stop, which a timeline hears between two blocks."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Wish:
    """Whether somebody asked to stop."""

    stop: bool = False


@contextmanager
def heard() -> Iterator[Wish]:
    """Ctrl-C and SIGTERM are a wish; a second Ctrl-C ends the process at once. In the main thread only."""
    wish = Wish()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    def ask(_number: int, _frame: object) -> None:
        wish.stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
