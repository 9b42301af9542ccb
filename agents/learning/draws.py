"""Numbers that look drawn and are not: the same seed and words always give the same, since replays must not differ."""

import hashlib


def digest(seed: int, words: str) -> bytes:
    """32 bytes for a seed and what they are for."""
    return hashlib.sha256(f"{seed}:{words}".encode()).digest()


def share(seed: int, task_id: int, purpose: str) -> float:
    """The number in [0, 1) that a bidder of ``seed`` always draws for this task and purpose."""
    return int.from_bytes(digest(seed, f"{task_id}:{purpose}")[:6], "big") / 2**48


def seed_of(name: str) -> int:
    """A seed of 32 bits: agents of one kind must not explore in step, and the same agent must, in every run."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
