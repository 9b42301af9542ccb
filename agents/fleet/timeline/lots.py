"""What looks random and follows from a run's seed."""

import hashlib
import itertools

_FRACTION_BYTES = 8


class Lots:
    """Draws for one purpose, the same in the same order for the same seed; nothing of it is secret."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._name = f"{seed}|{purpose}"
        self._numbers = itertools.count()

    def draw(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        return hashlib.shake_256(f"{self._name}|{next(self._numbers)}".encode()).digest(count)

    def uniform(self, low: float, high: float) -> float:
        """The next number from ``low`` to ``high``."""
        part: float = int.from_bytes(self.draw(_FRACTION_BYTES), "big") / 2 ** (8 * _FRACTION_BYTES)
        return low + (high - low) * part
