"""What a session takes from the world around it: by default the world as it is, or one that somebody made."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from agents.llm.embeddings import Embeds


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Whatever can influence what a session sends, and is not in its settings."""

    transport: httpx.AsyncBaseTransport | None = None
    """The way to the chain's node; None is the network."""
    clock: Callable[[], float] = time.time
    """The seconds since 1970."""
    draw: Callable[[int], bytes] = secrets.token_bytes
    """Gives so many random bytes."""
    uniform: Callable[[float, float], float] = random.uniform
    """Draws between two numbers."""
    embedder: Embeds | None = None
    """What makes sentence embeddings; None is a network in this process."""
    alone: bool = False
    """Whether the chain is this process's own, so that nobody else can sign for a wallet there."""


WORLD = Surroundings()
"""The one that everybody lives in."""
