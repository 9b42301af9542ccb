"""Errors of fleets: their caps, their history, and their shards."""

from collections.abc import Sequence
from pathlib import Path

from agents.errors.base import AgoraError, UserError


class CapReached(AgoraError):
    """A run has come to a cap that it was given, and has ended what it had begun: which, and how it stands."""

    def __init__(self, cap: str, report: Sequence[str]) -> None:
        super().__init__(f"the run has reached its cap: {cap}; what it had begun is finished")
        self.cap, self.report = cap, tuple(report)


class HistoryUnreadable(UserError):
    """The table of finished runs cannot be read or written."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path} cannot be used ({detail}): check the disk, or remove it to begin a new one")


class FleetLaidOut(UserError):
    """A fleet is divided otherwise than before, so that its agents would not find their notes."""

    def __init__(self, folder: Path, how: str, mend: str) -> None:
        super().__init__(
            f"the fleet in {folder} was laid out {how}: run it with {mend}, or set AGORA_HOME to another folder"
        )


class RayUnreachable(UserError):
    """No Ray cluster answers."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"no Ray cluster answers at {address} ({reason}): start one with `ray start --head`, or say --ray local"
        )


class ShardFailed(UserError):
    """Something in a shard is for a person to mend; the sentence is the shard's own."""

    def __init__(self, number: int, mistake: str) -> None:
        super().__init__(f"shard {number}: {mistake}")


class ShardLost(AgoraError):
    """A shard's process was lost again and again."""

    def __init__(self, number: int, losses: int, reason: str) -> None:
        super().__init__(f"shard {number} was lost {losses} times in a row, at last because: {reason}")


class WorkerLost(AgoraError):
    """A worker's process is gone, or its code has failed."""
