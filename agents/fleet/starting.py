"""What commands begin with: a seed to sign with, and a way to be stopped."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.chain.wallet import Seed
from agents.settings import Settings


def open_seed(settings: Settings, phrase_file: Path | None) -> Seed:
    """The seed of a phrase file, or else the one that is kept encrypted in the home folder."""
    if phrase_file is not None:
        return Seed.from_file(phrase_file)
    password = settings.password.get_secret_value() if settings.password else None
    return Seed.open(settings.home, password)


@contextmanager
def interruptible(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set ``stop``; a second Ctrl-C ends the process at once."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, ask)
    try:
        yield
    finally:
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)
