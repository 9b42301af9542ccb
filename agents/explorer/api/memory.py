"""Answers that many ask for and that cost more than others: each is found once, and told to all who wait for it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

MOST = 256
"""Answers that are kept; the one that was used longest ago is the first to go."""

T = TypeVar("T")

Stamp = tuple[int | None, int]
"""Block and epoch that an answer is of."""


@dataclass(slots=True)
class _Found:
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_there: bool = False
    stamp: Stamp | None = None
    time: float = 0.0
    value: Any = None


class Memory:
    """Values by name; safe in threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[str, _Found] = OrderedDict()

    def recall(self, name: str, stamp: Stamp, patience: float, find: Callable[[], T]) -> T:
        """The value of this name: the one that is known if it is of this stamp, or no older than ``patience``
        seconds. While one thread finds a value, the others wait for it."""
        with self._lock:
            found = self._found.setdefault(name, _Found())
            self._found.move_to_end(name)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        with found.lock:
            is_young = self._clock() - found.time < patience
            if not found.is_there or not (is_young or found.stamp == stamp):
                found.value = find()
                found.stamp, found.time, found.is_there = stamp, self._clock(), True
            value: T = found.value
            return value

    def last(self, name: str, default: T) -> T:
        """The value that was found last, however old."""
        with self._lock:
            found = self._found.get(name)
        value: T = found.value if found is not None and found.is_there else default
        return value
