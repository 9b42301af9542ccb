"""Errors of policies and of what they learned."""

from pathlib import Path

from agents.errors.base import UserError


class UnknownProfile(UserError):
    """No learning profile has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no profile {name!r}: choose one of {', '.join(known)}")


class UnknownPolicy(UserError):
    """No bidding policy has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no policy {name!r}: choose one of {', '.join(known)}")


class LearningStateUnreadable(UserError):
    """What an agent wrote down of its past outcomes cannot be read back."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the learning state cannot be read ({detail}): remove it to let the agent learn afresh"
        )


class StateFileRefused(UserError):
    """A file of an agent's learned state is missing, damaged, another's, or of another version or shape.

    ``field`` is what in the file is wrong; ``older`` is the earlier state that can be loaded, or None.
    """

    def __init__(self, path: Path, field: str, problem: str, older: Path | None = None) -> None:
        mend = (
            f"the state before it is whole: load it with previous=True ({older})"
            if older
            else "remove it to let the agent learn afresh"
        )
        super().__init__(f"{path}: {field} {problem}; {mend}")
        self.path, self.field, self.older = path, field, older


class TaskLearnedAlready(UserError):
    """A result of this task was learned from before; it must not count twice."""

    def __init__(self, task_id: str) -> None:
        super().__init__(f"task_id {task_id!r} was learned from before: give each result once")


class HistoryEmpty(UserError):
    """A figure was asked for that only results can give, and there are none."""

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no {what} before the first result: call process_task_result first")


class CheckpointUnreadable(UserError):
    """The weights of the bidders' prior cannot be used."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} holds no weights of the prior ({detail}): make them again with `make train`"
        )


class AuctionsMalformed(UserError):
    """Tensors that are no auctions."""

    def __init__(self, name: str, found: str, allowed: str) -> None:
        super().__init__(f"{name} is {found}, but must be {allowed}")
