"""Errors of commands: what was asked for is not there, not this wallet's to do, or a part of a market has failed."""

from pathlib import Path

from agents.errors.base import AgoraError, UserError


class NoSuchThing(UserError):
    """The market has nothing of this name."""

    def __init__(self, kind: str, name: object, listing: str) -> None:
        """``listing`` is the command that shows what there is."""
        super().__init__(f"there is no {kind} {name}: `{listing}` shows what there is")


class NotForThisWallet(UserError):
    """Another address has the right to do it."""

    def __init__(self, what: str, holder: str, wallet: str) -> None:
        super().__init__(
            f"{what} is for {holder} alone, and this wallet is {wallet}: choose the other with --wallet or --key-file"
        )


class OwnsAnAgent(UserError):
    """A wallet that has an agent already."""

    def __init__(self, wallet: str) -> None:
        super().__init__(
            f"wallet {wallet} owns an agent already, and one wallet acts for one: choose another with --wallet, or "
            "another name"
        )


class NothingToScore(UserError):
    """A task does not wait for a score."""

    def __init__(self, task_id: int, state: str) -> None:
        super().__init__(f"task {task_id} is {state}, and only a Submitted one waits for a score")


class StepNotDue(UserError):
    """A task waits for something else, or for nothing any more."""

    def __init__(self, task_id: int, done: str, state: str, waits: str, until: str) -> None:
        """``waits`` is a sentence; ``until`` ends its window, or is empty."""
        end = f" (until {until})" if until else ""
        super().__init__(f"task {task_id} cannot be {done} now: it is {state}. {waits}{end}")


class SecretUnknown(UserError):
    """A task was sealed with a secret that does not follow from this wallet's key."""

    def __init__(self, task_id: int) -> None:
        super().__init__(
            f"task {task_id} was not posted by these commands, which do not know its secret: show it where it was "
            "posted, such as on the page"
        )


class NeedsAnswer(UserError):
    """A command that asks has nobody to answer."""

    def __init__(self, option: str, what: str) -> None:
        super().__init__(f"nobody is at a terminal to {what}: say {option}")


class FileUnwritable(UserError):
    """A file that a command is to write."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be written ({reason}): name another file")


class PartMisused(UserError):
    """A part of a market cannot start, or go on, until a person mends something."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(f"{part}: {problem}")


class PartFailed(AgoraError):
    """A part of a market has failed, and the market with it."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(f"{part} has failed: {problem}")
